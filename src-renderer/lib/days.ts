// Days of the calendar, where this machine is: as moments, and as a date field holds them ("2026-03-01").

/** Midnight before `at`; epoch ms both. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The day of a moment; '' for none. */
export function dateText(at: number | undefined): string {
  if (at === undefined) return '';
  const day = new Date(at);
  const two = (figure: number): string => String(figure).padStart(2, '0');
  return `${String(day.getFullYear()).padStart(4, '0')}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** Midnight at the beginning of that day; undefined where it is empty or no date. */
export function startOfDate(text: string): number | undefined {
  const parts = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const time = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])).getTime();
  return Number.isNaN(time) ? undefined : time;
}

/** The last millisecond of that day; undefined where it is empty or no date. */
export function endOfDate(text: string): number | undefined {
  const start = startOfDate(text);
  if (start === undefined) return undefined;
  const day = new Date(start);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime() - 1;
}
