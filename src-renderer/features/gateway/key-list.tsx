// The left side: all keys together, then each with what it may do and what it used today; revoked ones on request.
import { useState, type JSX } from 'react';
import type { GatewayKey, KeyUse } from '#contract/gateway';
import { counted } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import css from './key-list.module.css';
import { keysInOrder, modeNames, totalUse, usedWords } from './words.ts';

export interface KeyListProps {
  readonly keys: readonly GatewayKey[];
  readonly today: ReadonlyMap<string, KeyUse>;
  /** Id; undefined for all keys together. */
  readonly open: string | undefined;
  readonly onOpen: (key: string | undefined) => void;
  readonly onNew: () => void;
  readonly onEdit: () => void;
}

const rowHeight = 68;

export function KeyList({ keys, today, open, onOpen, onNew, onEdit }: KeyListProps): JSX.Element {
  const { valid, revoked } = keysInOrder(keys);
  const isRevokedOpen = revoked.some(({ id }) => id === open);
  const [isUnfolded, setUnfolded] = useState(false);
  const shown = isUnfolded || isRevokedOpen ? [...valid, ...revoked] : valid;
  const at = open === undefined ? -1 : shown.findIndex(({ id }) => id === open);
  const drawRow = (index: number): JSX.Element | undefined => {
    if (index === 0) return <AllRow today={today} count={valid.length} />;
    const key = shown[index - 1];
    return key === undefined ? undefined : <Row gatewayKey={key} use={today.get(key.id)} />;
  };
  return (
    <div className={css.pane}>
      <header className={css.head}>
        <h2 className={css.title}>Keys</h2>
        <IconButton icon="plus" label="New key" keys="N" onClick={onNew} />
      </header>
      <div className={css.list}>
        <VirtualList
          label="Keys"
          count={shown.length + 1}
          rowHeight={rowHeight}
          active={open === undefined ? 0 : at === -1 ? undefined : at + 1}
          keyOf={(index) => (index === 0 ? 'all' : (shown[index - 1]?.id ?? index))}
          onActive={(index) => onOpen(index === 0 ? undefined : shown[index - 1]?.id)}
          onOpen={(index) => index > 0 && onEdit()}
          row={drawRow}
        />
      </div>
      {revoked.length === 0 ? undefined : (
        <footer className={css.foot}>
          <Button
            look="quiet"
            icon={isUnfolded ? 'chevronUp' : 'chevronDown'}
            aria-expanded={isUnfolded}
            onClick={() => {
              if (isUnfolded && isRevokedOpen) onOpen(undefined);
              setUnfolded(!isUnfolded);
            }}
          >
            {isUnfolded ? 'Hide revoked keys' : counted(revoked.length, 'revoked key')}
          </Button>
        </footer>
      )}
    </div>
  );
}

function AllRow({
  today,
  count,
}: {
  readonly today: ReadonlyMap<string, KeyUse>;
  readonly count: number;
}): JSX.Element {
  return (
    <div className={css.row}>
      <span className={css.name}>All keys</span>
      <span className={css.when}>{count.toLocaleString()}</span>
      <span className={css.wide}>Every request, whoever sent it</span>
      <span className={css.wide}>{usedWords(totalUse([...today.values()])) ?? 'nothing today'}</span>
    </div>
  );
}

function Row({ gatewayKey, use }: { readonly gatewayKey: GatewayKey; readonly use: KeyUse | undefined }): JSX.Element {
  const { settings, prefix, lastUsedAt, revokedAt } = gatewayKey;
  const way = `${modeNames[settings.mode]}${settings.provider === undefined ? '' : `, ${settings.provider}`}`;
  return (
    <div className={css.row} data-revoked={revokedAt !== undefined}>
      <span className={css.name}>
        <span className={css.label} title={settings.label}>
          {settings.label}
        </span>
        {revokedAt === undefined ? undefined : (
          <Badge icon="close" title="It opens nothing any more">
            revoked
          </Badge>
        )}
      </span>
      <span className={css.when} title="Last used">
        {lastUsedAt === undefined ? 'never used' : <RelativeTime at={lastUsedAt} />}
      </span>
      <span className={css.wide} title={`${prefix}…, ${settings.scopes.join(', ')}`}>
        <code>{prefix}…</code> {settings.scopes.join(', ')}
      </span>
      <span className={css.wide} title={way}>
        {usedWords(use) ?? 'nothing today'}
        {settings.mode === 'record' && settings.provider === undefined ? undefined : (
          <span className={css.way}>
            {settings.mode === 'record' ? undefined : <Icon name="replay" size={12} label={modeNames[settings.mode]} />}
            {settings.provider}
          </span>
        )}
      </span>
    </div>
  );
}
