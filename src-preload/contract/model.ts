// Models: which providers there are, their settings, prices and budgets, and a call to try one.
import { eventIterator, oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';
import { secretNameSchema } from './vault.ts';

/** What a provider speaks. An 'openai' one offers chat completions, responses and embeddings; `api` says which our own agents use. */
export const dialectSchema = z.enum(['openai', 'anthropic']);
export type Dialect = z.infer<typeof dialectSchema>;

export const providerNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'a provider is named in small letters, digits, "-" and "_", a letter first')
  .refine((name) => name !== 'scripted', '"scripted" is the offline provider that is always there');

/** Begins as the keys of known services do: a key put where its name belongs. */
const keyShape = /^(?:sk-|sk_|gsk_|hf_|ghp_|github_pat_|AIza|xai-|pplx-|r8_|atl-|eyJ)[\w.-]{16,}$/u;
const secretHeader = /authorization|api-?key|cookie|secret|password|(?:^|-)(?:auth|access|bearer)?-?token$|^x-auth/iu;
const vaultHint = 'Put it into the vault, and its name there at "secret": it is sent with each request.';

const refuse = (message: string, hint?: string, path: PropertyKey[] = []) =>
  ({ code: 'custom', message, path, ...(hint === undefined ? {} : { params: { hint } }) }) as const;

/** Up to and with the version: "https://api.openai.com/v1". Nothing secret is in it. */
const providerUrlSchema = z
  .url({ protocol: /^https?$/, error: 'it must be an http or https address, as "https://api.openai.com/v1"' })
  .max(500)
  .superRefine((text, context) => {
    if (/^[^/]*\/\/[^/]*@/u.test(text)) context.addIssue(refuse('a password has no place in it', vaultHint));
    if (/[?#]/u.test(text)) context.addIssue(refuse('it must end before any "?" or "#"'));
    if (/[\s\\]/u.test(text)) context.addIssue(refuse('it has a space or a backslash in it'));
  });

const headersSchema = z
  .record(
    z.string().regex(/^[!#$%&'*+.^_`|~\dA-Za-z-]{1,100}$/u, 'that is no name of a header'),
    // What HTTP takes in a header's value, in one line.
    z
      .string()
      .max(1000)
      .regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/u, 'a header is one line of plain characters'),
  )
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers)) {
      if (secretHeader.test(name) || keyShape.test(value) || /^(?:bearer|basic)\s/iu.test(value)) {
        context.addIssue(refuse('a key has no place in this file', vaultHint, [name]));
      }
    }
  });

export const limitsSchema = z.strictObject({
  /** Calls under way at once. */
  concurrency: z.int().positive().max(10_000).optional(),
  requestsPerMinute: z.int().positive().optional(),
  /** Input and output together, estimated before the call, corrected after it. */
  tokensPerMinute: z.int().positive().optional(),
});
export type Limits = z.infer<typeof limitsSchema>;

