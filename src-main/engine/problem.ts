// The one error class of the engine: a code, a sentence for people and a hint what to do.
import type { ProblemCode } from '#contract/problem';

/** Thrown wherever a person can do something about it; handlers and CLI show `message` and `hint` as they are. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly hint: string | undefined;

  constructor(code: ProblemCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Problem';
    this.code = code;
    this.hint = hint;
  }
}

/** The sentence of anything thrown, user code's strings included. */
export function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
