// Chance that is the same every time: numbers and ids from the run's seed and a place in the run.
import { hash } from 'node:crypto';

export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** sfc32, begun with 128 bits of SHA-256 over seed and place. */
  constructor(seed: number, place: string) {
    const digest = hash('sha256', `${seed}\n${place}`, 'hex');
    this.#a = word(digest, 0);
    this.#b = word(digest, 8);
    this.#c = word(digest, 16);
    this.#d = word(digest, 24);
  }

  /** In [0, 1), 53 bits. */
  number(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  /** 32 hex digits. */
  id(): string {
    let text = '';
    for (let n = 0; n < 4; n += 1) text += this.#next().toString(16).padStart(8, '0');
    return text;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }
}

function word(hex: string, at: number): number {
  return Number.parseInt(hex.slice(at, at + 8), 16) | 0;
}
