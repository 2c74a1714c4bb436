// What is known of one secret, but for its value: where it may go, since when, and every time it was asked for.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { Binding, SecretRelease, SecretSummary } from '#contract/vault';
import { useApi } from '../../lib/api.tsx';
import { dateText } from '../../lib/days.ts';
import { absoluteTime, counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { Inspector, Line, Section } from '../../ui/inspector.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { bindingWords } from './binding-draft.ts';
import css from './secret-inspector.module.css';
import { expiryOf, marksOf } from './words.ts';

export type SecretTask = 'replace' | 'rotate' | 'finish' | 'edit' | 'remove';

export interface SecretInspectorProps {
  readonly secret: SecretSummary;
  /** Values can be put in. */
  readonly isOpen: boolean;
  readonly onTask: (task: SecretTask) => void;
}

const everyMs = 60_000;
const fewReleases = 50;
const manyReleases = 1000;
const bindingIcons: Readonly<Record<Binding['kind'], IconName>> = { provider: 'model', host: 'globe', tool: 'tool' };

export function SecretInspector({ secret, isOpen, onTask }: SecretInspectorProps): JSX.Element {
  const { name, rotation, note, lastUsedAt, uses, expiresAt } = secret;
  const now = useNow(everyMs);
  const expiry = expiryOf(expiresAt, now);
  return (
    <Inspector>
      <Section level={2} title="Secret">
        <p className={css.name}>
          <code>{name}</code>
        </p>
        <p className={css.marks}>
          {marksOf(secret, now).map(({ tone, icon, words, title }) => (
            <Badge key={words} tone={tone} icon={icon} title={title}>
              {words}
            </Badge>
          ))}
        </p>
        {note === undefined || note === '' ? undefined : <p className={css.note}>{note}</p>}
        <div className={css.actions}>
          {rotation === undefined ? (
            <Button icon="rotate" keys="R" disabled={!isOpen} onClick={() => onTask('rotate')}>
              Rotate…
            </Button>
          ) : (
            <Button icon="check" keys="R" disabled={!isOpen} onClick={() => onTask('finish')}>
              Finish rotation…
            </Button>
          )}
          <Button icon="key" disabled={!isOpen} onClick={() => onTask('replace')}>
            {secret.isMissing === true ? 'Put the value in…' : 'Replace value…'}
          </Button>
          <Button icon="edit" keys="E" disabled={!isOpen} onClick={() => onTask('edit')}>
            Edit…
          </Button>
          <Button look="danger" icon="trash" disabled={!isOpen} onClick={() => onTask('remove')}>
            Remove…
          </Button>
        </div>
      </Section>
      <Section level={2} title="Released only to">
        <ul className={css.bindings}>
          {secret.bindings.map((binding) => (
            <li key={bindingWords(binding)} className={css.binding}>
              <Icon name={bindingIcons[binding.kind]} size={14} label={binding.kind} />
              <span>{bindingWords(binding)}</span>
            </li>
          ))}
        </ul>
      </Section>
      <Section level={2} title="Dates">
        <Line name="Added">
          <RelativeTime at={secret.createdAt} />
        </Line>
        <Line name="Value set">
          <RelativeTime at={secret.setAt} />
        </Line>
        {rotation === undefined ? undefined : (
          <Line name="Rotating">
            since <RelativeTime at={rotation.since} />
          </Line>
        )}
        <Line name="Replace by">
          {expiry === undefined || expiresAt === undefined ? (
            'no reminder'
          ) : (
            <span title={absoluteTime(expiresAt)}>
              {dateText(expiresAt)}, {expiry.words}
            </span>
          )}
        </Line>
        <Line name="Last used">{lastUsedAt === undefined ? 'never' : <RelativeTime at={lastUsedAt} />}</Line>
        <Line name="Used">{counted(uses, 'time')}</Line>
      </Section>
      <Section level={2} title="Asked for">
        <Releases key={name} secret={name} />
      </Section>
    </Inspector>
  );
}

function Releases({ secret }: { readonly secret: string }): JSX.Element {
  const { query } = useApi();
  const [limit, setLimit] = useState(fewReleases);
  const releases = useQuery(query.vault.releases.queryOptions({ input: { secret, limit } }));
  // What was read last stays while reading it again fails.
  if (releases.error !== null && releases.data === undefined) {
    return <ProblemNote title="The releases cannot be listed." problem={problemOf(releases.error)} />;
  }
  if (releases.data === undefined) return <SkeletonRows rows={3} height={40} label="Releases are loading" />;
  if (releases.data.length === 0) return <p className={css.none}>Never yet. Each release writes a line here.</p>;
  return (
    <>
      <ul className={css.releases} aria-label="Releases">
        {releases.data.map((release, index) => (
          // Two may come in the same millisecond, for the same purpose.
          // oxlint-disable-next-line react/no-array-index-key
          <ReleaseLine key={`${release.at} ${index}`} release={release} />
        ))}
      </ul>
      {releases.data.length === limit && limit < manyReleases ? (
        <Button look="quiet" onClick={() => setLimit(manyReleases)}>
          Show more
        </Button>
      ) : undefined}
    </>
  );
}

function ReleaseLine({ release }: { readonly release: SecretRelease }): JSX.Element {
  const { at, binding, purpose, outcome } = release;
  const isRefused = outcome === 'refused';
  return (
    <li className={css.release} data-outcome={outcome}>
      <Icon name={isRefused ? 'error' : 'check'} size={14} />
      <div className={css.what}>
        <p>
          {isRefused ? <strong>Refused: </strong> : undefined}
          {purpose}
        </p>
        <p className={css.to}>
          {isRefused ? 'not bound to ' : 'to '}
          {bindingWords(binding)}
        </p>
      </div>
      <span className={css.when}>
        <RelativeTime at={at} />
      </span>
    </li>
  );
}
