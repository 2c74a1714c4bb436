// Reminders, guards and waits in words.
import type { SecretSummary } from '#contract/vault';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, endOfDate } from '../../../../src-renderer/lib/days.ts';
import {
  dateIn,
  expiryOf,
  guardWords,
  marksOf,
  minuteWords,
  waitWords,
} from '../../../../src-renderer/features/vault/words.ts';

const now = new Date(2026, 2, 10, 15, 30).getTime();
const secret: SecretSummary = {
  name: 'A_KEY',
  bindings: [{ kind: 'tool', name: 'fetch' }],
  createdAt: now,
  setAt: now,
  uses: 0,
};

describe('a reminder', () => {
  it.each([
    ['2026-03-10', 'near', 'today'],
    ['2026-03-11', 'near', 'tomorrow'],
    ['2026-03-24', 'near', 'in 14 days'],
    ['2026-03-25', 'far', 'in 15 days'],
    ['2026-03-09', 'past', 'yesterday'],
    ['2026-02-10', 'past', '28 days ago'],
  ])('of %s is %s: %s', (date, state, words) => {
    expect(expiryOf(endOfDate(date), now)).toEqual({ state, words });
  });

  it('is the day that was picked, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4000 }), (days) => {
        const date = dateIn(days, now);
        expect(dateText(endOfDate(date))).toBe(date);
        const words = expiryOf(endOfDate(date), now)?.words ?? '';
        expect(words).toBe(`in ${days.toLocaleString()} days`);
      }),
    );
  });
});

it('what needs an eye is said in words, the worst first', () => {
  expect(marksOf(secret, now)).toEqual([]);
  const marks = marksOf(
    { ...secret, isMissing: true, expiresAt: endOfDate('2026-03-01') ?? 0, rotation: { since: now } },
    now,
  );
  expect(marks.map(({ words }) => words)).toEqual(['Value missing', 'Replace now', 'Rotating']);
  expect(new Set(marks.map(({ icon }) => icon)).size).toBe(3);
});

describe('a guard', () => {
  it('is named, and claims what it said itself and no more', () => {
    const keychain = guardWords(
      { kind: 'keychain', name: 'macOS Keychain', detail: 'Unlocked with your login.' },
      true,
    );
    expect(keychain).toEqual({
      icon: 'shield',
      title: 'Guarded by macOS Keychain',
      detail: 'Unlocked with your login.',
    });
  });

  it('that does not answer looks it', () => {
    const keychain = { kind: 'keychain', name: 'macOS Keychain', detail: 'It does not answer now.' } as const;
    expect(guardWords(keychain, false).icon).toBe('warn');
  });

  it('with a passphrase says whether it is open, and for how long', () => {
    const guard = { kind: 'passphrase', name: 'a passphrase', detail: 'In a file.', isLocked: false } as const;
    expect(guardWords({ ...guard, autoLockMinutes: 15 }, true).detail).toContain('after 15 minutes');
    expect(guardWords({ ...guard, autoLockMinutes: 0 }, true).detail).toContain('until you lock it');
    expect(guardWords({ ...guard, autoLockMinutes: 15, isLocked: true }, true)).toMatchObject({ icon: 'lock' });
  });
});

it('minutes read as hours where they are some', () => {
  expect([5, 60, 480, 90, 0].map(minuteWords)).toEqual(['5 minutes', '1 hour', '8 hours', '90 minutes', 'Never']);
});

it('a wait counts up to the whole second and ends', () => {
  expect(waitWords(now + 2400, now)).toBe('3 s');
  expect(waitWords(now + 1, now)).toBe('1 s');
  expect(waitWords(now, now)).toBeUndefined();
  expect(waitWords(undefined, now)).toBeUndefined();
});
