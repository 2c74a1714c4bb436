// The percentile bootstrap over items that come in few kinds: a resample is one multinomial draw, however many items there are.

/** Resamples; fewer where there are very many kinds of items. */
const mostRounds = 1000;
const leastRounds = 200;
/** Binomial draws in all: about a fifth of a second. */
const drawBudget = 4_000_000;

/**
 * The 2.5 and 97.5 % quantiles of `statistic` over resamples of the items, of which there are `tally[i]` of the i-th kind. Drawn from
 * `seed`, so that the same tally gives the same interval. Samples on which the statistic is undefined are left out; undefined where no
 * spread shows.
 */
export function bootstrap(
  tally: readonly number[],
  seed: number,
  statistic: (resampled: readonly number[]) => number | undefined,
): { readonly low: number; readonly high: number } | undefined {
  const random = randomFrom(seed);
  const rounds = Math.min(mostRounds, Math.max(leastRounds, Math.floor(drawBudget / tally.length)));
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const value = statistic(multinomial(tally, random));
    if (value !== undefined) values.push(value);
  }
  const sorted = values.toSorted((one, two) => one - two);
  const low = quantile(sorted, 0.025);
  const high = quantile(sorted, 0.975);
  return low === undefined || high === undefined || high - low < 1e-12 ? undefined : { low, high };
}

/** As many items as `tally` counts, drawn from them with replacement, counted by kind: each kind binomial, given those before it. */
export function multinomial(tally: readonly number[], random: () => number): number[] {
  let items = 0;
  for (const count of tally) items += count;
  let left = items;
  return tally.map((count) => {
    const drawn = binomial(left, items === 0 ? 0 : count / items, random);
    left -= drawn;
    items -= count;
    return drawn;
  });
}

/** Successes in `n` trials that each succeed with probability `p`. */
export function binomial(n: number, p: number, random: () => number): number {
  if (p > 0.5) return n - binomial(n, 1 - p, random);
  if (n === 0 || p <= 0) return 0;
  return n * p < 10 ? byInversion(n, p, random) : byRejection(n, p, random);
}

/** Goes up the distribution function; n · p steps. */
function byInversion(n: number, p: number, random: () => number): number {
  const odds = p / (1 - p);
  let left = random();
  let mass = (1 - p) ** n;
  for (let hits = 0; hits < n; hits += 1) {
    if (left <= mass) return hits;
    left -= mass;
    mass *= ((n - hits) / (hits + 1)) * odds;
  }
  return n;
}

/** Transformed rejection with squeeze (Hörmann 1993, BTRS), for n · p of 10 and more: a few steps whatever n is. */
function byRejection(n: number, p: number, random: () => number): number {
  const odds = p / (1 - p);
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const scale = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const room = 0.5 - Math.abs(u);
    const hits = Math.floor(((2 * a) / room + b) * u + centre);
    if (room >= 0.07 && v <= squeeze) return hits;
    if (hits < 0 || hits > n) continue;
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - hits + 1)) +
      (hits + 0.5) * Math.log((odds * (n - hits + 1)) / (hits + 1)) +
      tail(mode) +
      tail(n - mode) -
      tail(hits) -
      tail(n - hits);
    if (Math.log((v * scale) / (a / (room * room) + b)) <= bound) return hits;
  }
}

/** What Stirling's formula for the factorial of k leaves over, as a logarithm. */
function tail(k: number): number {
  if (k < 10) {
    let logarithm = 0;
    for (let factor = 2; factor <= k; factor += 1) logarithm += Math.log(factor);
    return logarithm - (0.5 * Math.log(2 * Math.PI) + (k + 0.5) * Math.log(k + 1) - (k + 1));
  }
  const square = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}

/** Linear between the two nearest values (Hyndman & Fan 1996, type 7). */
function quantile(sorted: readonly number[], at: number): number | undefined {
  const position = (sorted.length - 1) * at;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return undefined;
  return below + (above - below) * (position - Math.floor(position));
}

/** Uniform numbers in [0, 1) from a seed: a 32-bit Weyl sequence through a multiplicative mixer (Mulberry32 by T. Ettinger). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
