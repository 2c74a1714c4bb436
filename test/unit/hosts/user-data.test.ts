// Where the user's own data lies, on each system.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { userDataFolder } from '#hosts/user-data';

it.each([
  [{ ATELIER_DATA: '/data/mine' }, 'linux', resolve('/data/mine')],
  [{ ATELIER_DATA: '' }, 'linux', join(homedir(), '.config', 'atelier')],
  [{ XDG_CONFIG_HOME: '/settings' }, 'linux', join('/settings', 'atelier')],
  [{ XDG_CONFIG_HOME: 'settings' }, 'linux', join(homedir(), '.config', 'atelier')],
  [{ XDG_CONFIG_HOME: '/settings' }, 'darwin', join(homedir(), 'Library', 'Application Support', 'atelier')],
  [{ APPDATA: '/roaming' }, 'win32', join('/roaming', 'atelier')],
  [{}, 'win32', join(homedir(), 'AppData', 'Roaming', 'atelier')],
] as const)('%j on %s', (env, platform, folder) => {
  expect(userDataFolder(env, platform)).toBe(folder);
});
