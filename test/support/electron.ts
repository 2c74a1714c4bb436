// Opens the built studio in the Electron that set-up found, the way npm start does, for tests that need a real window.
import { _electron, type ElectronApplication } from '@playwright/test';
import { electronLaunch } from '../../build/setup/electron.mjs';
import { root } from '../../build/setup/host.mjs';

/** Starts the app with these arguments and environment on top of the usual ones. */
export function openStudio(args: string[] = [], env: Record<string, string> = {}): Promise<ElectronApplication> {
  const launch = electronLaunch();
  if (launch === undefined) throw new Error('no Electron runtime is installed: run node build/setup.mjs');
  // Playwright finds the runtime through the electron package. Told the executable itself, it would not hold the app back
  // until it has attached, and a launch in twenty would hang.
  if (launch.dist !== undefined) process.env['ELECTRON_OVERRIDE_DIST_PATH'] = launch.dist;
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return _electron.launch({
    args: [...launch.args, root, ...args],
    env: { ...Object.fromEntries(inherited), ...env },
  });
}
