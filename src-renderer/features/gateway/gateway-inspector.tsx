// What is known of one call, of one key, or of all keys together.
import { useQuery } from '@tanstack/react-query';
import type { JSX, ReactNode } from 'react';
import type { GatewayCall, GatewayKey, KeyUse } from '#contract/gateway';
import type { Limits } from '#contract/model';
import { useApi } from '../../lib/api.tsx';
import { counted, shortCount, shortDuration, shortMoney } from '../../lib/format.ts';
import { useGo } from '../../lib/route.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Id, Inspector, Line, Link, Section } from '../../ui/inspector.tsx';
import { Progress } from '../../ui/progress.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import css from './gateway-inspector.module.css';
import { lookOf, modeHelp, modeNames, scopeWords, tokensOf } from './words.ts';

export interface CallInspectorProps {
  readonly call: GatewayCall;
  readonly label: string;
  readonly onKey: () => void;
}

export function CallInspector({ call, label, onKey }: CallInspectorProps): JSX.Element {
  const go = useGo();
  const { query } = useApi();
  const models = useQuery(query.models.state.queryOptions());
  const look = lookOf(call);
  const tokens = tokensOf(call);
  const { id, traceId, provider, model, status, firstByteMs, ms, costUsd, problem, from } = call;
  const isProvider = models.data?.providers.some(({ name }) => name === provider) === true;
  return (
    <Inspector>
      <Section level={2} title="Request">
        <p className={css.name}>{shownText(call.endpoint)}</p>
        <p className={css.marks}>
          <Badge tone={look.tone} icon={look.icon}>
            {look.name}
          </Badge>
          {from === 'record' && look.name !== 'From record' ? <Badge icon="replay">From record</Badge> : undefined}
          {call.stream ? <Badge>stream</Badge> : undefined}
        </p>
        {problem === undefined ? undefined : <p className={css.problem}>{shownText(problem)}</p>}
        <div className={css.actions}>
          <Button
            look="main"
            icon="traces"
            disabled={traceId === undefined}
            {...(traceId === undefined ? { title: 'Nothing of it was written down as a conversation.' } : {})}
            onClick={() => traceId !== undefined && go({ view: 'traces', traceId })}
          >
            Open the trace
          </Button>
        </div>
      </Section>
      <Section level={2} title="Who and where">
        <Line name="Key">
          <Link onClick={onKey}>{label}</Link>
        </Line>
        <Line name="Model">{model === undefined ? 'not named' : shownText(model)}</Line>
        <Line name="Provider">
          {provider === undefined ? (
            'none'
          ) : isProvider ? (
            <Link onClick={() => go({ view: 'models', provider })}>{provider}</Link>
          ) : (
            provider
          )}
        </Line>
        <Line name="Answered by">
          {from === undefined ? 'nobody yet' : from === 'record' ? 'a record, nobody was asked' : 'the provider'}
        </Line>
      </Section>
      <Section level={2} title="How it went">
        <Line name="Began">
          <RelativeTime at={call.at} />
        </Line>
        <Line name="Status">{status ?? 'none yet'}</Line>
        <Line name="First byte">{firstByteMs === undefined ? 'not yet' : shortDuration(firstByteMs)}</Line>
        <Line name="Took">{ms === undefined ? 'under way' : shortDuration(ms)}</Line>
        <Line name="Tokens">{tokens?.exact ?? 'not known'}</Line>
        <Line name="Cost">
          {costUsd === undefined ? 'not known' : <span title={`$${costUsd}`}>{shortMoney(costUsd)}</span>}
        </Line>
      </Section>
      <Section level={2} title="Records">
        <Line name="Call">
          <Id id={id} />
        </Line>
        {traceId === undefined ? undefined : (
          <Line name="Trace">
            <Id id={traceId} />
          </Line>
        )}
        <Line name="Ledger">
          <Link onClick={() => go({ view: 'egress', key: call.key })}>What left for its key</Link>
        </Line>
      </Section>
    </Inspector>
  );
}

export interface KeyInspectorProps {
  readonly gatewayKey: GatewayKey;
  readonly use: KeyUse | undefined;
  readonly onEdit: () => void;
  readonly onRevoke: () => void;
}

