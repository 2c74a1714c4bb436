// A block of lines at the end of a terminal that is written over as it changes.
import type { Terminal } from '../progress.ts';

/** Where the terminal does not say. */
const defaultColumns = 80;
const defaultRows = 24;

const wrapOff = '\u001B[?7l';
const wrapOn = '\u001B[?7h';
const eraseLineEnd = '\u001B[K';
const eraseBelow = '\u001B[J';

export class Screen {
  readonly #terminal: Terminal;
  #height = 0;
  #shown = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns ?? defaultColumns;
  }

  /** Lines that may be drawn: one less than there are, so that nothing scrolls away. */
  get rows(): number {
    return Math.max(2, (this.#terminal.rows ?? defaultRows) - 1);
  }

  get colour(): boolean {
    return this.#terminal.colour === true;
  }

  /** Puts `lines` where the ones before stood. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${eraseLineEnd}\n`).join('');
    if (text === this.#shown) return;
    // Without wrapping a line takes one row, however wide the terminal thinks its signs are.
    this.#terminal.write(`${this.#home()}${wrapOff}${text}${eraseBelow}${wrapOn}`);
    this.#height = lines.length;
    this.#shown = text;
  }

  /** What is drawn stays; what comes next stands below. */
  leave(): void {
    this.#height = 0;
    this.#shown = '';
  }

  /** Wipes what is drawn. */
  clear(): void {
    if (this.#height > 0) this.#terminal.write(`${this.#home()}${eraseBelow}`);
    this.leave();
  }

  #home(): string {
    return this.#height === 0 ? '' : `\u001B[${this.#height}A\r`;
  }
}
