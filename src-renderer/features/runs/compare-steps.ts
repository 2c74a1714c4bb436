// The steps of two runs by number, side by side.
import type { StepRow } from './view.ts';

export interface ComparedStep {
  readonly step: number;
  readonly one: StepRow | undefined;
  readonly two: StepRow | undefined;
  /** Before, at and after the first step in which they differ. */
  readonly place: 'shared' | 'first' | 'after';
}

/** Steps of the runs' own scope; `firstDifferent` is undefined where they never differ. */
export function comparedSteps(
  one: readonly StepRow[],
  two: readonly StepRow[],
  firstDifferent: number | undefined,
): readonly ComparedStep[] {
  const [ones, twos] = [byStep(one), byStep(two)];
  const last = Math.max(-1, ...ones.keys(), ...twos.keys());
  return Array.from({ length: last + 1 }, (_, step) => ({
    step,
    one: ones.get(step),
    two: twos.get(step),
    place:
      firstDifferent === undefined || step < firstDifferent ? 'shared' : step === firstDifferent ? 'first' : 'after',
  }));
}

function byStep(rows: readonly StepRow[]): ReadonlyMap<number, StepRow> {
  return new Map(rows.filter(({ scope, kind }) => scope === '' && kind === 'step').map((row) => [row.step, row]));
}
