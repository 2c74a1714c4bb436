// atelier.json of a workspace: read by a schema, changed without touching what is not ours.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelSettingsSchema } from '#contract/model';
import { jsonFault } from './json-fault.ts';
import { lineAndColumn, placeAt, placesOf, withMember, type Placed } from './json-places.ts';
import { nearest } from './nearest.ts';
import { Problem } from './problem.ts';
import { writeWhole } from './write-whole.ts';

const fileName = 'atelier.json';
const longestFile = 1024 * 1024;
/** How often a change is made again because the file had changed meanwhile. */
const mostTries = 5;

export const workspaceFileSchema = z.looseObject({
  name: z.string().max(200).optional(),
  models: modelSettingsSchema.optional(),
  gateway: z.strictObject({ port: z.int().min(1024).max(65_535).optional(), on: z.boolean().optional() }).optional(),
});
/** What Atelier knows of it; other members are kept, whoever they are of. */
export type WorkspaceFile = Pick<z.infer<typeof workspaceFileSchema>, 'name' | 'models' | 'gateway'>;

const ours = ['name', 'models', 'gateway'] as const;

/** Throws BAD_INPUT with line and column where it is not understood; {} where there is no file. */
export function readWorkspaceFile(folder: string): WorkspaceFile {
  const text = textOf(join(folder, fileName));
  return text === undefined ? {} : parsed(text).file;
}

/** As readWorkspaceFile, at each call what is on disk then; read anew only when it has changed. `onChange`: it had, since the last call. */
export function liveWorkspaceFile(folder: string, onChange?: () => void): () => WorkspaceFile {
  const path = join(folder, fileName);
  let known: { readonly mark: string; readonly get: () => WorkspaceFile } | undefined;
  return () => {
    const mark = markOf(path);
    if (known?.mark !== mark) {
      const isFirst = known === undefined;
      known = { mark, get: resultOf(() => readWorkspaceFile(folder)) };
      if (!isFirst) onChange?.();
    }
    return known.get();
  };
}

/**
 * `change` is given what is on disk now, and again where that changed meanwhile; what it gives back is written, and that alone: other members
 * and the order of ours stay. Throws BAD_INPUT (what is there, or what would be, is not understood), CONFLICT. The file is whole at every moment.
 */
export function changeWorkspaceFile(folder: string, change: (file: WorkspaceFile) => WorkspaceFile): WorkspaceFile {
  const path = join(folder, fileName);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const mark = markOf(path);
    const text = textOf(path) ?? '{}\n';
    const before = parsed(text);
    const next = textWith(text, before, change(before.file));
    const after = parsed(next).file;
    if (next === text) return after;
    if (replace(path, next, mark)) return after;
  }
  throw new Problem(
    'CONFLICT',
    `${fileName} is being written by another program all the time.`,
    'Try again in a moment.',
  );
}

interface Parsed {
  readonly file: WorkspaceFile;
  /** As it stands, unknown members too. */
  readonly whole: Readonly<Record<string, unknown>>;
  readonly places: Placed;
}

function parsed(text: string): Parsed {
  const plain = text.replace(/^\uFEFF/u, ' ');
  const fault = jsonFault(plain);
  if (fault !== undefined) {
    const { line, column, what } = fault;
    throw new Problem('BAD_INPUT', `${fileName}:${line}:${column} is not JSON: ${what}.`, 'Put it right there.');
  }
  const places = placesOf(plain);
  if (places === undefined) throw new Problem('BAD_INPUT', `${fileName} is nested over 200 deep.`, 'Write it flatter.');
  const wrong = (path: readonly PropertyKey[], what: string, hint?: string): Problem => {
    const { line, column } = lineAndColumn(plain, placeAt(places, path));
    const at = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
    return new Problem('BAD_INPUT', `${fileName}:${line}:${column} is not understood: ${at}${what}.`, hint);
  };
  if (places.members === undefined) throw wrong([], 'it must be an object, { … }');
  const twice = twiceNamed(places, []);
  if (twice !== undefined) throw wrong(twice, 'this name stands twice', 'Take one of the two out.');
  const whole = JSON.parse(plain) as Record<string, unknown>;
  const found = workspaceFileSchema.safeParse(whole);
  if (found.success) return { file: found.data, whole, places };
  const [issue] = found.error.issues;
  throw issue === undefined ? wrong([], 'it has another form') : problemOf(issue, wrong);
}

