// npm packages: what is installed must be what the lockfile says.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { alone, bundledNode, nodeIsNewEnough, nodeTooOld, root, run, say } from './host.mjs';

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }>}
 */
function packagesIn(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** Whether node_modules holds what package-lock.json names; optional packages of other systems may be missing. */
export function packagesAreCurrent() {
  const installed = packagesIn('node_modules/.package-lock.json');
  const locked = packagesIn('package-lock.json');
  for (const [path, want] of Object.entries(locked)) {
    if (path === '') continue;
    const have = installed[path];
    if (have === undefined ? want.optional !== true : have.integrity !== want.integrity) return false;
  }
  return nodeIsNewEnough() || (bundledNode() !== undefined && existsSync(link));
}

const binFolder = join(root, 'node_modules', '.bin');
const link = join(binFolder, process.platform === 'win32' ? 'node.cmd' : 'node');

/** Puts the bundled Node where npm run looks first; npm 11 does it by itself, npm 9 and 10 leave this one out. */
function linkNode() {
  const node = bundledNode();
  if (node === undefined || existsSync(link)) return;
  const target = relative(binFolder, node);
  if (process.platform === 'win32') writeFileSync(link, `@"%~dp0\\${target}" %*\r\n`);
  else symlinkSync(target, link);
}

/** Runs npm ci when needed; false, with the reason said, when it failed. */
export async function setUpPackages() {
  if (packagesAreCurrent()) return true;
  const done = await alone(() => {
    if (packagesAreCurrent()) return { ok: true, text: '' };
    say('Installing npm packages (npm ci)');
    // Install scripts stay off: every native package ships its binary, and nothing may run that the lockfile does not pin.
    const installed = run('npm', ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error']);
    if (installed.ok) linkNode();
    return installed;
  });
  if (!done.ok) {
    say(done.text.trim());
    say('npm ci failed: see above. Nothing was started.');
    return false;
  }
  if (!nodeIsNewEnough() && bundledNode() === undefined) {
    say(nodeTooOld);
    return false;
  }
  return true;
}
