// The bundle in out/: built again when a source is newer than it.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone, nodeToUse, nodeTooOld, root, run, say } from './host.mjs';

const sources = [
  'src-main',
  'src-preload',
  'src-renderer',
  'electron.vite.config.ts',
  'package-lock.json',
  'package.json',
];
const stamp = join(root, 'out', '.built');

/** The newest change under a path; folders count, so that a removed file is seen. @param {string} path @returns {number} */
function newest(path) {
  if (!existsSync(path)) return 0;
  const self = statSync(path);
  if (!self.isDirectory()) return self.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), self.mtimeMs);
}

const sourceStamp = () => String(Math.max(...sources.map((path) => newest(join(root, path)))));
const isCurrent = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceStamp();

/** Builds when needed; false, with the bundler's words said, when that failed. */
export async function setUpBundle() {
  if (isCurrent()) return true;
  return alone(() => {
    if (isCurrent()) return true;
    const node = nodeToUse();
    if (node === undefined) {
      say(nodeTooOld);
      return false;
    }
    say('Building (electron-vite build)');
    const before = sourceStamp();
    const bundler = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const done = run(node, [bundler, 'build', '--logLevel', 'warn']);
    if (!done.ok) {
      say(done.text.trim());
      say('The build failed: see above.');
      return false;
    }
    mkdirSync(join(root, 'out'), { recursive: true });
    writeFileSync(stamp, before);
    return true;
  });
}
