// Resampling: draws that are distributed as they should be, and an interval that drawing unit by unit gives too.
import { describe, expect, it } from 'vitest';
import { binomial, bootstrap, multinomial, randomFrom } from '#engine/preference/bootstrap';

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return { mean, variance: values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length };
}

describe('binomial', () => {
  it.each([
    [1, 0.3],
    [12, 0.5],
    [40, 0.9],
    [400, 0.02],
    [400, 0.3],
    [100_000, 0.00005],
    [100_000, 0.5],
    [100_000, 0.9999],
  ])('%i trials at %f', (n, p) => {
    const random = randomFrom(5);
    const rounds = 20_000;
    const draws = Array.from({ length: rounds }, () => binomial(n, p, random));
    expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw <= n)).toBe(true);
    const { mean, variance } = moments(draws);
    const spread = n * p * (1 - p);
    expect(Math.abs(mean - n * p)).toBeLessThan(4 * Math.sqrt(spread / rounds));
    expect(variance / spread).toBeGreaterThan(0.93);
    expect(variance / spread).toBeLessThan(1.07);
  });

  it('follows the probabilities of 40 trials at 0.4', () => {
    const random = randomFrom(9);
    const rounds = 50_000;
    const met = Array.from({ length: 41 }, () => 0);
    for (let round = 0; round < rounds; round += 1) {
      const hits = binomial(40, 0.4, random);
      met[hits] = (met[hits] ?? 0) + 1;
    }
    let mass = 0.6 ** 40;
    let square = 0;
    for (let hits = 0; hits <= 40; hits += 1) {
      const expected = rounds * mass;
      if (expected > 5) square += ((met[hits] ?? 0) - expected) ** 2 / expected;
      mass *= ((40 - hits) / (hits + 1)) * (0.4 / 0.6);
    }
    // About 23 cells; the 99.9 % quantile of chi-square with 23 degrees of freedom is 49.7.
    expect(square).toBeLessThan(49.7);
  });

  it('is certain where it is', () => {
    const random = randomFrom(1);
    expect([binomial(0, 0.5, random), binomial(9, 0, random), binomial(9, 1, random)]).toEqual([0, 0, 9]);
  });
});

describe('multinomial', () => {
  it('draws as many items as there are, each kind as often as its share', () => {
    const random = randomFrom(2);
    const tally = [5000, 300, 0, 40, 1];
    const draws = Array.from({ length: 5000 }, () => multinomial(tally, random));
    expect(draws.every((draw) => draw.reduce((total, count) => total + count, 0) === 5341)).toBe(true);
    for (const [kind, count] of tally.entries()) {
      const { mean } = moments(draws.map((draw) => draw[kind] ?? 0));
      expect(Math.abs(mean - count)).toBeLessThanOrEqual(4 * Math.sqrt(count / 5000));
    }
  });
});

describe('bootstrap', () => {
  it('of a share gives the interval of the normal approximation', () => {
    const found = bootstrap([3000, 7000], 1, ([hits = 0, misses = 0]) => hits / (hits + misses));
    const spread = 1.96 * Math.sqrt((0.3 * 0.7) / 10_000);
    expect(found?.low).toBeCloseTo(0.3 - spread, 2);
    expect(found?.high).toBeCloseTo(0.3 + spread, 2);
  });

  it('is undefined where nothing spreads', () => {
    expect(bootstrap([10], 1, ([count = 0]) => count)).toBeUndefined();
  });
});
