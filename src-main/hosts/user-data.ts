// Where what belongs to the user and to no workspace lies: the same folder for the window and the command line.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** ATELIER_DATA, else the folder that Electron takes for this app. */
export function userDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const named = env['ATELIER_DATA'];
  if (named !== undefined && named !== '') return resolve(named);
  return join(configFolder(env, platform), 'atelier');
}

function configFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (platform === 'win32') return env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming');
  const named = env['XDG_CONFIG_HOME'];
  // The XDG specification has relative paths ignored.
  return named?.startsWith('/') === true ? named : join(homedir(), '.config');
}
