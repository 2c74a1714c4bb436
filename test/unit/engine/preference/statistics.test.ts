// Agreement statistics against published worked examples, and where they are undefined.
import { describe, expect, it } from 'vitest';
import { cohensKappa, krippendorffsAlpha, median, share, type Unit } from '#engine/preference/statistics';

/** Units from observers' rows as the papers print them: one character an item, '.' where none was given. */
function unitsOf(categories: string, ...observers: string[]): Unit[] {
  const rows = observers.map((row) => row.split(' '));
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, item) =>
    [...categories].map((category) => rows.filter((row) => row[item] === category).length),
  );
}

describe('share with the interval of Wilson', () => {
  // Newcombe, R. G. (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (hits, n, low, high) => {
    const estimate = share(hits, n);
    expect(estimate?.value).toBeCloseTo(hits / n, 12);
    expect(estimate?.low).toBeCloseTo(low, 4);
    expect(estimate?.high).toBeCloseTo(high, 4);
    expect(estimate?.n).toBe(n);
  });

  it('is absent for nothing', () => {
    expect(share(0, 0)).toBeUndefined();
  });
});

describe("Cohen's kappa", () => {
  // Wikipedia, "Cohen's kappa", simple example and "same percentages but different numbers" (read in 2025).
  it.each([
    [[20, 5, 10, 15], 0.4],
    [[45, 15, 25, 15], 0.1304],
    [[25, 35, 5, 35], 0.2593],
  ])('%j', ([a = 0, b = 0, c = 0, d = 0], kappa) => {
    const table = [
      [a, b],
      [c, d],
    ];
    expect(cohensKappa(table)?.value).toBeCloseTo(kappa, 4);
  });

  // SAS/STAT User's Guide, PROC FREQ, example "Cohen's Kappa Coefficient" (skin conditions), and the SAS printout that the tests of
  // statsmodels' cohens_kappa compare with: kappa and its 95 % limits.
  it.each([
    [
      [
        [10, 4, 1, 0],
        [5, 10, 12, 2],
        [2, 4, 12, 5],
        [0, 2, 6, 13],
      ],
      [0.3449, 0.203, 0.4868, 88],
    ],
    [
      [
        [0, 4, 1],
        [0, 8, 0],
        [0, 1, 5],
      ],
      [0.4842, 0.2137, 0.7547, 19],
    ],
  ])('has the limits that SAS prints for %j', (table, [kappa = 0, low = 0, high = 0, n = 0]) => {
    const estimate = cohensKappa(table);
    expect(estimate?.value).toBeCloseTo(kappa, 4);
    expect(estimate?.low).toBeCloseTo(low, 4);
    expect(estimate?.high).toBeCloseTo(high, 4);
    expect(estimate?.n).toBe(n);
  });

  it('is absent where both used one category only, or nothing is shared', () => {
    expect(
      cohensKappa([
        [7, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
    expect(
      cohensKappa([
        [0, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
  });

  it('claims no interval from full agreement', () => {
    expect(
      cohensKappa([
        [2, 0],
        [0, 1],
      ]),
    ).toEqual({ value: 1, n: 3 });
  });
});

describe("Krippendorff's alpha", () => {
  // Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability, sections A to C.
  it('binary data, two observers, none missing', () => {
    const units = unitsOf('01', '0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0');
    expect(krippendorffsAlpha(units)?.value).toBeCloseTo(0.095, 3);
  });

  it('nominal data, two observers, none missing', () => {
    const units = unitsOf('abcde', 'a a b b d c c c e d d a', 'b a b b b c c c e d d d');
    expect(krippendorffsAlpha(units)?.value).toBeCloseTo(0.692, 3);
  });

  it('nominal data, four observers, some missing', () => {
    const units = unitsOf(
      '12345',
      '1 2 3 3 2 1 4 1 2 . . .',
      '1 2 3 3 2 2 4 1 2 5 . 3',
      '. 3 3 3 2 3 4 2 2 5 1 .',
      '1 2 3 3 2 4 4 1 2 5 1 .',
    );
    const estimate = krippendorffsAlpha(units);
    expect(estimate?.value).toBeCloseTo(0.743, 3);
    // The twelfth item has one label and pairs with nothing.
    expect(estimate?.n).toBe(11);
    expect(estimate?.low).toBeGreaterThan(0.2);
    expect(estimate?.low).toBeLessThan(0.743);
    expect(estimate?.high).toBeGreaterThan(0.743);
    expect(estimate?.high).toBeLessThanOrEqual(1);
  });

  it('nominal data, three observers (Wikipedia, "Krippendorff\'s alpha", a computational example)', () => {
    const units = unitsOf(
      '1234',
      '. . . . . 3 4 1 2 1 1 3 3 . 3',
      '1 . 2 1 3 3 4 3 . . . . . . .',
      '. . 2 1 3 4 4 . 2 1 1 3 3 . 4',
    );
    expect(krippendorffsAlpha(units)?.value).toBeCloseTo(0.691, 3);
  });

  it('gives the same interval for the same labels and seed, another for another seed', () => {
    const units = unitsOf('ab', 'a b a b a a b b a b a b', 'a b b b a a b a a b a b');
    expect(krippendorffsAlpha(units, 7)).toEqual(krippendorffsAlpha(units, 7));
    expect(krippendorffsAlpha(units, 7)?.low).not.toBe(krippendorffsAlpha(units, 8)?.low);
  });

  it('is absent where nothing can be compared or nothing varies', () => {
    expect(krippendorffsAlpha([])).toBeUndefined();
    expect(
      krippendorffsAlpha([
        [1, 0],
        [0, 1],
      ]),
    ).toBeUndefined();
    expect(
      krippendorffsAlpha([
        [2, 0],
        [3, 0],
      ]),
    ).toBeUndefined();
  });

  it('claims no interval from full agreement', () => {
    expect(
      krippendorffsAlpha([
        [2, 0],
        [0, 2],
      ])?.value,
    ).toBe(1);
    expect(krippendorffsAlpha(Array.from({ length: 30 }, (_, item) => (item % 2 === 0 ? [2, 0] : [0, 2])))).toEqual({
      value: 1,
      n: 30,
    });
  });

  it('narrows its interval with 100,000 units', () => {
    const units = Array.from({ length: 100_000 }, (_, item) =>
      item % 5 === 0 ? [1, 1] : [(item % 2) * 2, 2 - (item % 2) * 2],
    );
    const estimate = krippendorffsAlpha(units);
    expect(estimate?.value).toBeCloseTo(0.6, 2);
    expect((estimate?.high ?? 0) - (estimate?.low ?? 0)).toBeLessThan(0.02);
  });
});

describe('median', () => {
  it.each([
    [[], undefined],
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j', (values, middle) => {
    expect(median(values)).toBe(middle);
  });
});