export const budgetSchema = z.strictObject({
  tokens: z.int().positive().optional(),
  usd: z.number().positive().optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** One provider as `atelier.json` holds it; no secret in it, only a secret's name. */
export const providerSchema = z.strictObject({
  dialect: dialectSchema,
  url: providerUrlSchema,
  /** Which of an 'openai' provider's two ways our own agents use. */
  api: z.enum(['chat', 'responses']).optional(),
  /** Name of a secret in the vault; absent where none is needed (a server of one's own). */
  secret: secretNameSchema
    .superRefine((name, context) => {
      if (keyShape.test(name)) context.addIssue(refuse('that is a key itself, not the name of one', vaultHint));
    })
    .optional(),
  /** Models to offer by name; others can be asked for all the same. */
  models: z.array(z.string().min(1).max(200)).max(500).optional(),
  /** Sent with each request (organization, version); nothing secret. */
  headers: headersSchema.optional(),
  limits: limitsSchema.optional(),
  /** How long until the first byte of an answer, and between two pieces of it, ms; 600,000 unless said. */
  timeoutMs: z.int().positive().max(3_600_000).optional(),
  /** Tries in all, the first one too; 3 unless said. */
  tries: z.int().min(1).max(10).optional(),
});
export type ProviderSettings = z.infer<typeof providerSchema>;

/** The `models` part of `atelier.json`. */
export const modelSettingsSchema = z.strictObject({
  providers: z.record(providerNameSchema, providerSchema).optional(),
  /** "openai/gpt-5" → asked in turn where that one cannot answer. */
  fallbacks: z.record(z.string(), z.array(z.string()).min(1).max(5)).optional(),
  budgets: z.strictObject({ day: budgetSchema.optional(), run: budgetSchema.optional() }).optional(),
});
export type ModelSettings = z.infer<typeof modelSettingsSchema>;

/** US dollars for a million tokens. `cachedInput` unless said as input. */
export const priceSchema = z.strictObject({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cachedInput: z.number().nonnegative().optional(),
});
export type Price = z.infer<typeof priceSchema>;

export interface ProviderState {
  readonly name: string;
  readonly settings: ProviderSettings;
  /** Absent where it needs none. 'unbound': the secret is there, but not for this provider. */
  readonly secret?: 'ready' | 'locked' | 'missing' | 'unbound';
  /** 'open': it failed so often that it is left alone until `until`. */
  readonly breaker: { readonly state: 'closed' | 'half-open' | 'open'; readonly until?: number; readonly why?: string };
  readonly inFlight: number;
  readonly waiting: number;
}

export interface SpentToday {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of calls whose price is known. */
  readonly usd: number;
  readonly unpriced: number;
}

export interface ModelsState {
  /** In the order of `atelier.json`. */
  readonly providers: readonly ProviderState[];
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
  readonly budgets: { readonly day?: Budget; readonly run?: Budget };
  readonly today: SpentToday;
  /** Set where `atelier.json` cannot be read: nothing is asked until it can. */
  readonly problem?: { readonly sentence: string; readonly hint?: string };
  /** The workspace's price file, whether it is there yet, and how many prices are known in all. */
  readonly prices: {
    readonly file: string;
    readonly isThere: boolean;
    readonly known: number;
    readonly problem?: string;
  };
}

/** A server that answers on one of the usual loopback ports and is not among the providers. */
export interface FoundServer {
  readonly kind: 'ollama' | 'lm-studio' | 'llama.cpp' | 'vllm' | 'unknown';
  readonly url: string;
  readonly models: readonly string[];
  /** The name it would be added under. */
  readonly suggested: string;
}

export type TrialEvent =
  | { readonly type: 'text'; readonly channel: 'text' | 'reasoning'; readonly text: string }
  | {
      readonly type: 'done';
      readonly model: string;
      readonly stop: string;
      readonly firstTokenMs?: number;
      readonly ms: number;
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly costUsd?: number;
    }
  | { readonly type: 'failed'; readonly sentence: string; readonly hint?: string };

const base = oc.errors(problems);

export const models = {
  state: base.output(type<ModelsState>()),
  /** Adds or replaces one; writes `atelier.json` and leaves all else in it as it is. */
  putProvider: base.input(z.object({ name: providerNameSchema, settings: providerSchema })).output(type<ModelsState>()),
  removeProvider: base.input(z.object({ name: providerNameSchema })).output(type<ModelsState>()),
  setFallbacks: base
    .input(z.object({ model: z.string().min(1), fallbacks: z.array(z.string().min(1)).max(5) }))
    .output(type<ModelsState>()),
  setBudgets: base
    .input(z.object({ day: budgetSchema.optional(), run: budgetSchema.optional() }))
    .output(type<ModelsState>()),
  /** Asks the usual loopback ports. */
  discover: base.output(type<readonly FoundServer[]>()),
  /** What a provider itself says that it offers. */
  offered: base.input(z.object({ provider: z.string() })).output(type<readonly string[]>()),
  /** One short call, told as it goes; ends with 'done' or 'failed'. */
  try: base
    .input(z.object({ model: z.string().min(1).max(300), prompt: z.string().min(1).max(10_000) }))
    .output(eventIterator(type<TrialEvent>())),
  /** Known prices by model, the workspace's own first. */
  prices: base
    .route({ method: 'GET', path: '/models/prices', summary: 'Known prices by model' })
    .output(
      type<readonly { readonly model: string; readonly price: Price; readonly from: 'workspace' | 'shipped' }[]>(),
    ),
  /** Lays a price file down with the shipped prices as examples, where there is none; returns its path. */
  makePriceFile: base.output(type<string>()),
};
