// Constructors of edges.
import type { StateOf } from './channels.ts';
import type { Condition, EdgeDefinition } from './definition.ts';
import type { Face, When } from './face.ts';
import { untyped } from './untyped.ts';

export interface Edge<out Names extends string, in F extends Face> {
  readonly definition: EdgeDefinition;
  readonly names?: Names;
  readonly face?: (face: F) => void;
}

export interface Weighted<out Names extends string> {
  readonly ways: Readonly<Record<string, number>>;
  readonly names?: Names;
}

/** Holds where the test does, on the state after the step. */
export function when<F extends Face>(test: (context: { readonly state: StateOf<F['state']> }) => boolean): When<F> {
  return { condition: { kind: 'when', test: untyped(test) } };
}

/** Holds where no other edge out of the same node did. */
export const otherwise: When<Face> = { condition: { kind: 'otherwise' } };

/** One of several nodes, drawn by the run's seed in proportion to the weights. */
export function weighted<const Ways extends Readonly<Record<string, number>>>(
  ways: Ways,
): Weighted<keyof Ways & string> {
  return { ways };
}

/** Where the run begins: at one node or several at once. */
export function start<const N extends string>(...to: readonly N[]): Edge<N, Face> {
  return { definition: { kind: 'start', to } };
}

/**
 * From a node to the next, or to several at once. From several: when all of them have run. With `when(…)`: where it holds, `otherwise`:
 * where nothing else did. Several edges out of a node that hold are all taken.
 */
export function edge<const From extends string, const To extends string, F extends Face>(
  from: From | readonly From[],
  to: To | readonly To[] | Weighted<To>,
  condition?: When<F>,
): Edge<From | To, F> {
  const sources = typeof from === 'string' ? [from] : from;
  if (typeof to === 'object' && 'ways' in to) {
    return { definition: { kind: 'weighted', from: sources[0] ?? '', ways: to.ways } };
  }
  const targets = typeof to === 'string' ? [to] : to;
  return { definition: { kind: 'edge', from: sources, to: targets, condition: condition?.condition ?? always } };
}

/** Where the run may end: after this node, always or where the condition holds. */
export function end<const N extends string, F extends Face>(from: N, condition?: When<F>): Edge<N, F> {
  return { definition: { kind: 'end', from, condition: condition?.condition ?? always } };
}

const always: Condition = { kind: 'always' };
