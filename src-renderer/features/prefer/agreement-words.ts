// Reliability in plain words: what kappa, alpha, consistency and the left share say about the labels.
import type { Estimate } from '#contract/label';

/** How far something speaks for the labels; for an icon and a word, never for a colour alone. */
export type Standing = 'good' | 'fair' | 'poor' | 'unknown';

export interface Reading {
  readonly standing: Standing;
  /** One plain sentence. */
  readonly sentence: string;
}

/** Krippendorff's own thresholds: 0.8 to rely on, 0.667 for tentative conclusions. */
export function readAlpha(alpha: Estimate | undefined): Reading {
  if (alpha === undefined) {
    return {
      standing: 'unknown',
      sentence: 'Not known yet: it needs pairs that two people labelled, with more than one kind of answer among them.',
    };
  }
  const careful = alpha.low !== undefined && alpha.low < 0.667 && alpha.value >= 0.667;
  if (careful) {
    return {
      standing: 'fair',
      sentence: 'Looks reliable, but the interval still reaches below 0.667: label more shared pairs.',
    };
  }
  if (alpha.value >= 0.8) return { standing: 'good', sentence: 'Reliable: people choose alike far beyond chance.' };
  if (alpha.value >= 0.667) return { standing: 'fair', sentence: 'Good enough for tentative conclusions.' };
  if (alpha.value > 0) {
    return {
      standing: 'poor',
      sentence: 'Not reliable yet: talk over the pairs you disagree on, or sharpen the tags.',
    };
  }
  return { standing: 'poor', sentence: 'No better than chance: the annotators judge by different standards.' };
}

/** Landis and Koch's words for kappa. */
export function readKappa(kappa: Estimate | undefined): Reading {
  if (kappa === undefined)
    return { standing: 'unknown', sentence: 'Undefined: both gave one and the same answer throughout.' };
  const { value } = kappa;
  if (value > 0.8) return { standing: 'good', sentence: 'Almost perfect' };
  if (value > 0.6) return { standing: 'good', sentence: 'Substantial' };
  if (value > 0.4) return { standing: 'fair', sentence: 'Moderate' };
  if (value > 0.2) return { standing: 'poor', sentence: 'Fair' };
  if (value > 0) return { standing: 'poor', sentence: 'Slight' };
  return { standing: 'poor', sentence: 'No better than chance' };
}

export function readConsistency(consistency: Estimate | undefined): Reading {
  if (consistency === undefined) {
    return { standing: 'unknown', sentence: 'No blind repeats answered yet.' };
  }
  const { value, n } = consistency;
  const counted = `${String(Math.round(value * n))} of ${String(n)} blind ${n === 1 ? 'repeat' : 'repeats'} answered alike`;
  if (n < 10) return { standing: 'unknown', sentence: `${counted}; too few to say.` };
  return { standing: value >= 0.85 ? 'good' : value >= 0.7 ? 'fair' : 'poor', sentence: `${counted}.` };
}

/** Whether somebody favours a side, judged by whether the interval leaves one half out. */
export function readLeftShare(left: Estimate | undefined): Reading {
  if (left === undefined || left.n === 0) return { standing: 'unknown', sentence: 'No choice of a side yet.' };
  const { value, low, high } = left;
  if (low !== undefined && low > 0.5) {
    return {
      standing: 'poor',
      sentence: `Chose the left side ${percent(value)} of the time: that is more than chance.`,
    };
  }
  if (high !== undefined && high < 0.5) {
    return {
      standing: 'poor',
      sentence: `Chose the right side ${percent(1 - value)} of the time: that is more than chance.`,
    };
  }
  const share = `Left ${percent(value)} of the time`;
  if (left.n < 20) return { standing: 'unknown', sentence: `${share}; too few to say.` };
  return { standing: 'good', sentence: `${share}: no sign of favouring a side.` };
}

/** `0.71 (0.55 to 0.84)`; the interval only where it is known. */
export function estimateText(estimate: Estimate, asPercent = false): string {
  const show = asPercent ? percent : (value: number): string => value.toFixed(2);
  const { value, low, high } = estimate;
  return low === undefined || high === undefined ? show(value) : `${show(value)} (${show(low)} to ${show(high)})`;
}

function percent(value: number): string {
  return `${String(Math.round(value * 100))} %`;
}
