// A session bus of its own with a real Secret Service on it (gnome-keyring), unlocked, for as long as a test wants it.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface SecretService {
  /** What a process needs in its environment to reach it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Unlocking makes the collection to keep things in; the session lasts until its input ends. */
const script = `
printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null || exit 3
printf '%s\\n' "$DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
`;
const patienceMs = 30_000;

/** Keeps its files in `folder`. Rejects with what went wrong where it does not come up: dbus and gnome-keyring must be installed. */
export function startSecretService(folder: string): Promise<SecretService> {
  const dirs = { XDG_DATA_HOME: join(folder, 'data'), XDG_RUNTIME_DIR: join(folder, 'run'), HOME: folder };
  for (const path of Object.values(dirs)) mkdirSync(path, { recursive: true, mode: 0o700 });
  return new Promise((resolve, reject) => {
    const child = spawn('dbus-run-session', ['--', 'bash', '-c', script], {
      env: { ...process.env, ...dirs },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    let cause = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill();
      reject(
        new Error(
          `No Secret Service came up for the test: ${why}. Debian: apt-get install dbus gnome-keyring. ${cause}`,
        ),
      );
    };
    const timer = setTimeout(() => fail('it did not answer in time'), patienceMs);
    const ended = new Promise<void>((resolveEnd) => {
      child.once('close', (code) => {
        fail(`dbus-run-session ended with ${code ?? 'a signal'}`);
        resolveEnd();
      });
    });
    child.once('error', (error) => fail(error.message));
    child.stderr.on('data', (piece: Buffer) => (cause += piece.toString()));
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
      const address = /^(\S+)\n/u.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve({
        env: { ...dirs, DBUS_SESSION_BUS_ADDRESS: address },
        stop: async () => {
          // dbus-run-session ends the bus with its program, and the keyring ends with the bus.
          child.stdin.end();
          await ended;
        },
      });
    });
  });
}
