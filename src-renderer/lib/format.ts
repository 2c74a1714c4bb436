// Figures as people read them: rounded in sight, exact on hover.

const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD' });
const smallDollars = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  maximumSignificantDigits: 2,
});
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const steps: readonly (readonly [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [7 * 86_400_000, 86_400_000, 'day'],
  [60 * 86_400_000, 7 * 86_400_000, 'week'],
  [730 * 86_400_000, 30.44 * 86_400_000, 'month'],
  [Number.POSITIVE_INFINITY, 365.25 * 86_400_000, 'year'],
];

/** "just now", "5 min. ago", "yesterday". Epoch ms both. */
export function relativeTime(at: number, now: number): string {
  const away = Math.abs(now - at);
  if (away < 60_000) return 'just now';
  const step = steps.find(([limit]) => away < limit);
  if (step === undefined) return absoluteTime(at);
  return relative.format(Math.round((at - now) / step[1]), step[2]);
}

/** Date and time to the second, as the system writes it. */
export function absoluteTime(at: number): string {
  return absolute.format(at);
}

/** "12", "1.2K", "3.4M". */
export function shortCount(count: number): string {
  return count < 10_000 ? count.toLocaleString() : compact.format(count);
}

/** "1 trace", "2,857 turns". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** "812 B", "1.4 MB". */
export function shortBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${oneDigit.format(bytes / 1000 ** power)} ${units[power] ?? ''}`;
}

/** "340 ms", "2.4 s", "3 min 5 s", "2 h 10 min". */
export function shortDuration(ms: number): string {
  if (ms < 1) return `${oneDigit.format(ms * 1000)} µs`;
  if (ms < 1000) return `${oneDigit.format(ms < 10 ? ms : Math.round(ms))} ms`;
  if (ms < 60_000) return `${oneDigit.format(ms / 1000)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** US dollars: "$12.50", and below a cent "$0.0041". */
export function shortMoney(usd: number): string {
  if (usd === 0 || usd >= 0.1) return dollars.format(usd);
  return usd < 0.000_001 ? `< ${smallDollars.format(0.000_001)}` : smallDollars.format(usd);
}
