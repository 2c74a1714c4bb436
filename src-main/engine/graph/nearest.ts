// The name that was probably meant.

/** The nearest of `names` by edit distance, where it is near enough to have been meant; else undefined. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const one of names) {
    if (Math.abs(one.length - name.length) >= least || one === name) continue;
    const far = distance(name.toLowerCase(), one.toLowerCase(), least);
    if (far < least) {
      least = far;
      best = one;
    }
  }
  return best;
}

/** 'Did you mean "check"?' or, where nothing is near, what there is. */
export function didYouMean(name: string, names: readonly string[], none: string): string {
  const near = nearest(name, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (names.length === 0) return none;
  const shown = names.slice(0, 8).map((one) => `"${one}"`);
  return `There ${names.length === 1 ? 'is' : 'are'}: ${shown.join(', ')}${names.length > shown.length ? ' …' : ''}.`;
}

/** Levenshtein with neighbours that changed places; `limit` where it is at least that. */
function distance(one: string, two: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: two.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= two.length; j++) {
      const same = one[i - 1] === two[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1];
      if (swapped) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    if (Math.min(...row) >= limit) return limit;
    before = last;
    last = row;
  }
  return last[two.length] ?? limit;
}
