// What a person types or a program sends over the contract, without the values that the vault knows: before anything is made of it.
import type { Redactor } from '#engine/redactor';
import { Problem } from '#engine/problem';
import { toContractError, type Context } from './context.ts';

/** Nothing in the contract is nested a tenth as deeply, and more would be more than the stack takes. */
const deepest = 1000;

/** Values go into the vault; a path that was masked is another path. */
const asGiven: ReadonlySet<string> = new Set(['vault', 'desk', 'workspace', 'imports']);

/** Of oRPC's, what is needed here. */
interface Call {
  readonly path: readonly string[];
  readonly input: unknown;
  readonly context: Context;
}

/**
 * Of every host that serves the contract, before the input is checked. What only has the shape of a key stays: who searches for one must be
 * able to, and what was imported may be edited as it is.
 */
export function maskedInput<T extends Call>(options: T & { next(changed?: T): Promise<unknown> }): Promise<unknown> {
  const { path, input, context } = options;
  if (input === undefined || asGiven.has(path[0] ?? '')) return options.next();
  return options.next({ ...options, input: masked(input, redactorOf(context)) });
}

/** What is asked while no workspace is open is answered by why not. */
function redactorOf({ studio }: Context): Redactor | undefined {
  try {
    return studio().redactor;
  } catch {
    return undefined;
  }
}

function masked(value: unknown, redactor: Redactor | undefined, depth = 0): unknown {
  if (redactor === undefined) return value;
  if (depth > deepest)
    throw toContractError(new Problem('BAD_INPUT', `The request is nested more than ${deepest} deep.`));
  if (typeof value === 'string') return redactor.known(value);
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, redactor, depth + 1));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [redactor.known(name), masked(member, redactor, depth + 1)]),
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
