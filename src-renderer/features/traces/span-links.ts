// Which span made which turn, both ways, so that timeline and transcript can follow each other. Pure.
import type { Span, SpanKind } from '#contract/trace';
import type { TurnId } from '#contract/turn';

export interface SpanLinks {
  /** Index of the span that best stands for a turn: the one that wrote it, else the first that read it. */
  readonly spanOf: (turn: TurnId) => number | undefined;
  /** The turn to show for a span: what it wrote, else what it read; undefined where the transcript has neither. */
  readonly turnOf: (index: number) => TurnId | undefined;
}

/** Of several spans that name one turn the most telling kind wins: a wrapper around a model call says less than the call. */
const rank: Readonly<Record<SpanKind, number>> = { model: 0, tool: 0, human: 0, retrieval: 1, code: 2 };

/** `path`: the turns of the transcript; spans may name turns of other branches, which are not shown. */
export function linkSpans(spans: readonly Span[], path: readonly { readonly id: TurnId }[]): SpanLinks {
  const onPath = new Set(path.map((turn) => turn.id));
  const writers = new Map<TurnId, number>();
  const readers = new Map<TurnId, number>();
  const better = (map: Map<TurnId, number>, turn: TurnId | undefined, index: number, kind: SpanKind): void => {
    if (turn === undefined) return;
    const known = map.get(turn);
    const knownKind = known === undefined ? undefined : spans[known]?.kind;
    if (knownKind === undefined || rank[kind] < rank[knownKind]) map.set(turn, index);
  };
  for (const [index, span] of spans.entries()) {
    better(writers, span.wrote, index, span.kind);
    better(readers, span.read, index, span.kind);
  }
  return {
    spanOf: (turn) => writers.get(turn) ?? readers.get(turn),
    turnOf: (index) => {
      const span = spans[index];
      if (span?.wrote !== undefined && onPath.has(span.wrote)) return span.wrote;
      return span?.read !== undefined && onPath.has(span.read) ? span.read : undefined;
    },
  };
}

export interface Step {
  readonly index: number;
  /** How many spans hold it. */
  readonly depth: number;
}

/** Spans as a list to walk through: each below what holds it, siblings as they came. None is left out. */
export function stepsOf(spans: readonly Span[]): readonly Step[] {
  const known = new Set(spans.map((span) => span.id));
  const children = new Map<string | undefined, number[]>();
  for (const [index, span] of spans.entries()) {
    const parent =
      span.parent !== undefined && span.parent !== span.id && known.has(span.parent) ? span.parent : undefined;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [index]);
    else siblings.push(index);
  }
  const steps: Step[] = [];
  const seen = new Set<number>();
  const walk = (roots: readonly number[]): void => {
    const waiting: Step[] = roots.toReversed().map((index) => ({ index, depth: 0 }));
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      if (seen.has(step.index)) continue;
      seen.add(step.index);
      steps.push(step);
      const below = children.get(spans[step.index]?.id) ?? [];
      for (const child of below.toReversed()) waiting.push({ index: child, depth: step.depth + 1 });
    }
  };
  walk(children.get(undefined) ?? []);
  // Parents in a circle hang from no root.
  for (const index of spans.keys()) if (!seen.has(index)) walk([index]);
  return steps;
}
