// Who keeps the values: by slot, and nothing but values.

export interface ValueGuard {
  /** undefined where it has none there. Throws a Problem (REFUSED) while it is locked or does not answer. */
  get(slot: string): Promise<string | undefined>;
  put(slot: string, value: string): Promise<void>;
  /** Slots without a value are passed over. */
  drop(slots: readonly string[]): Promise<void>;
}

/** Where a value lies: each value that a secret ever had has a place of its own, so that none is taken for another. */
export function slotOf(id: string, version: number): string {
  return `${id}.${version}`;
}
