// What a dialect cannot say of a request: refused by name, or left out and told where that changes nothing of what is asked.
import { ModelError } from '../model.ts';

export class Saying {
  readonly #dialect: string;
  readonly #omitted: ((what: string) => void) | undefined;
  readonly #refused: string[] = [];

  /** `dialect` in words: "Anthropic's messages". */
  constructor(dialect: string, omitted?: (what: string) => void) {
    this.#dialect = dialect;
    this.#omitted = omitted;
  }

  refuse(what: string): void {
    this.#refused.push(what);
  }

  omit(what: string): void {
    if (this.#omitted === undefined) this.#refused.push(what);
    else this.#omitted(what);
  }

  /** Throws ModelError (400) that names all that was refused. */
  check(): void {
    if (this.#refused.length === 0) return;
    const named = this.#refused.slice(0, 20);
    const more = this.#refused.length - named.length;
    const list = `${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
    throw new ModelError(
      `${this.#dialect} cannot say: ${list}.`,
      400,
      'Leave it out, or ask a model that is spoken to in another dialect.',
    );
  }
}
