// What the vault screen says of a secret and of what guards it.
import type { Guard, SecretSummary } from '#contract/vault';
import { dateText, startOfDay } from '../../lib/days.ts';
import { shortDuration } from '../../lib/format.ts';
import type { IconName } from '../../ui/icons.tsx';

const dayMs = 86_400_000;
/** A reminder shows this long before the day. */
const nearDays = 14;

export interface Expiry {
  readonly state: 'far' | 'near' | 'past';
  /** "in 3 days", "today", "5 days ago". */
  readonly words: string;
}

/** How far away the reminder is, in days of the calendar; undefined where none is set. Epoch ms both. */
export function expiryOf(expiresAt: number | undefined, now: number): Expiry | undefined {
  if (expiresAt === undefined) return undefined;
  const days = Math.round((startOfDay(expiresAt) - startOfDay(now)) / dayMs);
  if (days < 0) return { state: 'past', words: days === -1 ? 'yesterday' : `${(-days).toLocaleString()} days ago` };
  const words = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days.toLocaleString()} days`;
  return { state: days <= nearDays ? 'near' : 'far', words };
}

/** The date that many days after a moment, as a date field holds it. */
export function dateIn(days: number, now: number): string {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  return dateText(day.getTime());
}

export interface SecretMark {
  readonly tone: 'neutral' | 'warn' | 'error' | 'info';
  readonly icon: IconName;
  readonly words: string;
  /** The whole of it, on hover. */
  readonly title: string;
}

/** What needs somebody's eye, the worst first. */
export function marksOf(secret: SecretSummary, now: number): readonly SecretMark[] {
  const expiry = expiryOf(secret.expiresAt, now);
  return [
    ...(secret.isMissing === true
      ? [{ tone: 'error' as const, icon: 'error' as const, words: 'Value missing', title: 'Put the value in again' }]
      : []),
    ...(expiry?.state === 'past'
      ? [{ tone: 'error' as const, icon: 'bell' as const, words: 'Replace now', title: `Was due ${expiry.words}` }]
      : []),
    ...(expiry?.state === 'near'
      ? [{ tone: 'warn' as const, icon: 'bell' as const, words: `Due ${expiry.words}`, title: 'Replace it soon' }]
      : []),
    ...(secret.rotation === undefined
      ? []
      : [{ tone: 'info' as const, icon: 'rotate' as const, words: 'Rotating', title: 'Two values are valid' }]),
  ];
}

export interface GuardWords {
  readonly icon: IconName;
  readonly title: string;
  readonly detail: string;
}

/** `isAnswering`: the system's keychain works now. */
export function guardWords(guard: Guard, isAnswering: boolean): GuardWords {
  if (guard.kind === 'keychain')
    return { icon: isAnswering ? 'shield' : 'warn', title: `Guarded by ${guard.name}`, detail: guard.detail };
  const lock = guard.isLocked
    ? 'Locked.'
    : guard.autoLockMinutes === 0
      ? 'Open until you lock it or quit.'
      : `Open. Locks itself after ${minuteWords(guard.autoLockMinutes)} without use.`;
  return {
    icon: guard.isLocked ? 'lock' : 'unlock',
    title: `Guarded by ${guard.name}`,
    detail: `${lock} ${guard.detail}`,
  };
}

/** Minutes. */
export const usualAutoLock = 15;
export const autoLockChoices = [5, 15, 60, 480, 0] as const;

/** "15 minutes", "1 hour", "8 hours"; 0 is "Never". */
export function minuteWords(minutes: number): string {
  if (minutes === 0) return 'Never';
  const [count, one] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count.toLocaleString()} ${one}${count === 1 ? '' : 's'}`;
}

/** How long no passphrase is taken yet; undefined once it is. Epoch ms both. */
export function waitWords(until: number | undefined, now: number): string | undefined {
  const left = until === undefined ? 0 : until - now;
  return left <= 0 ? undefined : shortDuration(Math.ceil(left / 1000) * 1000);
}
