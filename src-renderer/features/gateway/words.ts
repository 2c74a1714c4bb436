// What the gateway screen says of keys and of calls.
import type { CassetteMode, GatewayCall, GatewayKey, GatewayState, KeyUse, Scope } from '#contract/gateway';
import { counted, shortCount, shortMoney } from '../../lib/format.ts';
import type { IconName } from '../../ui/icons.tsx';

export const scopeWords: readonly { readonly scope: Scope; readonly name: string; readonly help: string }[] = [
  { scope: 'models', name: 'Call models', help: 'Chat completions, responses, messages, embeddings' },
  { scope: 'telemetry', name: 'Send telemetry', help: 'Traces (OTLP) and scores, to /v1/traces and /v1/scores' },
  { scope: 'read', name: 'Read over the API', help: 'Traces, runs, datasets, at /api' },
  { scope: 'write', name: 'Change over the API', help: 'Labels, datasets, runs; never the vault, keys or settings' },
];

export const modeNames: Readonly<Record<CassetteMode, string>> = {
  record: 'Ask and record',
  replay: 'Records only',
  'replay-then-live': 'Records, then ask',
};

export const modeHelp: Readonly<Record<CassetteMode, string>> = {
  record: 'Every request goes to the provider, and what it answers is recorded.',
  replay: 'Answered from records alone: nothing leaves this machine, and what was never recorded is refused.',
  'replay-then-live': 'Answered from a record where there is one, else the provider is asked and that is recorded.',
};

export interface CallLook {
  readonly icon: IconName;
  readonly name: string;
  readonly tone: 'neutral' | 'info' | 'ok' | 'warn' | 'error';
}

/** A shape, a word and a colour. */
export function lookOf({ state, status, from }: GatewayCall): CallLook {
  switch (state) {
    case 'waiting':
      return { icon: 'clock', name: 'Waiting', tone: 'info' };
    case 'streaming':
      return { icon: 'transcript', name: 'Streaming', tone: 'info' };
    case 'cancelled':
      return { icon: 'stop', name: 'Client left', tone: 'neutral' };
    case 'failed':
      return { icon: 'error', name: 'Failed', tone: 'error' };
    case 'done':
      if (status !== undefined && status >= 400) return { icon: 'warn', name: `Answered ${status}`, tone: 'warn' };
      return from === 'record'
        ? { icon: 'replay', name: 'From record', tone: 'ok' }
        : { icon: 'ok', name: 'Done', tone: 'ok' };
  }
}

/** "19", with "12 in, 7 out" for who wants it exactly; undefined while nothing is known. */
export function tokensOf({
  inputTokens,
  outputTokens,
}: GatewayCall): { readonly all: string; readonly exact: string } | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const [input, output] = [inputTokens ?? 0, outputTokens ?? 0];
  return {
    all: shortCount(input + output),
    exact: `${input.toLocaleString()} in, ${output.toLocaleString()} out`,
  };
}

/** "12 calls, 3.4K tokens, $0.02"; undefined where there was none. */
export function usedWords(use: KeyUse | undefined): string | undefined {
  if (use === undefined || use.calls === 0) return undefined;
  return `${counted(use.calls, 'call')}, ${shortCount(use.inputTokens + use.outputTokens)} tokens, ${shortMoney(use.usd)}`;
}

/** Of all keys together, under the id ''. */
export function totalUse(uses: readonly KeyUse[]): KeyUse {
  const sum = (pick: (use: KeyUse) => number): number => uses.reduce((total, use) => total + pick(use), 0);
  return {
    key: '',
    calls: sum(({ calls }) => calls),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    usd: sum(({ usd }) => usd),
    errors: sum(({ errors }) => errors),
  };
}

/** Where clients are pointed, also while it is off. */
export function addressOf({ address, port }: Pick<GatewayState, 'address' | 'port'>): string {
  return address ?? `http://127.0.0.1:${port}`;
}

/** Keys that open something, newest first; then those that do not any more, the last revoked first. */
export function keysInOrder(keys: readonly GatewayKey[]): {
  readonly valid: readonly GatewayKey[];
  readonly revoked: readonly GatewayKey[];
} {
  return {
    valid: keys.filter(({ revokedAt }) => revokedAt === undefined).toSorted((a, b) => b.createdAt - a.createdAt),
    revoked: keys
      .filter(({ revokedAt }) => revokedAt !== undefined)
      .toSorted((a, b) => (b.revokedAt ?? 0) - (a.revokedAt ?? 0)),
  };
}
