// The order of names as people expect it: case aside, numbers by value.

const digits = 12;

/** Sorts as the name reads: "task 2" before "Task 10". */
export function nameKey(name: string): string {
  return name.toLowerCase().replace(/\d+/gu, (number) => number.padStart(digits, '0'));
}
