// Starts this command line again in a process of its own, which goes on when the terminal is closed.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { Problem } from '#engine/problem';
import { z } from 'zod';
import type { Detach } from './command.ts';

/** The log of detached runs begins anew once it is so large; the one before is kept beside it. */
const longestLog = 10 * 1024 * 1024;
/** Of the log, where the child ended before it said anything. */
const longestCause = 2000;

const announcementSchema = z.object({ run: z.string() });

/** What the child tells the process that started it. */
export function announceToParent(run: string): void {
  process.send?.({ run } satisfies z.infer<typeof announcementSchema>);
}

/** `program`: what node was started with to get here, e.g. process.argv[1]. Output and errors of the child go to the end of `log`. */
export function detachWith(program: string, cwd: string): Detach {
  return (argv, log) =>
    new Promise((resolve, reject) => {
      if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > longestLog) renameSync(log, `${log}.1`);
      const file = openSync(log, 'a');
      const before = statSync(log).size;
      const child = spawn(process.execPath, [...process.execArgv, program, ...argv], {
        cwd,
        detached: true,
        windowsHide: true,
        stdio: ['ignore', file, file, 'ipc'],
      });
      closeSync(file);
      child.once('error', reject);
      child.once('message', (message) => {
        const told = announcementSchema.safeParse(message);
        // How it ends is its own affair from here on.
        child.removeAllListeners('exit');
        child.disconnect();
        child.unref();
        if (told.success && child.pid !== undefined) resolve({ run: told.data.run, pid: child.pid });
        else reject(new Problem('INTERNAL', 'The background process said something unexpected.', `See ${log}.`));
      });
      child.once('exit', (code) => reject(endedEarly(readFileSync(log).subarray(before).toString('utf8'), code, log)));
    });
}

function endedEarly(said: string, code: number | null, log: string): Problem {
  const at = said.lastIndexOf('atelier: ');
  const cause = at < 0 ? `The background process ended at once (exit code ${code ?? 'none'}).` : said.slice(at + 9);
  const [sentence = '', ...hint] = cause.slice(0, longestCause).trim().split('\n');
  return new Problem('BAD_INPUT', sentence, hint.length === 0 ? `See ${log}.` : hint.join(' ').trim());
}
