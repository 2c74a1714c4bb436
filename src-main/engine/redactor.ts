// Masks secrets in whatever is stored or shown. What masks is made by engine/vault; this is what the rest of the engine is given.
import type { Json } from '#contract/turn';

/** Takes pieces of one stream of bytes and gives them back masked; it holds back only what may be the beginning of a secret. */
export interface ByteMask {
  push(piece: Uint8Array): Uint8Array;
  /** What was held back. */
  end(): Uint8Array;
}

export interface Redactor {
  /**
   * Known values and common shapes of keys masked; the same secret, the same mask; the text itself where there is nothing to mask. Also known
   * values as JSON, URLs and base64 write them.
   */
  text(text: string): string;
  /** Known values alone: for what goes out again as it came. */
  known(text: string): string;
  /** Every string in it, keys of objects too; the value itself where there is nothing to mask. */
  json(value: Json): Json;
  /** Masks known values alone: bytes on their way to a client keep what else they hold. */
  bytes(): ByteMask;
}

/** Masks nothing: for hosts and tests without a vault. */
export const noRedaction: Redactor = {
  text: (text) => text,
  known: (text) => text,
  json: (value) => value,
  bytes: () => ({ push: (piece) => piece, end: () => new Uint8Array() }),
};
