// The options of each kind of node, and what their values may be.
import type { NodeKind } from '#contract/agent';
import type { Json } from '#contract/turn';

/** Says of a literal value what is wrong with it ("is not …"); undefined where it is right. */
type ValueCheck = (value: Json) => string | undefined;
/** An object of options: each with its check. */
export interface OptionTable {
  readonly [name: string]: ValueCheck | OptionTable;
}

export interface KindOptions {
  readonly options: OptionTable;
  /** Options without which it means nothing; of a list in it one is enough. */
  readonly needed: readonly (string | readonly string[])[];
}

const anything: ValueCheck = () => undefined;
const text: ValueCheck = (value) => (typeof value === 'string' ? undefined : 'is not a text');
const texts: ValueCheck = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? undefined : 'is not a list of texts';
const model: ValueCheck = (value) =>
  typeof value === 'string' && /^[^/\s]+\/\S+$/u.test(value)
    ? undefined
    : 'is not the name of a model; write the provider, a slash and the model: "scripted/triage"';
const duration: ValueCheck = (value) => {
  if (typeof value === 'number') return value >= 0 ? undefined : 'is below 0';
  return typeof value === 'string' && /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/u.test(value)
    ? undefined
    : 'is not a duration; write milliseconds, or a number and its unit: "250ms", "2s", "5m", "1h", "3d"';
};
const whole =
  (least: number): ValueCheck =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? undefined
      : `is not a whole number from ${least} on`;
const between =
  (least: number, most: number): ValueCheck =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : most === Number.POSITIVE_INFINITY
        ? `is not a number from ${least} on`
        : `is not a number from ${least} to ${most}`;

export const budget: OptionTable = {
  tokens: whole(1),
  costUsd: between(0, Number.POSITIVE_INFINITY),
  time: duration,
};
const common: OptionTable = {
  title: text,
  retry: {
    max: whole(0),
    first: duration,
    factor: between(1, Number.POSITIVE_INFINITY),
    limit: duration,
    jitter: between(0, 1),
    on: texts,
  },
  timeout: duration,
  cache: { key: anything, ttl: duration },
  concurrency: whole(1),
  budget,
};
const put: OptionTable = { to: text, result: anything };
const ask: OptionTable = {
  model,
  system: text,
  prompt: text,
  messages: anything,
  temperature: between(0, Number.POSITIVE_INFINITY),
  maxTokens: whole(1),
};

export const kindOptions: Readonly<Record<NodeKind, KindOptions>> = {
  code: { options: common, needed: [] },
  llm: { options: { ...common, ...put, ...ask, schema: anything }, needed: ['model', ['prompt', 'messages']] },
  tool: { options: { ...common, ...put, use: text, input: anything }, needed: ['use', 'input'] },
  toolLoop: {
    options: { ...common, ...put, ...ask, tools: texts, maxTurns: whole(1) },
    needed: ['model', 'tools', ['prompt', 'messages']],
  },
  branch: { options: common, needed: [] },
  map: { options: { ...common, atOnce: whole(1) }, needed: [] },
  loop: { options: { ...common, while: anything, over: text, max: whole(1) }, needed: [['while', 'over']] },
  subgraph: { options: { ...common, ...put, input: anything }, needed: ['input'] },
  human: { options: { ...common, ...put, ask: text, details: anything }, needed: ['ask'] },
  wait: { options: { ...common, for: duration, until: anything }, needed: [['for', 'until']] },
  attempt: { options: { ...common, catch: anything, finally: anything }, needed: [] },
};
