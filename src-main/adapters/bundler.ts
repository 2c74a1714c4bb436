// The Bundler port with esbuild: an agent or tool file and all it imports as one module, kept by hash in `.atelier/cache/agents`.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, posix, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Location, Message, Plugin } from 'esbuild';
import type { Bundle, Bundler } from '#engine/ports';
import { Problem, sentenceOf } from '#engine/problem';

/** `file:` URLs of the modules that agents share with the runner instead of having their own. */
export interface Externals {
  readonly atelier: string;
  readonly zod: string;
}

/** Bundles that are kept; the oldest go first. */
const kept = 200;

interface Known {
  readonly bundle: Bundle;
  /** Absolute path → what its stat was, of every file that went into it, those of packages too. */
  readonly marks: ReadonlyMap<string, string>;
}

export class EsbuildBundler implements Bundler {
  readonly #externals: Externals;
  readonly #suffix: string;
  #loaded = false;
  readonly #known = new Map<string, Known>();
  /** Under way: many runs that start at once wait for one. */
  readonly #making = new Map<string, Promise<Known>>();
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(externals: Externals) {
    this.#externals = externals;
    this.#suffix = sha256([externals.atelier, externals.zod]).slice(0, 8);
  }

  async bundle(folder: string, file: string): Promise<Bundle> {
    const root = await realpath(folder);
    const entry = resolve(root, file);
    const name = posixPath(root, entry);
    if (name === undefined) throw outside(file);
    const before = this.#known.get(entry);
    if (before !== undefined && (await isUnchanged(before))) return before.bundle;
    const making = this.#making.get(entry) ?? this.#begin(root, entry, name);
    return (await making).bundle;
  }

  /** Ends esbuild's own process, so that ours may end; a later call starts it again. */
  async close(): Promise<void> {
    this.#known.clear();
    clearTimeout(this.#idle);
    if (this.#loaded) await (await import('esbuild')).stop();
  }

  #begin(root: string, entry: string, name: string): Promise<Known> {
    const making = this.#make(root, entry, name)
      .then((made) => {
        this.#known.set(entry, made);
        return made;
      })
      .finally(() => {
        this.#making.delete(entry);
        this.#rest();
      });
    this.#making.set(entry, making);
    return making;
  }

  /** esbuild's process takes 40 MB and starts in 30 ms: it goes when nothing was built for a while. */
  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#making.size === 0) void import('esbuild').then(({ stop }) => stop());
    }, idleMs);
    this.#idle.unref();
  }

  async #make(root: string, entry: string, name: string): Promise<Known> {
    const info = await stat(entry).catch(() => undefined);
    if (info?.isFile() !== true)
      throw new Problem(
        'NOT_FOUND',
        `There is no file ${name} in the workspace.`,
        'It may have been moved or renamed.',
      );
    this.#loaded = true;
    // Marked before they are read: a change in between is then seen the next time.
    const marks = new Map<string, string>();
    const files = new Map<string, string>();
    const plugin = workspacePlugin(root, this.#externals, marks, files);
    const text = await run(root, entry, plugin, name);
    const own = Object.fromEntries([...files].toSorted(([one], [two]) => (one < two ? -1 : 1)));
    const hash = sha256(Object.entries(own).flat());
    const path = await this.#write(root, hash, text);
    return { bundle: { hash, url: pathToFileURL(path).href, files: own }, marks };
  }

  /** The name is of all that is in the module: packages may change where the workspace's files do not. */
  async #write(root: string, hash: string, text: string): Promise<string> {
    const cache = join(root, '.atelier', 'cache', 'agents');
    const path = join(cache, `${hash}-${this.#suffix}${sha256([text]).slice(0, 8)}.mjs`);
    try {
      const now = new Date();
      if (
        await utimes(path, now, now).then(
          () => true,
          () => false,
        )
      )
        return path;
      await mkdir(cache, { recursive: true });
      const beside = `${path}.${randomUUID()}.part`;
      await writeFile(beside, text);
      await rename(beside, path);
      await prune(cache);
    } catch (error) {
      const hint = 'Make room, or give yourself the right to write in the workspace.';
      throw new Problem('REFUSED', `The bundle of the agent could not be written to ${cache}.`, hint, { cause: error });
    }
    return path;
  }
}

const idleMs = 3000;

