// The statistics of agreement: intervals of shares, Cohen's kappa and Krippendorff's alpha, over any categories.
import type { Estimate } from '#contract/label';
import { bootstrap } from './bootstrap.ts';

/** Two-sided 95 % quantile of the normal distribution. */
const z95 = 1.959963984540054;

/**
 * Share of `hits` among `n` with Wilson's score interval (Wilson 1927; method 3 of Newcombe 1998), which stays within 0 and 1 and
 * holds for few items. Undefined where n is 0.
 */
export function share(hits: number, n: number): Estimate | undefined {
  if (n === 0) return undefined;
  const value = hits / n;
  const square = z95 * z95;
  const centre = value + square / (2 * n);
  const spread = z95 * Math.sqrt((value * (1 - value)) / n + square / (4 * n * n));
  const scale = 1 + square / n;
  const low = hits === 0 ? 0 : (centre - spread) / scale;
  const high = hits === n ? 1 : (centre + spread) / scale;
  return { value, low, high, n };
}

/** The middle value, the mean of the two middle ones for an even count; undefined where there is none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, two) => one - two);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** Counts of what two annotators called the same items: rows are the first one's categories, columns the second one's. */
export type Confusion = readonly (readonly number[])[];

/**
 * Cohen's kappa (Cohen 1960) with the large-sample interval of Fleiss, Cohen & Everitt (1969, eq. 13), cut to -1 … 1.
 * Undefined where agreement by chance is certain: nothing shared, or both used one and the same category only. The interval is
 * absent where its width would be nil, since a handful of agreements does not prove agreement.
 */
export function cohensKappa(counts: Confusion): Estimate | undefined {
  const n = sum(counts.map((row) => sum(row)));
  if (n === 0) return undefined;
  const rows = counts.map((row) => sum(row) / n);
  const columns = counts.map((_, column) => sum(counts.map((row) => row[column] ?? 0)) / n);
  const cell = (row: number, column: number): number => (counts[row]?.[column] ?? 0) / n;
  const observed = sum(rows.map((_, index) => cell(index, index)));
  const expected = sum(rows.map((row, index) => row * (columns[index] ?? 0)));
  const rest = 1 - expected;
  if (rest < 1e-12) return undefined;
  const value = (observed - expected) / rest;

  let agreeing = 0;
  let differing = 0;
  for (const [row, rowShare] of rows.entries()) {
    for (const [column, columnShare] of columns.entries()) {
      if (row === column) agreeing += cell(row, row) * (1 - (rowShare + columnShare) * (1 - value)) ** 2;
      else differing += cell(row, column) * ((columns[row] ?? 0) + (rows[column] ?? 0)) ** 2;
    }
  }
  const bias = (value - expected * (1 - value)) ** 2;
  const variance = (agreeing + (1 - value) ** 2 * differing - bias) / (n * rest * rest);
  if (!(variance > 1e-12)) return { value, n };
  const spread = z95 * Math.sqrt(variance);
  return { value, low: Math.max(-1, value - spread), high: Math.min(1, value + spread), n };
}

/** How often each category was given to one item, by whomever: missing labels are simply not counted. */
export type Unit = readonly number[];

/**
 * Krippendorff's alpha for nominal data and any number of annotators, labels missing or not (Krippendorff 2011, section C). Only
 * units with two labels or more count. The interval is the percentile bootstrap over units (Zapf et al. 2016), drawn from `seed`,
 * so that the same labels give the same interval; absent where no spread shows.
 * Undefined where no unit has two labels or all labels are of one category.
 */
export function krippendorffsAlpha(units: readonly Unit[], seed = 1): Estimate | undefined {
  // Units that look alike are one profile with a count: a resample is a multinomial draw of profiles.
  const profiles = new Map<string, { readonly unit: Unit; count: number }>();
  let n = 0;
  for (const unit of units) {
    if (sum(unit) < 2) continue;
    const key = unit.join(' ');
    const profile = profiles.get(key) ?? { unit, count: 0 };
    profile.count += 1;
    profiles.set(key, profile);
    n += 1;
  }
  const kinds = [...profiles.values()].map(({ unit }) => kindOf(unit));
  const tally = [...profiles.values()].map(({ count }) => count);
  const value = alphaOf(kinds, tally);
  if (value === undefined) return undefined;
  return { value, ...bootstrap(tally, seed, (resampled) => alphaOf(kinds, resampled)), n };
}

/** A unit with what it adds to the observed disagreement. */
interface Kind {
  readonly unit: Unit;
  /** Ordered pairs of unlike labels within the unit, each weighing 1 / (labels - 1). */
  readonly differing: number;
}

function kindOf(unit: Unit): Kind {
  const labels = sum(unit);
  return { unit, differing: (labels * labels - sum(unit.map((count) => count * count))) / (labels - 1) };
}

/** Alpha of `kinds`, the i-th of which was met `tally[i]` times: 1 - observed / expected disagreement. */
function alphaOf(kinds: readonly Kind[], tally: readonly number[]): number | undefined {
  const totals: number[] = [];
  let differing = 0;
  for (const [index, kind] of kinds.entries()) {
    const met = tally[index] ?? 0;
    if (met === 0) continue;
    differing += met * kind.differing;
    for (const [category, count] of kind.unit.entries()) totals[category] = (totals[category] ?? 0) + met * count;
  }
  const all = sum(totals);
  const unlike = all * all - sum(totals.map((total) => total * total));
  return unlike === 0 ? undefined : 1 - ((all - 1) * differing) / unlike;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
