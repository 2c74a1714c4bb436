// Plain words for reliability: the thresholds are Krippendorff's and Landis and Koch's, and few items say nothing.
import { describe, expect, it } from 'vitest';
import {
  estimateText,
  readAlpha,
  readConsistency,
  readKappa,
  readLeftShare,
} from '../../../../src-renderer/features/prefer/agreement-words.ts';

describe('alpha', () => {
  it('is read by Krippendorff’s thresholds', () => {
    expect(readAlpha({ value: 0.85, low: 0.7, high: 0.95, n: 90 }).standing).toBe('good');
    expect(readAlpha({ value: 0.7, low: 0.67, high: 0.8, n: 90 }).standing).toBe('fair');
    expect(readAlpha({ value: 0.5, low: 0.3, high: 0.6, n: 90 }).standing).toBe('poor');
    expect(readAlpha({ value: -0.1, n: 90 }).sentence).toMatch(/chance/);
  });

  it('is not praised while its interval reaches below what can be relied on', () => {
    expect(readAlpha({ value: 0.85, low: 0.4, high: 1, n: 8 }).standing).toBe('fair');
  });

  it('says what it needs where it is unknown', () => {
    expect(readAlpha(undefined)).toMatchObject({ standing: 'unknown', sentence: expect.stringMatching(/two people/) });
  });
});

describe('kappa', () => {
  it('is named as Landis and Koch do', () => {
    const words = [-0.1, 0.1, 0.3, 0.5, 0.7, 0.9].map((value) => readKappa({ value, n: 50 }).sentence);
    expect(words).toEqual(['No better than chance', 'Slight', 'Fair', 'Moderate', 'Substantial', 'Almost perfect']);
  });
});

describe('consistency and position', () => {
  it('does not judge on few repeats', () => {
    expect(readConsistency({ value: 1, n: 3 })).toEqual({
      standing: 'unknown',
      sentence: '3 of 3 blind repeats answered alike; too few to say.',
    });
    expect(readConsistency({ value: 0.9, n: 20 }).standing).toBe('good');
  });

  it('names a favoured side only where the interval leaves one half out', () => {
    expect(readLeftShare({ value: 0.6, low: 0.45, high: 0.73, n: 50 }).standing).toBe('good');
    expect(readLeftShare({ value: 0.7, low: 0.56, high: 0.81, n: 50 }).sentence).toMatch(/left side 70 %/);
    expect(readLeftShare({ value: 0.3, low: 0.19, high: 0.44, n: 50 }).sentence).toMatch(/right side 70 %/);
    expect(readLeftShare({ value: 0.57, low: 0.25, high: 0.84, n: 7 })).toEqual({
      standing: 'unknown',
      sentence: 'Left 57 % of the time; too few to say.',
    });
  });
});

describe('estimateText', () => {
  it('shows the interval where it is known', () => {
    expect(estimateText({ value: 0.714, low: 0.551, high: 0.842, n: 40 })).toBe('0.71 (0.55 to 0.84)');
    expect(estimateText({ value: 0.9, n: 40 }, true)).toBe('90 %');
  });
});
