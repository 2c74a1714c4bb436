// What the scripts need to know of the machine: folders, the Node to use, a way to run commands, a small memory.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folder for what may be fetched again; never inside the tree. */
export function cacheFolder() {
  const named = process.env['ATELIER_CACHE'];
  if (named) return named;
  const xdg = process.env['XDG_CACHE_HOME'];
  if (xdg) return join(xdg, 'atelier');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'atelier');
  const local = process.env['LOCALAPPDATA'];
  if (process.platform === 'win32' && local) return join(local, 'atelier', 'cache');
  return join(homedir(), '.cache', 'atelier');
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** The oldest Node that the studio runs on: better-sqlite3 crashes, without a word, on Node 20. */
const oldestNode = '22.12';

/** @param {string} [version] */
export function nodeIsNewEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = oldestNode.split('.').map(Number);
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}

/** The Node that came with npm ci, for machines whose own is too old; undefined where there is none for this system. */
export function bundledNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const names = [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`];
  return names.map((name) => join(root, 'node_modules', name, 'bin', file)).find((path) => existsSync(path));
}

/** The Node to run the studio's own code with; undefined when the machine has none that will do. */
export function nodeToUse() {
  return nodeIsNewEnough() ? process.execPath : bundledNode();
}

/** The sentence for a machine without a usable Node. */
export const nodeTooOld =
  `Atelier needs Node ${oldestNode} or newer; this is Node ${process.versions.node}, and no newer one was installed beside it. ` +
  'Run `npm ci` (with optional packages) in the checkout, or install a newer Node.';

/**
 * Runs a command and waits; the text of both outputs comes back unless `show` is set.
 * @param {string} command
 * @param {string[]} args
 * @param {{ show?: boolean, env?: NodeJS.ProcessEnv, timeout?: number, cwd?: string }} [options]
 */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? root,
    env: options.env ?? process.env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // What a set-up step prints belongs on stderr: stdout is for the command that was asked for.
    stdio: options.show === true ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'],
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(process.platform === 'win32' && command === 'npm' ? { shell: true } : {}),
  });
  return { ok: done.status === 0, text: `${done.stdout ?? ''}${done.stderr ?? ''}`, error: done.error };
}

const day = 24 * 60 * 60 * 1000;

/** @param {string} what */
const memoryFile = (what) =>
  join(cacheFolder(), `failed-${createHash('sha256').update(what).digest('hex').slice(0, 16)}`);

/** Remembers that something failed, so that the next start does not wait for it again. @param {string} what */
export function rememberFailure(what) {
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(memoryFile(what), `${what}\n${new Date().toISOString()}\n`);
}

/** Whether it failed within the last day. @param {string} what */
export function failedLately(what) {
  try {
    return Date.now() - statSync(memoryFile(what)).mtimeMs < day;
  } catch {
    return false;
  }
}

/** @param {string} what */
export function forgetFailure(what) {
  rmSync(memoryFile(what), { force: true });
}

/** @param {number} ms */
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Does work that two runs in one checkout must not do at once.
 * @template T
 * @param {() => T | Promise<T>} work
 */
export async function alone(work) {
  const lock = join(cacheFolder(), `lock-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  mkdirSync(cacheFolder(), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
    else {
      if (!told) say('Waiting for another set-up of this checkout to end.');
      told = true;
      sleep(200);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}
