// Session buses of their own: with a real Secret Service on it (gnome-keyring), or with nothing at all.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Session {
  /** What a process needs in its environment to reach it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The session lasts until its input ends. */
const said = `printf '%s\\n' "$DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null`;
/** Unlocking makes the collection to keep things in. */
const keyring = `printf '%s' "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null || exit 3`;
const patienceMs = 30_000;

/** Without the folders from which a bus starts what it is asked for. */
const bareConfiguration = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`;

/**
 * Keeps its files in `folder`; those made there before are only unlocked by the `password` that they were made with. Rejects with what went
 * wrong where it does not come up: dbus and gnome-keyring must be installed.
 */
export function startSecretService(folder: string, password = 'pw'): Promise<Session> {
  return startSession(folder, ['--', 'bash', '-c', `${keyring}\n${said}`], { KEYRING_PASSWORD: password });
}

/** A bus on which nobody keeps secrets. */
export function startBareSession(folder: string): Promise<Session> {
  const file = join(folder, 'bus.conf');
  writeFileSync(file, bareConfiguration);
  return startSession(folder, [`--config-file=${file}`, '--', 'bash', '-c', said], {});
}

function startSession(
  folder: string,
  argv: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<Session> {
  const dirs = { XDG_DATA_HOME: join(folder, 'data'), XDG_RUNTIME_DIR: join(folder, 'run'), HOME: folder };
  for (const path of Object.values(dirs)) mkdirSync(path, { recursive: true, mode: 0o700 });
  return new Promise((resolve, reject) => {
    const child = spawn('dbus-run-session', argv, {
      env: { ...process.env, ...dirs, ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let cause = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill();
      reject(new Error(`No session for the test: ${why}. On Debian: apt-get install dbus gnome-keyring. ${cause}`));
    };
    const timer = setTimeout(() => fail('it did not answer in time'), patienceMs);
    const ended = new Promise<void>((end) => {
      child.once('close', (code) => {
        fail(`dbus-run-session ended with ${code ?? 'a signal'}`);
        end();
      });
    });
    child.once('error', (error) => fail(error.message));
    child.stderr.on('data', (piece: Buffer) => (cause += piece.toString()));
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString();
      const address = /^(\S+)\n/u.exec(output)?.[1];
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
