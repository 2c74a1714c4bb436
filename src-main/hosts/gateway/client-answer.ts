// The answer to a client as it is written: piece by piece, no faster than the client reads, and kept to be recorded.
import type { ServerResponse } from 'node:http';
import type { HttpHeader } from '#engine/network-ports';

/** The client went away, or does not read what it is sent. */
export class ClientGone extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClientGone';
  }
}

/** Longest body that is kept; of a longer one the beginning, bytes. */
export const longestKept = 64 * 1024 * 1024;

export class ClientAnswer {
  /** performance.now() of the first byte of the body. */
  firstByteAt: number | undefined;
  readonly #response: ServerResponse;
  readonly #patienceMs: number;
  readonly #kept: Uint8Array[] = [];
  #length = 0;

  /** `patienceMs`: how long a client may leave what it was sent unread. */
  constructor(response: ServerResponse, patienceMs: number) {
    this.#response = response;
    this.#patienceMs = patienceMs;
  }

  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  get isWholeKept(): boolean {
    return this.#length <= longestKept;
  }

  /** What was written, up to the longest. */
  body(): Buffer {
    return Buffer.concat(this.#kept);
  }

  /** The head goes with the first piece; alone where that takes longer than until the next turn of the event loop. */
  head(status: number, reason: string, headers: readonly HttpHeader[], length?: number): void {
    const flat = headers.flat();
    if (length !== undefined) flat.push('content-length', String(length));
    this.#response.writeHead(status, reason, flat);
    if (length !== undefined) return;
    setImmediate(() => {
      if (this.firstByteAt === undefined && !this.#response.writableEnded) this.#response.flushHeaders();
    });
  }

  /** Rejects with ClientGone. Where the client reads at once there is nothing to wait for. */
  write(piece: Uint8Array): Promise<void> | undefined {
    this.#keep(piece);
    // Without a piece of its own the chunk would be the last one.
    if (piece.length === 0 || this.#response.write(piece)) return undefined;
    return this.#drained();
  }

  /** Waits until all was handed to the system. Rejects with ClientGone. */
  end(last?: Uint8Array): Promise<void> {
    if (last !== undefined) this.#keep(last);
    return new Promise((resolve, reject) => {
      this.#until('finish', resolve, reject);
      if (last === undefined) this.#response.end();
      else this.#response.end(last);
    });
  }

  /** So that the client sees that the answer is not whole. */
  cut(): void {
    this.#response.destroy();
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.firstByteAt ??= performance.now();
    const room = longestKept - this.#length;
    this.#length += piece.length;
    if (room >= piece.length) this.#kept.push(piece);
    else if (room > 0) this.#kept.push(piece.subarray(0, room));
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => this.#until('drain', resolve, reject));
  }

  #until(event: 'drain' | 'finish', resolve: () => void, reject: (error: ClientGone) => void): void {
    const response = this.#response;
    const leave = (): void => {
      clearTimeout(timer);
      response.off(event, done).off('close', gone);
    };
    const done = (): void => {
      leave();
      resolve();
    };
    const gone = (): void => {
      leave();
      reject(new ClientGone('The client went away.'));
    };
    const timer = setTimeout(() => {
      leave();
      response.destroy();
      reject(new ClientGone(`The client read nothing for ${Math.round(this.#patienceMs / 1000)} seconds.`));
    }, this.#patienceMs).unref();
    response.once(event, done).once('close', gone);
    if (response.destroyed) gone();
  }
}