export function KeyInspector({ gatewayKey, use, onEdit, onRevoke }: KeyInspectorProps): JSX.Element {
  const go = useGo();
  const { id, settings, prefix, createdAt, lastUsedAt, revokedAt } = gatewayKey;
  return (
    <Inspector>
      <Section level={2} title="Key">
        <p className={css.name}>{shownText(settings.label)}</p>
        <p className={css.marks}>
          <code>{prefix}…</code>
          {revokedAt === undefined ? undefined : (
            <Badge tone="error" icon="close">
              Revoked
            </Badge>
          )}
        </p>
        {revokedAt === undefined ? (
          <div className={css.actions}>
            <Button icon="edit" keys="E" onClick={onEdit}>
              Edit…
            </Button>
            <Button look="danger" icon="close" onClick={onRevoke}>
              Revoke…
            </Button>
          </div>
        ) : (
          <p className={css.note}>It opens nothing any more. What came with it stays in the records.</p>
        )}
      </Section>
      <Section level={2} title="It may">
        <ul className={css.list}>
          {scopeWords
            .filter(({ scope }) => settings.scopes.includes(scope))
            .map(({ scope, name, help }) => (
              <li key={scope}>
                {name}
                <span className={css.note}>{help}</span>
              </li>
            ))}
        </ul>
      </Section>
      <Section level={2} title="How it is answered">
        <Line name="Mode">
          <span title={modeHelp[settings.mode]}>{modeNames[settings.mode]}</span>
        </Line>
        <Line name="Provider">{settings.provider ?? 'as the request says'}</Line>
        <LimitLines limits={settings.limits} />
      </Section>
      <TodaySection use={use} budget={settings.budget?.day} />
      <Section level={2} title="Dates">
        <Line name="Made">
          <RelativeTime at={createdAt} />
        </Line>
        <Line name="Last used">{lastUsedAt === undefined ? 'never' : <RelativeTime at={lastUsedAt} />}</Line>
        {revokedAt === undefined ? undefined : (
          <Line name="Revoked">
            <RelativeTime at={revokedAt} />
          </Line>
        )}
        <Line name="Ledger">
          <Link onClick={() => go({ view: 'egress', key: id })}>What left for it</Link>
        </Line>
      </Section>
    </Inspector>
  );
}

/** What all keys used today. */
export function AllInspector({ use }: { readonly use: KeyUse }): JSX.Element {
  return (
    <Inspector>
      <Section level={2} title="All keys">
        <p className={css.note}>
          Each client has a key of its own: who did what can then be told, limited and stopped. Pick a key to see its
          requests alone.
        </p>
      </Section>
      <TodaySection use={use} budget={undefined} />
    </Inspector>
  );
}

function LimitLines({ limits }: { readonly limits: Limits | undefined }): ReactNode {
  if (limits === undefined) return <Line name="Limits">none</Line>;
  const { concurrency, requestsPerMinute, tokensPerMinute } = limits;
  return (
    <>
      {concurrency === undefined ? undefined : <Line name="At once">{counted(concurrency, 'call')}</Line>}
      {requestsPerMinute === undefined ? undefined : (
        <Line name="A minute">{counted(requestsPerMinute, 'request')}</Line>
      )}
      {tokensPerMinute === undefined ? undefined : <Line name="A minute">{counted(tokensPerMinute, 'token')}</Line>}
    </>
  );
}

function TodaySection({
  use,
  budget,
}: {
  readonly use: KeyUse | undefined;
  readonly budget: { readonly tokens?: number | undefined; readonly usd?: number | undefined } | undefined;
}): JSX.Element {
  const { calls = 0, errors = 0, inputTokens = 0, outputTokens = 0, usd = 0 } = use ?? {};
  const tokens = inputTokens + outputTokens;
  return (
    <Section level={2} title="Today">
      <Line name="Calls">
        {calls.toLocaleString()}
        {errors === 0 ? '' : `, ${errors.toLocaleString()} failed`}
      </Line>
      <Line name="Tokens">
        <span title={`${inputTokens.toLocaleString()} in, ${outputTokens.toLocaleString()} out`}>
          {shortCount(tokens)}
          {budget?.tokens === undefined ? '' : ` of ${shortCount(budget.tokens)}`}
        </span>
        {budget?.tokens === undefined ? undefined : (
          <Progress value={tokens / budget.tokens} label="Tokens of today's budget" />
        )}
      </Line>
      <Line name="Cost">
        {shortMoney(usd)}
        {budget?.usd === undefined ? '' : ` of ${shortMoney(budget.usd)}`}
        {budget?.usd === undefined ? undefined : (
          <Progress value={usd / budget.usd} label="Dollars of today's budget" />
        )}
      </Line>
    </Section>
  );
}
