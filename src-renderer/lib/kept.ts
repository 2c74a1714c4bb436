// What the page keeps for itself between two starts: small JSON values, which may be missing or broken.

/** The kept value, to be checked by the caller; undefined where there is none or it cannot be read. */
export function readKept(storage: Storage, name: string): unknown {
  const text = storage.getItem(name);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not worth a word to the person: it is only where things stood.
    storage.removeItem(name);
    return undefined;
  }
}

export function keep(storage: Storage, name: string, value: unknown): void {
  storage.setItem(name, JSON.stringify(value));
}