type Issue = z.core.$ZodIssue;

function problemOf(
  issue: Issue,
  wrong: (path: readonly PropertyKey[], what: string, hint?: string) => Problem,
): Problem {
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    if (keyNames.test(key)) return wrong([...issue.path, key], 'no key stands in this file', keyHint);
    const near = nearest(key, knownNames);
    return wrong(
      [...issue.path, key],
      'there is no such setting',
      near === undefined ? undefined : `Did you mean ${JSON.stringify(near)}?`,
    );
  }
  if (issue.code === 'invalid_key') return wrong(issue.path, issue.issues[0]?.message ?? issue.message);
  const hint = issue.code === 'custom' && typeof issue.params?.['hint'] === 'string' ? issue.params['hint'] : undefined;
  return wrong(issue.path, issue.message.replace(/\.$/u, ''), hint);
}

/** As other programs name the place of a key. */
const keyNames = /^(?:api|access|auth)?[-_]?(?:key|token)$/iu;
const keyHint = 'Put it into the vault (atelier secret add NAME), and its name here as "secret".';

/** What a misspelt member may have meant. */
const knownNames =
  'providers fallbacks budgets day run tokens usd port on dialect url api secret models headers limits concurrency requestsPerMinute tokensPerMinute timeoutMs tries'.split(
    ' ',
  );

/** The path of a name that an object has twice; only what Atelier reads is looked at. */
function twiceNamed(place: Placed, path: readonly string[]): readonly string[] | undefined {
  const seen = new Set<string>();
  for (const { name, value } of place.members ?? []) {
    if (seen.has(name)) return [...path, name];
    seen.add(name);
    const inner = path.length > 0 || isOurs(name) ? twiceNamed(value, [...path, name]) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function isOurs(name: string): name is (typeof ours)[number] {
  return ours.some((one) => one === name);
}

function textWith(text: string, before: Parsed, after: WorkspaceFile): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  let next = text;
  for (const name of ours) {
    if (JSON.stringify(before.file[name]) === JSON.stringify(after[name])) continue;
    const value = merged(before.whole[name], after[name]);
    const written = value === undefined ? undefined : JSON.stringify(value, undefined, 2).replaceAll('\n', `\n  `);
    const places = placesOf(next.replace(/^\uFEFF/u, ' ')) ?? before.places;
    next = withMember(next, places, name, written?.replaceAll('\n', eol), eol);
  }
  return next;
}

/** `after` in the order in which `raw` has its members; new ones at the end. */
function merged(raw: unknown, after: unknown): unknown {
  if (!isObject(raw) || !isObject(after)) return after;
  const names = [...new Set([...Object.keys(raw), ...Object.keys(after)])].filter((name) => after[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, merged(raw[name], after[name])]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Changes at each writing; '' where there is no file. */
function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino}:${found.size}:${found.mtimeMs}:${found.ctimeMs}`;
}

function textOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new Problem('BAD_INPUT', `${fileName} is no file.`, 'Move what is there away.');
  if (found.size > longestFile)
    throw new Problem('BAD_INPUT', `${fileName} is over 1 MB long.`, 'Is it the right file?');
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Problem('BAD_INPUT', `${fileName} cannot be read: ${String(error)}.`, undefined, { cause: error });
  }
}

/** False where it is no longer what `mark` says. */
function replace(path: string, text: string, mark: string): boolean {
  const real = mark === '' ? path : realpathSync(path);
  const mode = mark === '' ? 0o644 : statSync(real).mode & 0o777;
  return writeWhole(real, text, mode, () => markOf(path) === mark);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What `make` gave or threw, each time the same. */
function resultOf<T>(make: () => T): () => T {
  try {
    const value = make();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
