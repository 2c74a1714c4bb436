// Reads option values: a wrong one is a Problem that names the option, the value and what is allowed.
import { Problem } from '#engine/problem';
import type { z } from 'zod';
import type { Values } from './command.ts';

/** So much of a wrong value is said back. */
const shownLength = 80;

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function texts(values: Values, name: string): string[] | undefined {
  const value = values[name];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item) => typeof item === 'string');
}

export function flag(values: Values, name: string): boolean {
  return values[name] === true;
}

/** A number option; undefined where it was not given. */
export function number(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) throw usage(`--${name} takes a number, not "${value}".`);
  return parsed;
}

/** A whole number from 0 on; undefined where it was not given. */
export function wholeNumber(values: Values, name: string): number | undefined {
  const value = number(values, name);
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw usage(`--${name} takes a whole number from 0 on, not "${value}".`);
}

/** Parses with a schema of the contract; the problem says what is allowed. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string, allowed: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw usage(`${what} takes ${allowed}, not "${String(value).slice(0, shownLength)}".`);
}

/** One of an enum's values; undefined where the option was not given. */
export function oneOf<T extends string>(values: Values, name: string, allowed: readonly T[]): T | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  return member(value, name, allowed);
}

/** Several of an enum's values, from a repeated option or commas. */
export function someOf<T extends string>(values: Values, name: string, allowed: readonly T[]): T[] | undefined {
  return texts(values, name)
    ?.flatMap((value) => value.split(','))
    .map((value) => member(value.trim(), name, allowed));
}

/** One of an enum's values. */
export function member<T extends string>(value: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw usage(`--${name} takes ${allowed.join(', ')}, not "${value}".`);
  return found;
}

/** The command line itself was wrong: exit code 2. */
export class UsageProblem extends Problem {}

/** `command`: whose options are meant. */
export function usage(sentence: string, command = 'COMMAND'): UsageProblem {
  return new UsageProblem(
    'BAD_INPUT',
    sentence,
    `See \`atelier help\` for the commands and \`atelier ${command} --help\` for options.`,
  );
}
