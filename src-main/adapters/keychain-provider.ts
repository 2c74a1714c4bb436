// Which program answers as Secret Service, where the session bus and /proc tell.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const patienceMs = 2000;

/** By the name of the process, which Linux cuts after 15 characters. */
const providers: readonly (readonly [RegExp, string])[] = [
  [/^gnome-keyring/u, 'GNOME Keyring'],
  [/^keepassxc/u, 'KeePassXC'],
  [/^(?:kwalletd|ksecretd)/u, 'KWallet'],
];

/** undefined where it cannot be told. */
export async function secretServiceProvider(): Promise<string | undefined> {
  try {
    const { stdout } = await run(
      'dbus-send',
      [
        '--session',
        '--print-reply=literal',
        '--dest=org.freedesktop.DBus',
        '/org/freedesktop/DBus',
        'org.freedesktop.DBus.GetConnectionUnixProcessID',
        'string:org.freedesktop.secrets',
      ],
      { timeout: patienceMs },
    );
    const id = /\d+\s*$/u.exec(stdout)?.[0].trim();
    if (id === undefined) return undefined;
    const name = (await readFile(`/proc/${id}/comm`, 'utf8')).trim();
    return providers.find(([pattern]) => pattern.test(name))?.[1];
  } catch {
    // No dbus-send, or a process of somebody else's: then it has no name beyond "Secret Service".
    return undefined;
  }
}
