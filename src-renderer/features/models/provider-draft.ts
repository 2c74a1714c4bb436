// A provider's settings while a person writes them: as text, with the faults of each field, and back as atelier.json holds them.
import { providerNameSchema, providerSchema, type Dialect, type ProviderSettings } from '#contract/model';
import { decimalNumber, numberText, wholeNumber, type NumberResult } from '../../lib/number-text.ts';

export interface HeaderDraft {
  /** Tells the lines apart while they are edited. */
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

/** Numbers as they were typed; '' for what is not set. */
export interface ProviderDraft {
  readonly name: string;
  readonly dialect: Dialect;
  readonly url: string;
  readonly api: 'chat' | 'responses';
  /** Name of a secret. */
  readonly secret: string;
  /** One a line. */
  readonly models: string;
  readonly headers: readonly HeaderDraft[];
  readonly concurrency: string;
  readonly requestsPerMinute: string;
  readonly tokensPerMinute: string;
  /** Seconds. */
  readonly timeout: string;
  readonly tries: string;
}

export type DraftField = Exclude<keyof ProviderDraft, 'dialect' | 'api' | 'headers'>;

export interface DraftFaults {
  readonly fields: Readonly<Partial<Record<DraftField, string>>>;
  /** By the line's id. */
  readonly headers: ReadonlyMap<number, string>;
}

export type DraftResult =
  | { readonly ok: true; readonly name: string; readonly settings: ProviderSettings }
  | { readonly ok: false; readonly faults: DraftFaults };

const mostModels = 500;
const longestModel = 200;
const longestTimeoutS = 3600;
const mostTries = 10;
const mostCalls = 10_000;

export const emptyDraft: ProviderDraft = {
  name: '',
  dialect: 'openai',
  url: '',
  api: 'chat',
  secret: '',
  models: '',
  headers: [],
  concurrency: '',
  requestsPerMinute: '',
  tokensPerMinute: '',
  timeout: '',
  tries: '',
};

export function draftOf(name: string, settings: ProviderSettings): ProviderDraft {
  const { dialect, url, api, secret, models, headers, limits, timeoutMs, tries } = settings;
  return {
    name,
    dialect,
    url,
    api: api ?? 'chat',
    secret: secret ?? '',
    models: (models ?? []).join('\n'),
    headers: Object.entries(headers ?? {}).map(([header, value], id) => ({ id, name: header, value })),
    concurrency: numberText(limits?.concurrency),
    requestsPerMinute: numberText(limits?.requestsPerMinute),
    tokensPerMinute: numberText(limits?.tokensPerMinute),
    timeout: timeoutMs === undefined ? '' : numberText(timeoutMs / 1000),
    tries: numberText(tries),
  };
}

/** `taken`: names that a new provider cannot have. */
export function settingsOf(draft: ProviderDraft, taken: readonly string[] = []): DraftResult {
  const faults: Partial<Record<DraftField, string>> = {};
  const headerFaults = new Map<number, string>();
  const number = (field: DraftField, result: NumberResult): number | undefined => {
    if (result.ok) return result.value;
    faults[field] = result.fault;
    return undefined;
  };

  const name = draft.name.trim();
  const named = providerNameSchema.safeParse(name);
  if (name === '') faults.name = 'Give it a name: agents ask for NAME/MODEL.';
  else if (!named.success) faults.name = sentence(named.error.issues[0]?.message ?? '');
  else if (taken.includes(name)) faults.name = 'There is a provider of this name.';

  const models = modelsOf(draft.models);
  if (models.length > mostModels) faults.models = `At most ${mostModels} models.`;
  if (models.some((model) => model.length > longestModel))
    faults.models = `A name of at most ${longestModel} characters a line.`;

  const limits = {
    ...given('concurrency', number('concurrency', wholeNumber(draft.concurrency, mostCalls))),
    ...given('requestsPerMinute', number('requestsPerMinute', wholeNumber(draft.requestsPerMinute))),
    ...given('tokensPerMinute', number('tokensPerMinute', wholeNumber(draft.tokensPerMinute))),
  };
  const seconds = number('timeout', decimalNumber(draft.timeout, longestTimeoutS));
  const tries = number('tries', wholeNumber(draft.tries, mostTries));

  const headers = writtenHeaders(draft.headers);
  for (const [index, header] of headers.entries()) {
    const twin = headers.findIndex((other) => other.name.toLowerCase() === header.name.toLowerCase());
    if (header.name === '') headerFaults.set(header.id, 'Name the header.');
    else if (twin < index) headerFaults.set(header.id, 'This header is named twice.');
    else {
      // Each by itself: one with a wrong name would hide what is wrong with the values of others.
      const alone = providerSchema.shape.headers.safeParse({ [header.name]: header.value });
      const [issue] = alone.success ? [] : alone.error.issues;
      if (issue !== undefined) headerFaults.set(header.id, sentence(issue.message, hintOf(issue)));
    }
  }

  const url = draft.url.trim();
  const settings = {
    dialect: draft.dialect,
    url,
    ...(draft.dialect === 'openai' && draft.api === 'responses' ? { api: draft.api } : {}),
    ...given('secret', draft.secret === '' ? undefined : draft.secret),
    ...given('models', models.length === 0 ? undefined : models),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map(({ name: of, value }) => [of, value])) }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...given('timeoutMs', seconds === undefined ? undefined : Math.max(1, Math.round(seconds * 1000))),
    ...given('tries', tries),
  };
  const parsed = providerSchema.safeParse(settings);
  if (url === '') faults.url = 'Say where it is, up to the version: https://api.openai.com/v1';
  for (const issue of parsed.success ? [] : parsed.error.issues) {
    const [member] = issue.path;
    const words = sentence(issue.message, hintOf(issue));
    if (member === 'url') faults.url ??= words;
    else if (member === 'secret') faults.secret ??= words;
  }
  const isFaulty = Object.keys(faults).length > 0 || headerFaults.size > 0;
  if (isFaulty || !parsed.success) return { ok: false, faults: { fields: faults, headers: headerFaults } };
  return { ok: true, name, settings: parsed.data };
}

