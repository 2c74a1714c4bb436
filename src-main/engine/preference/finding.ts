// What mining yields: a pair, or something that is none, with the reason in words.
import type { Pair } from '#contract/pair';

export type Finding =
  | { readonly kind: 'pair'; readonly pair: Pair }
  /** `count` things of which none became a pair, and why. */
  | { readonly kind: 'left-out'; readonly why: string; readonly count: number }
  /** How many traces were gone through since the last of these. */
  | { readonly kind: 'progress'; readonly traces: number };

/** Bounds that keep one crowded prompt or group from flooding the queue; what they cut is counted. */
export interface MineLimits {
  /** Answers to one prompt that are paired with each other. */
  readonly answersPerPrompt: number;
  /** Outcome pairs of one group. */
  readonly pairsPerGroup: number;
}

/** 12 answers make 66 pairs; 200 pairs hold every combination of 28 runs with evenly mixed outcomes. */
export const defaultLimits: MineLimits = { answersPerPrompt: 12, pairsPerGroup: 200 };

/** `count` of a noun in its right number: 1 message, 2 messages. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
