// What a scan finds: a stretch of a text that a rule names.

export interface Finding {
  /** Short upper-case name, which the mask shows: EMAIL, OPENAI-TOKEN. */
  readonly rule: string;
  readonly kind: 'secret' | 'pii';
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Findings in order, without overlaps: secrets before personal data, then the longer one, wins. */
export function disjoint(findings: readonly Finding[]): Finding[] {
  const strongest = findings.toSorted(
    (left, right) =>
      rank(left) - rank(right) || right.end - right.start - (left.end - left.start) || left.start - right.start,
  );
  const kept: Finding[] = [];
  for (const finding of strongest) {
    if (kept.every((other) => finding.end <= other.start || finding.start >= other.end)) kept.push(finding);
  }
  return kept.toSorted((left, right) => left.start - right.start);
}

function rank(finding: Finding): number {
  return finding.kind === 'secret' ? 0 : 1;
}
