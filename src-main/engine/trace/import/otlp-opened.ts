// What a model span read and wrote, and values that conventions allow as structure or as JSON text.
import type { Json } from '#contract/turn';
import { parsePlainJson } from '../exact-json.ts';
import { isArray } from '../json.ts';

/** OpenAI chat messages of a model span. */
export interface SpanMessages {
  readonly tools: readonly Json[];
  readonly input: readonly Json[];
  /** The answers; several where more than one was sampled. */
  readonly output: readonly Json[];
}

/** JSON text as its value; other text, and any structure, as it is. */
export function opened(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? (parsePlainJson(value) ?? value) : value;
}

/** The same as a list: nothing is none, one value a list of one. */
export function openedList(value: Json | undefined): readonly Json[] {
  const list = opened(value);
  if (isArray(list)) return list;
  return list === undefined || list === null ? [] : [list];
}

/** Undefined where there is no message at all. */
export function some(
  input: readonly Json[],
  output: readonly Json[],
  tools: readonly Json[],
): SpanMessages | undefined {
  return input.length + output.length === 0 ? undefined : { tools, input, output };
}
