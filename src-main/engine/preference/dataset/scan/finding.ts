// What a scan finds: a stretch of a text that a rule names.

export interface Finding {
  /** Short upper-case name, which the mask shows: EMAIL, OPENAI-TOKEN. */
  readonly rule: string;
  readonly kind: 'secret' | 'pii';
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * Findings in order, without overlaps: those that overlap become one that covers all of them, named by the strongest (secrets before
 * personal data, then the longer one). Were the weaker one dropped, the part of it that stands out would be left to read.
 */
export function disjoint(findings: readonly Finding[]): Finding[] {
  const merged: { strongest: Finding; start: number; end: number }[] = [];
  for (const finding of findings.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    const last = merged.at(-1);
    if (last === undefined || finding.start >= last.end) {
      merged.push({ strongest: finding, start: finding.start, end: finding.end });
      continue;
    }
    last.end = Math.max(last.end, finding.end);
    if (strength(finding) > strength(last.strongest)) last.strongest = finding;
  }
  return merged.map(({ strongest, start, end }) => ({ ...strongest, start, end }));
}

function strength({ kind, start, end }: Finding): number {
  return end - start + (kind === 'secret' ? 1e12 : 0);
}
