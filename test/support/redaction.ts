// A redactor for tests that masks the given words wherever they stand, and nothing else.
import type { Json } from '#contract/turn';
import type { Redactor } from '#engine/redactor';

export function maskingRedactor(secrets: readonly string[]): Redactor {
  const text = (given: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, '‹masked›'), given);
  const json = (value: Json): Json => {
    const before = JSON.stringify(value);
    const after = text(before);
    // Unchanged is the value itself, as the interface says.
    return after === before ? value : (JSON.parse(after) as Json);
  };
  return { text, known: text, json, bytes: () => ({ push: (piece) => piece, end: () => new Uint8Array() }) };
}
