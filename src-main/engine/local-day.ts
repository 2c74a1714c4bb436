// Days of the calendar, where this machine is.

/** Midnight before `at`; epoch ms both. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
