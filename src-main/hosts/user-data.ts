// Where what belongs to the user and to no workspace lies: the same folder for the window and the command line.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** ATELIER_DATA, else the folder that Electron takes for this app. */
export function userDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['ATELIER_DATA'];
  if (named !== undefined && named !== '') return named;
  return join(configFolder(env), 'atelier');
}

function configFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (process.platform === 'win32') return env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming');
  const named = env['XDG_CONFIG_HOME'];
  return named === undefined || named === '' ? join(homedir(), '.config') : named;
}
