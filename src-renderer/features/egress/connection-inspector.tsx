// One connection: what was asked for and why, what went over the wire, and its places in the chain.
import { useQuery } from '@tanstack/react-query';
import type { JSX, ReactNode } from 'react';
import type { LedgerEntry } from '#contract/egress';
import { useApi } from '../../lib/api.tsx';
import { absoluteTime, shortBytes, shortDuration } from '../../lib/format.ts';
import { useGo } from '../../lib/route.tsx';
import { shortId } from '../../lib/short-id.ts';
import { Badge } from '../../ui/badge.tsx';
import { Id, Inspector, Line, Link, Section } from '../../ui/inspector.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import css from './connection-inspector.module.css';
import type { Connection } from './ledger-fold.ts';
import { useKeyLabels } from './use-egress.ts';
import { lookOf, purposeNames, reasonWords, requestOf } from './words.ts';

const tones = { plain: 'neutral', ok: 'ok', warn: 'warn', error: 'error' } as const;

export function ConnectionInspector({ connection }: { readonly connection: Connection }): JSX.Element {
  const { entry, close, state } = connection;
  const go = useGo();
  const labels = useKeyLabels();
  const { run, key, model, secret } = entry;
  const look = lookOf(connection);
  const request = requestOf(entry);
  const reason = close?.reason ?? entry.reason;
  return (
    <Inspector>
      <Section level={2} title="Connection">
        <p className={css.place}>{shownText(`${entry.host}:${entry.port}`)}</p>
        {request === '' ? undefined : <p className={css.request}>{shownText(request)}</p>}
        <p>
          <Badge tone={tones[look.tone]} icon={look.icon}>
            {look.name}
          </Badge>
        </p>
        {reason === undefined ? undefined : <p className={css.reason}>{shownText(reasonWords(reason))}</p>}
        <Line name="When">
          <RelativeTime at={entry.at} />
        </Line>
        {close?.ms === undefined ? undefined : (
          <Line name="Took">
            <span title={absoluteTime(close.at)}>{shortDuration(close.ms)}</span>
          </Line>
        )}
        {state === 'refused' ? (
          <Line name="Sent">nothing</Line>
        ) : (
          <>
            <Line name="Sent">{bytes(close?.sent)}</Line>
            <Line name="Received">{bytes(close?.received)}</Line>
          </>
        )}
      </Section>
      <Section level={2} title="On whose behalf">
        <Line name="For">{purposeNames[entry.purpose]}</Line>
        {model === undefined ? undefined : <Line name="Model">{shownText(model)}</Line>}
        {run === undefined ? undefined : (
          <Line name="Run">
            <Link onClick={() => go({ view: 'runs', runId: run })}>{shortId(run)}</Link>
            <Link onClick={() => go({ view: 'egress', run })}>All that left for it</Link>
          </Line>
        )}
        {key === undefined ? undefined : (
          <Line name="Key">
            <Link onClick={() => go({ view: 'gateway', keyId: key })}>{labels.get(key) ?? shortId(key)}</Link>
            <Link onClick={() => go({ view: 'egress', key })}>All that left for it</Link>
          </Line>
        )}
        <Line name="Secret">
          {secret === undefined ? (
            'none was put in'
          ) : (
            <Link onClick={() => go({ view: 'vault', secret })}>{secret}</Link>
          )}
        </Line>
      </Section>
      <ChainSection title={state === 'refused' ? 'In the chain' : 'Its opening in the chain'} entry={entry} />
      {close === undefined ? undefined : <ChainSection title="Its end in the chain" entry={close} />}
    </Inspector>
  );
}

function bytes(count: number | undefined): ReactNode {
  if (count === undefined) return 'not known yet';
  return <span title={`${count.toLocaleString()} bytes`}>{shortBytes(count)}</span>;
}

function ChainSection({ title, entry }: { readonly title: string; readonly entry: LedgerEntry }): JSX.Element {
  const before = useHashBefore(entry.n);
  return (
    <Section level={2} title={title}>
      <Line name="Entry">{entry.n.toLocaleString()}</Line>
      <Line name="Hash">
        <Id id={entry.hash} />
      </Line>
      <Line name="Before it">
        {before === undefined ? '…' : before === 'first' ? 'nothing: the chain begins here' : <Id id={before} />}
      </Line>
      <Line name="As text">
        <CopyButton label="Copy as JSON" text={() => JSON.stringify(entry, undefined, 2)} />
      </Line>
    </Section>
  );
}

/** Entries looked at for the one before: others may come while it is asked for. */
const around = 50;

/** Hash of the entry before; undefined until it is known. */
function useHashBefore(n: number): string | undefined {
  const { client, query } = useApi();
  const { data } = useQuery({
    queryKey: [...query.egress.ledger.key(), 'before', n],
    // What was written is never changed.
    meta: { live: false },
    queryFn: async () => {
      const { total } = await client.egress.ledger({ filter: {}, offset: 0, limit: 1 });
      const { items } = await client.egress.ledger({ filter: {}, offset: Math.max(0, total - n), limit: around });
      return items.find((one) => one.n === n - 1)?.hash ?? 'first';
    },
  });
  return data;
}
