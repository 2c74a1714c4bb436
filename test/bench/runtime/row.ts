// What the rows of the runtime's bench share: samples round by round, their figures and ratios, what stood on disk.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Range } from '../store.ts';

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly range: Range;
  /** What was on disk when a step was told. */
  readonly durability: string;
}

export interface Ratio {
  readonly name: string;
  readonly range: Range;
  readonly goal: string;
  readonly isReached: boolean;
}

export interface RowResult {
  readonly figures: readonly Figure[];
  readonly ratios: readonly Ratio[];
}

export interface Row {
  readonly about: string;
  readonly measure: (rounds: number) => Promise<RowResult>;
}

/** Answers of contestants. */
export const timed = z.looseObject({ ms: z.number() });

export const full = 'on disk (WAL, synchronous=FULL) before it is told';
export const grouped = `${full}; steps without effects share commits`;
export const eachStep = 'one commit a step (WAL, synchronous=FULL)';
export const peerSync =
  'LangGraph durability "sync": a checkpoint on disk (WAL, synchronous=FULL) before the next step';
export const peerAsync =
  'LangGraph durability "async": a checkpoint is written (WAL, synchronous=FULL) while the next step runs';
export const nothing = 'nothing on disk';

/** Runs `work` with a folder for each contestant, gone afterwards. */
export async function within<T>(work: (folder: (name: string) => string) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'atelier-bench-runtime-'));
  const folder = (name: string): string => {
    const path = join(scratch, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  try {
    return await work(folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function rangeOf(values: readonly number[]): Range {
  const sorted = values.toSorted((one, two) => one - two);
  const at = (place: number): number => sorted[place] ?? Number.NaN;
  return { least: at(0), median: at(sorted.length >> 1), most: at(sorted.length - 1) };
}

/** Samples by name, in order of the rounds; the first round warms up and is left out. */
export class Samples {
  readonly #all = new Map<string, number[]>();

  add(round: number, values: Readonly<Record<string, number>>): void {
    if (round === 0) return;
    for (const [name, value] of Object.entries(values)) this.#all.set(name, [...this.of(name), value]);
  }

  of(name: string): readonly number[] {
    return this.#all.get(name) ?? [];
  }

  figure(name: string, unit: string, durability: string, of = name): Figure {
    return { name, unit, durability, range: rangeOf(this.of(of)) };
  }

  /** Of one to the other in each round, so that both stood under the same load. */
  ratio(
    name: string,
    over: string,
    under: string,
    goal: { readonly atMost: number } | { readonly atLeast: number },
  ): Ratio {
    const unders = this.of(under);
    const range = rangeOf(this.of(over).map((value, round) => value / (unders[round] ?? Number.NaN)));
    return 'atMost' in goal
      ? { name, range, goal: `≤ ${goal.atMost}`, isReached: range.median <= goal.atMost }
      : { name, range, goal: `≥ ${goal.atLeast}`, isReached: range.median >= goal.atLeast };
  }
}
