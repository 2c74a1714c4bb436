// What is remembered for speed alone, bounded.

/** Forgets the oldest entries beyond `most`: a Map and a Set hold them in the order in which they were put. */
export function keepNewest<K>(kept: Map<K, unknown> | Set<K>, most: number): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}
