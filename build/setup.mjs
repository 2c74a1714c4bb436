// Installs what is missing for npm start and npm test; does nothing, quickly, when nothing is. Runs on Node 20.
import { setUpSystem } from './setup/system.mjs';

const skip = new Set(process.argv.slice(2));

/** @returns {Promise<boolean>} */
async function setUp() {
  if (!skip.has('--no-system')) setUpSystem();
  // Each step is loaded only when its turn comes: the later ones read what the earlier ones install.
  if (!(await (await import('./setup/packages.mjs')).setUpPackages())) return false;
  if (!skip.has('--no-electron') && !(await (await import('./setup/electron.mjs')).setUpElectron())) return false;
  if (!skip.has('--no-build') && !(await (await import('./setup/bundle.mjs')).setUpBundle())) return false;
  return true;
}

process.exitCode = (await setUp()) ? 0 : 1;
