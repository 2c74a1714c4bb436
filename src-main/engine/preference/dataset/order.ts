// One order for all that must come out the same on every machine.

/** By UTF-16 code unit, whatever the locale. */
export function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
