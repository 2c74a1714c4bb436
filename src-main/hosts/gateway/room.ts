// Room for the bodies of requests under way: together they may take so much memory, whoever sends them.
import { Refusal } from './refusal.ts';

/** Of each body so much is always taken: who sends much keeps nobody from sending little. */
const freeBytes = 64 * 1024;

export class Room {
  readonly #bytes: number;
  #taken = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  share(): Share {
    return new Share((bytes) => {
      if (bytes > 0 && this.#taken + bytes > this.#bytes) return false;
      this.#taken += bytes;
      return true;
    });
  }
}

/** What one request takes of it. */
export class Share {
  readonly #move: (bytes: number) => boolean;
  #length = 0;
  #taken = 0;

  constructor(move: (bytes: number) => boolean) {
    this.#move = move;
  }

  /** Throws a Refusal 503 where there is no room. */
  take(bytes: number): void {
    this.#length += bytes;
    const more = Math.max(0, this.#length - freeBytes) - this.#taken;
    if (more <= 0) return;
    if (!this.#move(more)) {
      throw new Refusal(503, 'Too many large requests are under way.', 'Send fewer of them at once.', {
        headers: { 'retry-after': '1' },
      });
    }
    this.#taken += more;
  }

  end(): void {
    this.#move(-this.#taken);
    this.#taken = 0;
  }
}
