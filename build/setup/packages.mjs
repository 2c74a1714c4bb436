// npm packages: what is installed must be what the lockfile says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  return nodeIsNewEnough() || bundledNode() !== undefined;
}

/** Runs npm ci when needed; false, with the reason said, when it failed. */
export async function setUpPackages() {
  if (packagesAreCurrent()) return true;
  const done = await alone(() => {
    if (packagesAreCurrent()) return { ok: true, text: '' };
    say('Installing npm packages (npm ci)');
    // Install scripts stay off: every native package ships its binary, and nothing may run that the lockfile does not pin.
    return run('npm', ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error'], {
      env: { ...process.env, npm_config_fund: 'false', npm_config_audit: 'false' },
    });
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