/** Each once, without what surrounds it. */
export function modelsOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

/** The lines with these models at their end, but for those that are there. */
export function withModels(text: string, added: readonly string[]): string {
  return [...new Set([...modelsOf(text), ...added])].join('\n');
}

export function withHeader(headers: readonly HeaderDraft[]): readonly HeaderDraft[] {
  return [...headers, { id: Math.max(-1, ...headers.map(({ id }) => id)) + 1, name: '', value: '' }];
}

/** Whether two drafts say the same; ids of lines and what surrounds a text do not count. */
export function sameDraft(one: ProviderDraft, two: ProviderDraft): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(two));
}

function plain({ headers, models, ...rest }: ProviderDraft): readonly unknown[] {
  const texts = Object.entries(rest).toSorted(([a], [b]) => a.localeCompare(b));
  return [
    texts.map(([key, value]) => [key, value.trim()]),
    modelsOf(models),
    writtenHeaders(headers).map(({ name, value }) => [name, value]),
  ];
}

/** Lines that were begun for nothing are left out. */
function writtenHeaders(headers: readonly HeaderDraft[]): readonly HeaderDraft[] {
  return headers
    .map(({ id, name, value }) => ({ id, name: name.trim(), value: value.trim() }))
    .filter(({ name, value }) => name !== '' || value !== '');
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}

function hintOf(issue: object): string | undefined {
  if (!('params' in issue) || typeof issue.params !== 'object' || issue.params === null) return undefined;
  return 'hint' in issue.params && typeof issue.params.hint === 'string' ? issue.params.hint : undefined;
}

/** The contract's words stand after a place in a file; here they stand alone. */
function sentence(words: string, hint?: string): string {
  const whole = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${/[.!?]$/u.test(words) ? '' : '.'}`;
  return hint === undefined ? whole : `${whole} ${hint}`;
}
