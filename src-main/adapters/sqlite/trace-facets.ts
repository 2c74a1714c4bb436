// What a filter of traces can be set to, and how many traces have each.
import type { Format, TraceFacets } from '#contract/trace';
import type { TraceColumns } from './trace-columns.ts';

/** A facet offers no more values than this, the most frequent. */
const facetValues = 1000;

interface Counted<Value> {
  readonly value: Value;
  readonly count: number;
}

export function traceFacets(columns: TraceColumns): TraceFacets {
  const sources = new Map<string, number>();
  const models = new Map<string, number>();
  const groups = new Map<string, number>();
  const scores = new Map<string, { name: string; min: number; max: number; count: number }>();
  let errors = 0;
  let total = 0;
  for (let trace = 1; trace <= columns.last; trace += 1) {
    if (columns.shown[trace] !== true) continue;
    total += 1;
    if (columns.failed[trace] === true) errors += 1;
    count(sources, columns.source[trace]);
    count(models, columns.model[trace]);
    count(groups, columns.group[trace]);
    for (const [place, { name, value }] of (columns.scores[trace] ?? []).entries()) {
      const known = scores.get(name);
      const again = columns.scores[trace]?.findIndex((score) => score.name === name) !== place;
      if (known === undefined) scores.set(name, { name, min: value, max: value, count: 1 });
      else {
        known.min = Math.min(known.min, value);
        known.max = Math.max(known.max, value);
        known.count += again ? 0 : 1;
      }
    }
  }
  const byName = [...scores.values()].map((score) => ({ ...score, value: score.name }));
  return {
    // Only formats are ever stored as sources.
    sources: mostFrequent(entries(sources)) as readonly Counted<Format>[],
    models: mostFrequent(entries(models)),
    groups: mostFrequent(entries(groups)),
    scores: mostFrequent(byName).map(({ name, min, max, count }) => ({ name, min, max, count })),
    errors,
    total,
  };
}

function count(counts: Map<string, number>, value: string | undefined): void {
  if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
}

function entries(counts: ReadonlyMap<string, number>): Counted<string>[] {
  return Array.from(counts, ([value, count]) => ({ value, count }));
}

function mostFrequent<T extends Counted<string>>(values: readonly T[]): T[] {
  const sorted = values.toSorted((one, two) => two.count - one.count || (one.value < two.value ? -1 : 1));
  return sorted.slice(0, facetValues);
}
