// A failure of the user's code or of an effect, as the journal tells it.
import type { RunError } from '#contract/journal';

/** Carries a RunError through code that throws. */
export class RunFailure extends Error {
  readonly error: RunError;

  constructor(error: RunError, options?: ErrorOptions) {
    super(error.message, options);
    this.name = error.name;
    this.error = error;
  }
}

/** Of anything that user code threw, strings and undefined included; messages and stacks cut to 8,000 characters. */
export function runErrorOf(thrown: unknown): RunError {
  if (thrown instanceof RunFailure) return thrown.error;
  if (!(thrown instanceof Error)) return { name: 'Thrown', message: cut(printed(thrown)) };
  const hint: unknown = 'hint' in thrown ? thrown.hint : undefined;
  return {
    name: cut(thrown.name),
    message: cut(thrown.message),
    ...(typeof hint === 'string' ? { hint: cut(hint) } : {}),
    ...(thrown.stack === undefined ? {} : { stack: cut(thrown.stack) }),
  };
}

function printed(thrown: unknown): string {
  try {
    return typeof thrown === 'object' ? (JSON.stringify(thrown) ?? String(thrown)) : String(thrown);
  } catch {
    return 'something that cannot be shown';
  }
}

function cut(text: string): string {
  return String(text).slice(0, 8000);
}
