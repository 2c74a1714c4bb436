// Masks what the vault knows, and what has the shape of a key, in whatever is stored or shown.
import type { Json, JsonObject } from '#contract/turn';
import type { ByteMask, Redactor } from '../redactor.ts';
import { maskShapes } from './key-shapes.ts';
import { KnownValues } from './known-values.ts';
import { KnownByteMask } from './mask-bytes.ts';

/** Nothing shorter holds a value. */
const shortest = 4;

export class VaultRedactor implements Redactor {
  readonly #known = new KnownValues();
  readonly #maskKey: () => Uint8Array;

  /** `maskKey`: makes the masks of what only has a key's shape. */
  constructor(maskKey: () => Uint8Array) {
    this.#maskKey = maskKey;
  }

  /** For as long as this process lives, also after the secret is removed. */
  know(name: string, value: string): void {
    this.#known.add(name, value);
  }

  text(text: string): string {
    if (text.length < shortest) return text;
    return maskShapes(this.known(text), this.#maskKey());
  }

  known(text: string): string {
    if (text.length < shortest || this.#known.isEmpty) return text;
    // Half a surrogate pair does not survive UTF-8, and no value has one.
    if (!text.isWellFormed()) return text.replaceAll(/\P{Cs}+/gu, (part) => this.known(part));
    const bytes = Buffer.from(text);
    if (this.#known.scan(bytes, 0, true).matches.length === 0) return text;
    const mask = new KnownByteMask(this.#known);
    return Buffer.concat([mask.push(bytes), mask.end()]).toString('utf8');
  }

  json(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (!isList(value)) return this.#object(value);
    const masked = value.map((item) => this.json(item));
    return masked.some((item, index) => item !== value[index]) ? masked : value;
  }

  bytes(): ByteMask {
    return new KnownByteMask(this.#known);
  }

  #object(value: JsonObject): Json {
    let isSame = true;
    const members = new Map<string, Json>();
    for (const [name, member] of Object.entries(value)) {
      const masked = this.json(member);
      let shown = this.text(name);
      isSame &&= masked === member && shown === name;
      // Two names may be masked alike; neither member is lost.
      for (let number = 2; members.has(shown); number += 1) shown = `${this.text(name)} ${number}`;
      members.set(shown, masked);
    }
    return isSame ? value : Object.fromEntries(members);
  }
}

function isList(value: JsonObject | readonly Json[]): value is readonly Json[] {
  return Array.isArray(value);
}
