// Slows down whoever tries passphrases: each wrong one makes the next wait longer, also in another process and after a restart.
import type { Clock } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { VaultStore } from './ports.ts';

/** Slips of the finger that cost nothing. */
const free = 2;
const longestWait = 900_000;

/**
 * Counts the try before it is made, so that ending the process does not take it back. Throws REFUSED while none is taken. The counter
 * lies beside the sealed file: it holds up who sits at the program, and nobody who took the files.
 */
export function startTry(
  store: VaultStore,
  clock: Clock,
): { readonly succeeded: () => void; readonly failed: () => Problem } {
  const now = clock.now();
  const tries = store.transaction(() => {
    const before = store.tries();
    // A clock that was set back must not lock anybody out for longer than the longest wait.
    const waitUntil = Math.min(before.waitUntil, now + longestWait);
    if (now < waitUntil) throw tooSoon(waitUntil, now);
    const wrong = before.wrong + 1;
    const wait = wrong <= free ? 0 : Math.min(1000 * 2 ** (wrong - free), longestWait);
    const next = { wrong, waitUntil: wait === 0 ? 0 : now + wait };
    store.setTries(next);
    return next;
  });
  return {
    succeeded: () => store.setTries({ wrong: 0, waitUntil: 0 }),
    failed: () =>
      new Problem(
        'REFUSED',
        'That is not the passphrase of the vault.',
        tries.waitUntil === 0
          ? 'Check the keyboard layout and Caps Lock, then try again.'
          : `After ${tries.wrong} wrong ones, the next try is taken in ${seconds(tries.waitUntil - now)}.`,
      ),
  };
}

function tooSoon(waitUntil: number, now: number): Problem {
  return new Problem(
    'REFUSED',
    `After wrong passphrases, none is taken for another ${seconds(waitUntil - now)}.`,
    'Wait, then try again.',
  );
}

function seconds(ms: number): string {
  const count = Math.ceil(ms / 1000);
  return count < 120 ? `${count} s` : `${Math.ceil(count / 60)} min`;
}
