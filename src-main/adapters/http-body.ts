// The body of an answer as it comes: read ahead a little, held back where its reader is slow.
import type { IncomingMessage } from 'node:http';
import type { HttpFailure } from '#engine/network-ports';

/** So much is read ahead; then the connection waits for the reader. */
const aheadBytes = 64 * 1024;

interface Waiter {
  readonly resolve: (step: IteratorResult<Uint8Array, undefined>) => void;
  readonly reject: (failure: HttpFailure) => void;
}

export interface BodyWatch {
  readonly idleMs: number;
  /** The reader has waited `idleMs` for a piece. */
  readonly onIdle: () => void;
  /** The reader wants no more. */
  readonly onLeft: () => void;
}

/** One reader, one piece after the other. What came before a failure is given before it. */
export class HttpBody implements AsyncIterator<Uint8Array, undefined>, AsyncIterable<Uint8Array> {
  readonly #message: IncomingMessage;
  readonly #watch: BodyWatch;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #waiter: Waiter | undefined;
  #timer: NodeJS.Timeout | undefined;
  #end: { readonly failure: HttpFailure | undefined } | undefined;

  constructor(message: IncomingMessage, watch: BodyWatch) {
    this.#message = message;
    this.#watch = watch;
    message.on('data', (piece: Buffer) => this.#push(piece));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(piece: Uint8Array): void {
    if (this.#end !== undefined) return;
    const waiter = this.#taken();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: piece });
      return;
    }
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes >= aheadBytes) this.#message.pause();
  }

  /** It is whole, or it never will be. */
  finish(failure?: HttpFailure): void {
    if (this.#end !== undefined) return;
    this.#end = { failure };
    const waiter = this.#taken();
    if (waiter === undefined) return;
    if (failure === undefined) waiter.resolve({ done: true, value: undefined });
    else waiter.reject(failure);
  }

  #taken(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    clearTimeout(this.#timer);
    return waiter;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#bytes -= piece.length;
      if (this.#bytes === 0 && this.#end === undefined) this.#message.resume();
      return Promise.resolve({ done: false, value: piece });
    }
    if (this.#end !== undefined) {
      const { failure } = this.#end;
      return failure === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(failure);
    }
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#timer = setTimeout(this.#watch.onIdle, this.#watch.idleMs);
    });
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#end === undefined) this.#watch.onLeft();
    this.#pieces.length = 0;
    this.#end = { failure: undefined };
    return Promise.resolve({ done: true, value: undefined });
  }
}
