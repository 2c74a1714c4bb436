// Whether and when a call is made again: exponential backoff with full jitter, or what the provider asks for.
import type { HttpHeader } from '../network-ports.ts';

/** In all, where a provider's settings do not say. */
export const usualTries = 3;
/** Of the first wait; doubled each time, ms. */
const first = 500;
const longestBackoff = 30_000;
/** A provider that asks for more than this is not waited for, ms. */
const longestAsked = 60_000;

export function isWorthRetrying(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** The first value of a header, whatever its case. */
export function headerOf(headers: readonly HttpHeader[], name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1];
}

/** What `retry-after-ms` or `retry-after` (seconds or a date, RFC 9110 section 10.2.3) ask for, ms from `now`; undefined without one. */
export function askedDelay(headers: readonly HttpHeader[], now: number): number | undefined {
  const milliseconds = numberIn(headerOf(headers, 'retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const text = headerOf(headers, 'retry-after');
  const seconds = numberIn(text);
  if (seconds !== undefined) return seconds * 1000;
  if (text === undefined || !text.trim().endsWith(' GMT')) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * How long to wait after the try `made` (from 1) before the next, ms; undefined where the provider says not to, or asks for more than a
 * minute. Never less than it asks for. `random` in [0, 1).
 */
export function delayAfter(
  made: number,
  headers: readonly HttpHeader[],
  { now, random }: { readonly now: number; readonly random: number },
): number | undefined {
  if (headerOf(headers, 'x-should-retry') === 'false') return undefined;
  const asked = askedDelay(headers, now);
  // So that not all who were told the same come back at once.
  if (asked !== undefined) return asked > longestAsked ? undefined : asked + random * Math.min(1000, 100 + asked / 10);
  return random * Math.min(longestBackoff, first * 2 ** (made - 1));
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,9}(?:\.\d{1,9})?\s*$/u.test(text) ? Number(text) : undefined;
}
