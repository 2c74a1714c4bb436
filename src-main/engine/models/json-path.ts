// Paths into JSON as people write them: a.b[0]["odd key"].
import type { Json } from '#contract/turn';

/** Names of members, and indexes as digits. */
export type JsonPath = readonly string[];

const step = /\.?([^.[\]"\s]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/uy;

/** '' is the value itself. Throws a SyntaxError where it cannot be read. */
export function parsePath(text: string): JsonPath {
  const path: string[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const from = step.lastIndex;
    const found = step.exec(text);
    if (found === null) throw new SyntaxError(`No path: ${JSON.stringify(text)} at character ${from + 1}`);
    const [, name, index, odd] = found;
    path.push(name ?? index ?? String(JSON.parse(odd ?? '""')));
  }
  return path;
}

/** Own members only; undefined where the path leads nowhere. */
export function at(value: Json | undefined, path: JsonPath): Json | undefined {
  let here = value;
  for (const name of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Readonly<Record<string, Json>>)[name];
  }
  return here;
}
