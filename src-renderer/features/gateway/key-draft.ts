// A key's settings while a person writes them.
import { keySettingsSchema, type CassetteMode, type KeySettings, type Scope } from '#contract/gateway';
import { decimalNumber, numberText, wholeNumber, type NumberResult } from '../../lib/number-text.ts';

/** Numbers as typed; '' for no limit. */
export interface KeyDraft {
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly mode: CassetteMode;
  /** '' for whichever fits the request. */
  readonly provider: string;
  readonly concurrency: string;
  readonly requestsPerMinute: string;
  readonly tokensPerMinute: string;
  readonly dayTokens: string;
  readonly dayUsd: string;
}

export type KeyFaults = Readonly<Partial<Record<keyof KeyDraft, string>>>;

export type KeyResult =
  | { readonly ok: true; readonly settings: KeySettings }
  | { readonly ok: false; readonly faults: KeyFaults };

const longestLabel = 80;
const mostCalls = 10_000;

export const emptyKey: KeyDraft = {
  label: '',
  scopes: ['models', 'telemetry'],
  mode: 'record',
  provider: '',
  concurrency: '',
  requestsPerMinute: '',
  tokensPerMinute: '',
  dayTokens: '',
  dayUsd: '',
};

export function draftOfKey({ label, scopes, mode, provider, limits, budget }: KeySettings): KeyDraft {
  return {
    label,
    scopes,
    mode,
    provider: provider ?? '',
    concurrency: numberText(limits?.concurrency),
    requestsPerMinute: numberText(limits?.requestsPerMinute),
    tokensPerMinute: numberText(limits?.tokensPerMinute),
    dayTokens: numberText(budget?.day?.tokens),
    dayUsd: numberText(budget?.day?.usd),
  };
}

export function keySettingsOf(draft: KeyDraft): KeyResult {
  const faults: Partial<Record<keyof KeyDraft, string>> = {};
  const read = (field: keyof KeyDraft, result: NumberResult): number | undefined => {
    if (result.ok) return result.value;
    faults[field] = result.fault;
    return undefined;
  };
  const label = draft.label.trim();
  if (label === '') faults.label = 'Say who gets it: "notebook", "nightly tests".';
  else if (label.length > longestLabel) faults.label = `At most ${longestLabel} characters.`;
  if (draft.scopes.length === 0) faults.scopes = 'A key that may do nothing opens nothing: tick one.';
  const limits = defined({
    concurrency: read('concurrency', wholeNumber(draft.concurrency, mostCalls)),
    requestsPerMinute: read('requestsPerMinute', wholeNumber(draft.requestsPerMinute)),
    tokensPerMinute: read('tokensPerMinute', wholeNumber(draft.tokensPerMinute)),
  });
  const day = defined({
    tokens: read('dayTokens', wholeNumber(draft.dayTokens)),
    usd: read('dayUsd', decimalNumber(draft.dayUsd)),
  });
  if (Object.keys(faults).length > 0) return { ok: false, faults };
  const settings = keySettingsSchema.parse({
    label,
    scopes: draft.scopes,
    mode: draft.mode,
    ...(draft.provider === '' ? {} : { provider: draft.provider }),
    ...(limits === undefined ? {} : { limits }),
    ...(day === undefined ? {} : { budget: { day } }),
  });
  return { ok: true, settings };
}

/** In the contract's order, whatever the order of ticking. */
export function withScope(scopes: readonly Scope[], scope: Scope, isOn: boolean): readonly Scope[] {
  const next = new Set(scopes);
  if (isOn) next.add(scope);
  else next.delete(scope);
  return allScopes.filter((one) => next.has(one));
}

const allScopes: readonly Scope[] = ['models', 'telemetry', 'read', 'write'];

function defined(members: Readonly<Record<string, number | undefined>>): Record<string, number> | undefined {
  const given = Object.entries(members).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** Why the gateway cannot be given this port; the port itself where it can. */
export function portOf(
  text: string,
): { readonly ok: true; readonly port: number } | { readonly ok: false; readonly fault: string } {
  const typed = text.trim();
  const port = /^\d{1,5}$/u.test(typed) ? Number(typed) : Number.NaN;
  if (port >= 1024 && port <= 65_535) return { ok: true, port };
  return { ok: false, fault: 'A number from 1024 to 65535.' };
}
