// What the thread of user code may do, as flags of Node's permission model.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ProgramOptions } from '#engine/runner/program';

/**
 * The permission model is checked in Node's own native code, for each thread by itself: JavaScript cannot take it back. Where it leaves gaps
 * (network, node:sqlite), see guards.ts.
 */
export function threadRights({ role, folder, readable }: ProgramOptions): string[] {
  const common = [
    '--permission',
    '--enable-source-maps',
    '--no-experimental-websocket',
    '--no-experimental-eventsource',
  ];
  if (role === 'agent') {
    return [...common, '--no-experimental-sqlite', ...named(readable).map((path) => `--allow-fs-read=${path}`)];
  }
  return [
    ...common,
    '--allow-fs-read=*',
    ...named([folder])
      .flatMap(writable)
      .map((path) => `--allow-fs-write=${path}`),
    '--allow-child-process',
    '--allow-worker',
    '--allow-addons',
    '--allow-wasi',
    // That these weaken the model is meant.
    '--disable-warning=SecurityWarning',
  ];
}

/** As they were named and as they lie, where links lead there: Node asks for both. */
function named(paths: readonly string[]): string[] {
  return [
    ...new Set(paths.flatMap((path) => (existsSync(path) ? [path, realpathSync(path)] : [path, ...toCome(path)]))),
  ];
}

/** Node takes what is not there yet for a file: a folder that is made later (a new workspace's bundles) needs to be named as one. */
function toCome(path: string): readonly string[] {
  let there = dirname(path);
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const real = join(realpathSync(there), relative(there, path));
  return [join(path, '*'), join(real, '*')];
}

/**
 * The workspace without `.atelier`. The model knows allowlists only, but a `*` ends a path anywhere: every first character is allowed but the
 * dot, after a dot every character but the letter a, and what else begins with `.a` by its full name if it is there already. New entries right
 * in the workspace cannot begin with `.a` or a character beyond ASCII.
 */
export function writable(folder: string): string[] {
  const beginnings = printable.filter((character) => character !== '.').map((character) => `${character}*`);
  const hidden = printable.filter((character) => character !== 'a' && character !== 'A').map((one) => `.${one}*`);
  const others = readdirSync(folder).filter(
    (name) => (/^\.a/iu.test(name) || /^\.?[^\u0020-\u007e]/u.test(name)) && name.toLowerCase() !== '.atelier',
  );
  return [...beginnings, ...hidden, ...others].map((name) => join(folder, name));
}

/** ASCII characters that a file's name may begin with; `*` has another meaning here. */
const printable = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(0x20 + index)).filter(
  (character) => !'/\\*'.includes(character),
);
