// What of a request beside its messages must be the same for a recorded answer to be an answer to it.
import type { Json, JsonObject } from '#contract/turn';
import type { WireDialect } from '../network-ports.ts';
import { canonicalJson } from '../turns/canonical.ts';

export interface Comparable {
  readonly model: string | undefined;
  /** By name, in its order; what is null or absent is none. */
  readonly parameters: JsonObject;
}

/**
 * Members that say who asks, how it is billed, kept or delivered, but change no answer; and those that stand in the turns. `stream` is
 * compared by itself, since an answer can be written anew either way.
 */
const leftOut = new Set([
  'background',
  'functions',
  'include',
  'input',
  'instructions',
  'messages',
  'metadata',
  'model',
  'previous_response_id',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'system',
  'tools',
  'user',
]);

/** Values that say what is so anyway. */
const defaults: Readonly<Record<string, Json>> = {
  frequency_penalty: 0,
  n: 1,
  presence_penalty: 0,
  parallel_tool_calls: true,
  tool_choice: 'auto',
  truncation: 'disabled',
};

export function comparable(dialect: WireDialect, rest: JsonObject): Comparable {
  const { model } = rest;
  const parameters = Object.entries(rest)
    .filter(([name, value]) => value !== null && !leftOut.has(name) && !isDefault(dialect, name, value))
    .toSorted(([one], [two]) => (one < two ? -1 : 1));
  return { model: typeof model === 'string' ? model : undefined, parameters: Object.fromEntries(parameters) };
}

function isDefault(dialect: WireDialect, name: string, value: Json): boolean {
  if (dialect === 'anthropic') return false;
  return Object.hasOwn(defaults, name) && defaults[name] === value;
}

export interface Difference {
  readonly name: string;
  readonly recorded: Json | undefined;
  readonly asked: Json | undefined;
}

/** The first thing in which they differ. */
export function differenceOf(recorded: Comparable, asked: Comparable): Difference | undefined {
  // What a provider chose by itself is no answer of a model that is asked for by name, nor the other way round.
  const isNamed = (recorded.model === undefined) === (asked.model === undefined);
  if (!isNamed || !isSameModel(recorded.model, asked.model))
    return { name: 'model', recorded: recorded.model, asked: asked.model };
  const names = new Set([...Object.keys(recorded.parameters), ...Object.keys(asked.parameters)]);
  for (const name of [...names].toSorted()) {
    const [before, now] = [recorded.parameters[name], asked.parameters[name]];
    if (before === undefined || now === undefined || canonicalJson(before) !== canonicalJson(now))
      return { name, recorded: before, asked: now };
  }
  return undefined;
}

/** A model's name with the provider's before it is the same model; one that is not known is any. */
export function isSameModel(one: string | undefined, two: string | undefined): boolean {
  if (one === undefined || two === undefined || one === two) return true;
  return one.endsWith(`/${two}`) || two.endsWith(`/${one}`);
}
