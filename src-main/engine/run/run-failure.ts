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

/** A failure of the runtime's own saying. */
export function failure(name: string, message: string, hint?: string): RunFailure {
  return new RunFailure({ name, message, ...(hint === undefined ? {} : { hint }) });
}

/** Names, messages, hints and stacks are cut to this many characters. */
const longest = 8000;

/** Node's own words name a flag that nobody can set here. */
const deniedHint =
  'Agent code touches no files and starts no programs; a tool may, and may write in the workspace but for .atelier.';

/** Of anything that user code threw: strings, undefined, errors whose members throw. Never throws itself. */
export function runErrorOf(thrown: unknown): RunError {
  if (isRunFailure(thrown)) return thrown.error;
  if (!isError(thrown)) return { name: 'Thrown', message: printed(thrown) };
  const hint = textOf(thrown, 'hint') ?? (textOf(thrown, 'code') === 'ERR_ACCESS_DENIED' ? deniedHint : undefined);
  const stack = textOf(thrown, 'stack');
  return {
    name: textOf(thrown, 'name') ?? 'Error',
    message: textOf(thrown, 'message') ?? 'An error without a message.',
    ...(hint === undefined ? {} : { hint }),
    ...(stack === undefined ? {} : { stack: withoutRuntime(stack) }),
  };
}

/** To throw on: a failure stays as it is. Never throws itself. */
export function failureOf(thrown: unknown): RunFailure {
  return isRunFailure(thrown) ? thrown : new RunFailure(runErrorOf(thrown));
}

/** A proxy may throw when it is asked what it is. */
function isRunFailure(thrown: unknown): thrown is RunFailure {
  try {
    return thrown instanceof RunFailure;
  } catch {
    return false;
  }
}

function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

function textOf(thrown: object, name: string): string | undefined {
  try {
    const value: unknown = Reflect.get(thrown, name);
    return typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined;
  } catch {
    return undefined;
  }
}

/** The folder that the runtime itself lies in, as sources or built. */
const runtime = new URL('..', import.meta.url).href;

/** Lines that only tell of Node's insides, or of the runtime's, help nobody; but where nothing else is there. */
function withoutRuntime(stack: string): string {
  const lines = stack.split('\n').filter((line) => !/^\s+at .*\(?node:internal\//u.test(line));
  const own = lines.filter((line) => !(/^\s+at /u.test(line) && line.includes(runtime)));
  return (own.some((line) => /^\s+at /u.test(line)) ? own : lines).join('\n');
}

function printed(thrown: unknown): string {
  try {
    const text =
      typeof thrown === 'string'
        ? thrown
        : (JSON.stringify(thrown) ?? `Something of the type ${typeof thrown} was thrown.`);
    return text.slice(0, longest);
  } catch {
    return `Something of the type ${typeof thrown} was thrown.`;
  }
}
