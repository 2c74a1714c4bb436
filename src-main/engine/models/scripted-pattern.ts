// Regular expressions out of a file that anybody wrote: run under a time limit, so that none can hang the studio.
import { createContext, Script } from 'node:vm';
import { Problem } from '../problem.ts';

/** Only the beginning of a longer text is looked at: UTF-16 units. */
const longestText = 100_000;
/** Ample: a busy machine must not make a good pattern fail. */
const limitMs = 1000;

export interface Groups {
  /** The whole match first. */
  readonly numbered: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

export type Match = (text: string) => Groups | undefined;

/** Throws a SyntaxError where it is no regular expression. The case of letters does not count, unless the pattern says `(?-i:…)`. */
export function checkPattern(source: string): void {
  void new RegExp(source, 'i');
}

/** A group that took no part is the empty string. Throws REFUSED where the pattern takes over a second on a text. */
export function newMatch(source: string): Match {
  // In a context of its own, because only what runs there can be stopped.
  const world = createContext({ source, text: '' });
  const script = new Script(
    `(() => {
      const found = new RegExp(source, 'i').exec(text);
      return found === null ? '' : JSON.stringify({ numbered: [...found].map((one) => one ?? ''), named: { ...found.groups } });
    })()`,
  );
  return (text) => {
    world['text'] = text.slice(0, longestText);
    try {
      const found: unknown = script.runInContext(world, { timeout: limitMs });
      return typeof found === 'string' && found !== '' ? (JSON.parse(found) as Groups) : undefined;
    } catch (error) {
      throw new Problem(
        'REFUSED',
        `The pattern ${JSON.stringify(source)} took over a second on a text of ${text.length.toLocaleString('en')} characters and was stopped.`,
        'A repetition within a repetition, as in (a+)+, tries every way to divide the text: write it without.',
        { cause: error },
      );
    }
  };
}
