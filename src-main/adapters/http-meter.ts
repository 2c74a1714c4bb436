// Counts the bytes of one exchange on a connection that may serve others before and after.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

/**
 * What Node's socket counts, since the exchange got it: of TLS the bytes inside it, neither handshake nor record headers. `sent` is what was
 * given to the system; of a body that is cut off while it is sent, up to about 80 KiB more than left.
 */
export class SocketMeter {
  readonly #before: Traffic;
  #socket: Socket | undefined;
  #base: Traffic = { sent: 0, received: 0 };
  #isConnected = false;
  #isKept = false;
  #since = 0;
  #final: Traffic | undefined;

  /** `before`: of an earlier try. */
  constructor(before: Traffic) {
    this.#before = before;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    this.#base = { sent: socket.bytesWritten, received: socket.bytesRead };
    this.#since = performance.now();
    const isSecure = socket instanceof TLSSocket;
    const isSecuring = isSecure && 'secureConnecting' in socket && socket.secureConnecting === true;
    this.#isConnected = !socket.connecting && !isSecuring;
    this.#isKept = this.#isConnected;
    // Until then nothing has left, whatever waits to be written.
    if (!this.#isConnected)
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        this.#isConnected = true;
      });
  }

  now(): Traffic {
    if (this.#final !== undefined) return this.#final;
    const { sent, received } = this.#before;
    if (this.#socket === undefined || !this.#isConnected) return this.#before;
    return {
      sent: sent + this.#socket.bytesWritten - this.#base.sent,
      received: received + this.#socket.bytesRead - this.#base.received,
    };
  }

  /** The exchange is over: what the socket counts from here on is another's. */
  freeze(): Traffic {
    this.#final ??= this.now();
    return this.#final;
  }

  /** Whether the connection was there before and has given nothing, and so many ms have not yet gone by since the exchange got it. */
  isUnanswered(ms: number): boolean {
    return this.#isKept && this.now().received === this.#before.received && performance.now() - this.#since < ms;
  }
}
