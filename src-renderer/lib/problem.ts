// What went wrong, for people: the code, the sentence and the hint of anything that a call threw.
import { ORPCError } from '@orpc/client';
import { problemCodes, type ProblemCode } from '#contract/problem';

export interface ShownProblem {
  readonly code: ProblemCode;
  readonly sentence: string;
  readonly hint?: string;
}

/** Reads an oRPC error of the contract; anything else is INTERNAL with its own message. */
export function problemOf(error: unknown): ShownProblem {
  if (error instanceof ORPCError) {
    const code = problemCodes.find((known) => known === error.code) ?? 'INTERNAL';
    const hint = hintOf(error.data);
    return { code, sentence: error.message, ...(hint === undefined ? {} : { hint }) };
  }
  return { code: 'INTERNAL', sentence: error instanceof Error ? error.message : String(error) };
}

function hintOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('hint' in data)) return undefined;
  return typeof data.hint === 'string' ? data.hint : undefined;
}
