// The secrets by name: what each is bound to, how it is used, and what needs somebody's eye.
import type { JSX } from 'react';
import type { SecretSummary } from '#contract/vault';
import { counted, shortCount } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { bindingWords } from './binding-draft.ts';
import css from './secret-list.module.css';
import { marksOf } from './words.ts';

export interface SecretListProps {
  readonly secrets: readonly SecretSummary[];
  readonly open: string | undefined;
  readonly onOpen: (name: string) => void;
  readonly onEdit: () => void;
}

const rowHeight = 48;
/** How often the reminders are looked at, ms. */
const everyMs = 60_000;

export function SecretList({ secrets, open, onOpen, onEdit }: SecretListProps): JSX.Element {
  const now = useNow(everyMs);
  const at = secrets.findIndex(({ name }) => name === open);
  const drawRow = (index: number): JSX.Element | undefined => {
    const secret = secrets[index];
    return secret === undefined ? undefined : <Row secret={secret} now={now} />;
  };
  return (
    <div className={css.pane}>
      <div className={css.columns} aria-hidden>
        <span className={css.first}>Name</span>
        <span>Released only to</span>
        <span className={css.when}>Last used</span>
        <span className={css.uses}>Uses</span>
        <span className={css.set}>Set</span>
      </div>
      <div className={css.list}>
        <VirtualList
          label="Secrets"
          count={secrets.length}
          rowHeight={rowHeight}
          active={at === -1 ? undefined : at}
          keyOf={(index) => secrets[index]?.name ?? index}
          onActive={(index) => {
            const secret = secrets[index];
            if (secret !== undefined) onOpen(secret.name);
          }}
          onOpen={onEdit}
          row={drawRow}
        />
      </div>
    </div>
  );
}

function Row({ secret, now }: { readonly secret: SecretSummary; readonly now: number }): JSX.Element {
  const { name, bindings, lastUsedAt, uses, setAt } = secret;
  const bound = bindings.map(bindingWords).join('; ');
  return (
    <div className={css.row}>
      <Icon name="key" />
      <span className={css.name}>
        <code title={name}>{name}</code>
        {marksOf(secret, now).map(({ tone, icon, words, title }) => (
          <Badge key={words} tone={tone} icon={icon} title={title}>
            {words}
          </Badge>
        ))}
      </span>
      <span className={css.bound} title={bound}>
        {bound}
      </span>
      <span className={css.when}>{lastUsedAt === undefined ? 'never' : <RelativeTime at={lastUsedAt} />}</span>
      <span className={css.uses} title={counted(uses, 'release')}>
        {shortCount(uses)}
      </span>
      <span className={css.set}>
        <RelativeTime at={setAt} />
      </span>
    </div>
  );
}