/** Another workspace's bundler may end the process that they share: then it is started again, once. */
async function run(root: string, entry: string, plugin: Plugin, name: string, again = true): Promise<string> {
  try {
    // Loaded when it is first needed: the window opens before.
    const { build } = await import('esbuild');
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      sourcemap: 'inline',
      sourcesContent: false,
      charset: 'utf8',
      keepNames: true,
      legalComments: 'none',
      logLevel: 'silent',
      outdir: join(root, '.atelier', 'cache', 'agents'),
      // The user's own settings must not change what their agent does.
      tsconfigRaw: {},
      // Packages that are CommonJS call `require` of what Node has built in.
      banner: { js: requireBanner },
      plugins: [plugin],
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    const [first] = messagesOf(error);
    if (first === undefined) {
      if (again && sentenceOf(error).includes('The service')) return run(root, entry, plugin, name, false);
      throw error;
    }
    const { location, text } = first;
    const place = location === null ? name : `${location.file}:${location.line}:${columnOf(location)}`;
    throw new Problem('BAD_INPUT', `${place}: ${sentence(text)}`, hintFor(text), { cause: error });
  }
}

/** From 1, in UTF-16 code units as editors count (esbuild counts bytes), less the name that was put before the first line. */
function columnOf({ lineText, column, line, file }: Location): number {
  const before = Buffer.from(lineText).subarray(0, column).toString().length;
  const named = line === 1 ? nameLine(file) : '';
  return before + 1 - (lineText.startsWith(named) ? named.length : 0);
}

function nameLine(file: string): string {
  return `globalThis[Symbol.for("atelier.file")]=${JSON.stringify(file)};`;
}

const requireBanner =
  "import{createRequire as __atelierRequire}from'node:module';const require=__atelierRequire(import.meta.url);";

function messagesOf(error: unknown): readonly Message[] {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return [];
  return error.errors as readonly Message[];
}

function sentence(text: string): string {
  return /[.!?]$/u.test(text) ? text : `${text}.`;
}

function hintFor(text: string): string | undefined {
  if (!text.startsWith('Could not resolve')) return undefined;
  return 'Check the path; a package must be installed in the workspace (`npm install` there).';
}

/** Gives the workspace's files to esbuild, each with its name at the top, and refuses what lies elsewhere. */
function workspacePlugin(
  root: string,
  externals: Externals,
  marks: Map<string, string>,
  files: Map<string, string>,
): Plugin {
  return {
    name: 'workspace',
    setup(builder) {
      builder.onResolve({ filter: /^(?:atelier|zod)$/ }, ({ path }) => ({
        path: path === 'zod' ? externals.zod : externals.atelier,
        external: true,
      }));
      builder.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
        const real = await realpath(path);
        const info = await stat(real);
        marks.set(real, markOf(info));
        if (/[\\/]node_modules[\\/]/u.test(real)) return undefined;
        const name = posixPath(root, real);
        if (name === undefined)
          return {
            errors: [
              { text: `${path} lies outside of the workspace. Copy it into the workspace, or install it as a package` },
            ],
          };
        const text = (await readFile(real, 'utf8')).replace(/^\uFEFF/u, '');
        files.set(name, text);
        if (real.endsWith('.json')) return { contents: text, loader: 'json' };
        if (!/\.[cm]?[jt]sx?$/u.test(real)) return { contents: text, loader: 'text' };
        // On the first line, so that no line moves; a `#!` line stays where it is.
        return {
          contents: nameLine(name) + text.replace(/^#!/u, '//'),
          loader: /\.[cm]?ts$/u.test(real) ? 'ts' : 'js',
        };
      });
    },
  };
}

/** With / as separator, relative to the workspace; undefined for what lies elsewhere. */
function posixPath(root: string, path: string): string | undefined {
  const from = relative(root, path).split(sep).join(posix.sep);
  return from === '' || from.startsWith('../') || from === '..' || /^(?:[a-z]:|\/)/iu.test(from) ? undefined : from;
}

function outside(file: string): Problem {
  return new Problem('REFUSED', `${file} lies outside of the workspace.`, 'Name a file of the workspace.');
}

async function isUnchanged({ bundle, marks }: Known): Promise<boolean> {
  const now = await Promise.all(
    [...marks].map(async ([path, mark]) => (await stat(path).then(markOf, () => '')) === mark),
  );
  return (
    now.every(Boolean) &&
    (await stat(new URL(bundle.url)).then(
      (info) => info.isFile(),
      () => false,
    ))
  );
}

function markOf(info: {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly size: number;
  readonly ino: number;
}): string {
  return `${info.mtimeMs}:${info.ctimeMs}:${info.size}:${info.ino}`;
}

/** Over texts, each with its length before it, so that no two lists are the same by chance. */
function sha256(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) {
    const bytes = Buffer.from(text);
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
}

async function prune(cache: string): Promise<void> {
  const names = await readdir(cache);
  if (names.length <= kept) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(cache, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  const old = aged.toSorted((one, two) => two.at - one.at).slice(kept);
  await Promise.all(old.map(({ name }) => rm(join(cache, name), { force: true })));
}
