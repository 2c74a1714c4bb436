// Ids as people type them: any unambiguous beginning will do.
import { Problem } from '#engine/problem';

/** The one id that starts with `prefix`; a Problem where there is none or more than one. */
export function idFrom(store: { startingWith(prefix: string): string[] }, prefix: string, what: string): string {
  const [first, second] = prefix === '' ? [] : store.startingWith(prefix.toLowerCase());
  if (first === undefined)
    throw new Problem('NOT_FOUND', `There is no ${what} "${prefix}".`, `\`atelier ${what}s\` lists them.`);
  if (second !== undefined)
    throw new Problem('BAD_INPUT', `More than one ${what} starts with "${prefix}".`, 'Give more of its id.');
  return first;
}
