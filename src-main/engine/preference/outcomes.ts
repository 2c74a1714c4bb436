// Mining by outcome: two runs at the same thing that were scored differently.
import type { TraceSummary } from '#contract/trace';
import type { Store } from '../ports.ts';
import type { Finding, MineLimits } from './finding.ts';
import { inOrder, pairId } from './pair-id.ts';

/** A trace with its scores by name, and `rank`: runs of equal scores have equal ranks. */
interface Run {
  readonly trace: TraceSummary;
  readonly leaf: string;
  readonly scores: ReadonlyMap<string, number>;
  readonly rank: number;
}

/**
 * Every two runs of one group that differ in a score both have; the sides are the runs' last turns, the prompt is the last turn
 * both share. A group with more than `pairsPerGroup` gives that many, spread evenly over its runs.
 */
export function* outcomes(store: Store, now: number, limits: MineLimits): Generator<Finding> {
  for (const { group, traces } of store.traces.scoredGroups()) {
    yield* pairsOfGroup(store, group, ranked(traces), now, limits);
    yield { kind: 'progress', traces: traces.length };
  }
}

function* pairsOfGroup(
  store: Store,
  group: string,
  runs: readonly Run[],
  now: number,
  limits: MineLimits,
): Generator<Finding> {
  const found = new Set<string>();
  let looked = 0;
  for (const [one, two] of unequal(runs)) {
    // A group in which next to nothing can be paired must not be gone through to its end either.
    if (found.size === limits.pairsPerGroup || looked === 4 * limits.pairsPerGroup) break;
    looked += 1;
    const finding = judge(store, group, one, two, now);
    if (finding === undefined) continue;
    if (finding.kind === 'pair') found.add(finding.pair.id);
    yield finding;
  }
  const cut = countUnequal(runs) - looked;
  if (cut > 0) yield { kind: 'left-out', why: `Pairs beyond ${limits.pairsPerGroup} of one group`, count: cut };
}

function judge(store: Store, group: string, one: Run, two: Run, now: number): Finding | undefined {
  const differences = differencesOf(one, two);
  if (differences.length === 0) return undefined;
  if (one.leaf === two.leaf) return leftOut('Runs that said exactly the same');
  const prompt = store.turns.commonAncestor(one.leaf, two.leaf);
  if (prompt === undefined) return leftOut('Runs under different system prompts or tools');
  if (prompt === one.leaf || prompt === two.leaf) return leftOut('Runs of which one is the beginning of the other');
  const [a, b] = inOrder(one.leaf, two.leaf);
  const [runA, runB] = one.leaf === a ? [one, two] : [two, one];
  const pair = {
    id: pairId(a, b),
    kind: 'outcome',
    prompt,
    a,
    b,
    reason: `Two runs of group “${group}” with different scores: ${differences.join(', ')}.`,
    group,
    traceA: runA.trace.id,
    traceB: runB.trace.id,
    createdAt: now,
  } as const;
  return { kind: 'pair', pair };
}

function leftOut(why: string): Finding {
  return { kind: 'left-out', why, count: 1 };
}

/** The scores both have with different values, in words, the higher value first: it must not tell which side is which. */
function differencesOf(one: Run, two: Run): string[] {
  const words: string[] = [];
  for (const [name, value] of one.scores) {
    const other = two.scores.get(name);
    if (other === undefined || other === value) continue;
    words.push(`${name} ${shown(Math.max(value, other))} against ${shown(Math.min(value, other))}`);
  }
  return words;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Runs from the lowest scores to the highest, by score names in order. */
function ranked(traces: readonly TraceSummary[]): Run[] {
  const names = [...new Set(traces.flatMap((trace) => trace.scores.map(({ name }) => name)))].toSorted();
  const runs = traces
    .flatMap((trace) => (trace.leaf === undefined ? [] : [{ trace, leaf: trace.leaf }]))
    .map(({ trace, leaf }) => ({ trace, leaf, scores: new Map(trace.scores.map(({ name, value }) => [name, value])) }));
  const compare = (one: (typeof runs)[number], two: (typeof runs)[number]): number => {
    for (const name of names) {
      const [left, right] = [one.scores.get(name) ?? -Infinity, two.scores.get(name) ?? -Infinity];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };
  const sorted = runs.toSorted(compare);
  let rank = 0;
  return sorted.map((run, index) => {
    const before = sorted[index - 1];
    if (before !== undefined && compare(before, run) !== 0) rank += 1;
    return { ...run, rank };
  });
}

/**
 * Every two runs of unequal rank, once. Runs stand in a circle and meet those furthest away first, one round after the other, so
 * that however few are taken, all runs are used about as often and the far apart come first.
 */
function* unequal(runs: readonly Run[]): Generator<readonly [Run, Run]> {
  const count = runs.length;
  if (runs.at(-1)?.rank === 0) return;
  for (let distance = Math.floor(count / 2); distance >= 1; distance -= 1) {
    const starts = distance * 2 === count ? distance : count;
    for (let start = 0; start < starts; start += 1) {
      const one = runs[start];
      const two = runs[(start + distance) % count];
      if (one !== undefined && two !== undefined && one.rank !== two.rank) yield [one, two];
    }
  }
}

/** How many pairs `unequal` yields. */
function countUnequal(runs: readonly Run[]): number {
  const sizes = new Map<number, number>();
  for (const { rank } of runs) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  let equal = 0;
  for (const size of sizes.values()) equal += (size * (size - 1)) / 2;
  return (runs.length * (runs.length - 1)) / 2 - equal;
}
