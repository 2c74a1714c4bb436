// System packages that Electron, the window tests and those of the keychain need on Debian and its kin.
import { existsSync } from 'node:fs';
import { failedLately, forgetFailure, rememberFailure, run, say } from './host.mjs';

// One entry a package; names after a bar are what newer releases call the same thing.
const wanted = [
  'libgtk-3-0|libgtk-3-0t64',
  'libnss3',
  'libasound2|libasound2t64',
  'libgbm1',
  'libxss1',
  'libxtst6',
  'fonts-dejavu-core',
  'fonts-noto-core',
  'fonts-noto-color-emoji',
  'xvfb',
  'xauth',
  // a session bus, and a Secret Service on it
  'dbus',
  'gnome-keyring',
  // the studio in a browser, in its tests
  'chromium',
];

/** The packages that are missing, each under the first of its names that the package lists know. */
function missing() {
  const listed = run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\n']);
  const installed = new Set(
    listed.text
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.slice(2).trim()),
  );
  return wanted.map((entry) => entry.split('|')).filter((names) => !names.some((name) => installed.has(name)));
}

/** @param {string[][]} gone */
function install(gone) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], { env, timeout: 120_000 });
  const names = gone.map((alternatives) => {
    const known = alternatives.find((name) => run('apt-cache', ['show', name], { env }).ok);
    return known ?? alternatives[0] ?? '';
  });
  return run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { env, timeout: 600_000 });
}

/** Installs what is missing where it may; otherwise names it and goes on. */
export function setUpSystem() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-query')) return;
  const gone = missing();
  if (gone.length === 0) return;
  const names = gone.map(([name]) => name).join(' ');
  const remembered = `apt ${names}`;
  if (process.getuid?.() === 0 && !failedLately(remembered)) {
    say(`Installing system packages: ${names}`);
    const done = install(gone);
    if (done.ok && missing().length === 0) {
      forgetFailure(remembered);
      return;
    }
    rememberFailure(remembered);
    say(`apt could not install them: ${done.text.trim().split('\n').at(-1) ?? ''}`);
  }
  say(`System packages missing (going on without them): ${names}`);
  say(`  To install them: sudo apt-get install ${names}`);
}
