// One exchange on its way: written down before it begins, cut off when that is asked for, and reported once, however it ends.
import type { LedgerEntry } from '#contract/egress';
import { HttpFailure, type HttpResponse } from '../network-ports.ts';
import type { Target } from './target.ts';

export interface ExchangeEnd {
  readonly sent: number;
  readonly received: number;
  readonly status?: number;
  /** A code; absent where the answer came whole. */
  readonly reason?: string;
}

export class ExchangeUnderWay {
  readonly target: Target;
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
  /** On disk; undefined until it is. */
  #entry: LedgerEntry | undefined;
  readonly #caller: AbortSignal;
  readonly #forward: () => void;
  readonly #controller = new AbortController();
  readonly #report: (end: ExchangeEnd, entry: LedgerEntry | undefined) => void;
  #resolveEnded: () => void = () => undefined;
  #cut: { readonly error: Error; readonly reason: string } | undefined;
  #unread: NodeJS.Timeout | undefined;
  #isOver = false;

  /** `report` is called once. */
  constructor(target: Target, caller: AbortSignal, report: (end: ExchangeEnd, entry: LedgerEntry | undefined) => void) {
    this.target = target;
    this.#caller = caller;
    this.#report = report;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#forward = () => this.#controller.abort();
    caller.addEventListener('abort', this.#forward, { once: true });
  }

  get entry(): LedgerEntry | undefined {
    return this.#entry;
  }

  /** Ends it at once; whoever waits for it gets `error`. */
  cut(error: Error, reason: string): void {
    this.#cut ??= { error, reason };
    this.#controller.abort();
  }

  /** `idleMs`: what nobody begins to read within it is cut off. */
  async run(
    write: () => Promise<LedgerEntry>,
    request: (signal: AbortSignal) => Promise<HttpResponse>,
    idleMs: number,
  ): Promise<HttpResponse> {
    const { signal } = this.#controller;
    try {
      this.#entry = await write();
      if (signal.aborted) throw new HttpFailure('ABORTED', 'The request was called off.', { sent: 0, received: 0 });
      const response = await request(signal);
      // The adapter has listened before: its socket is destroyed by then, and what it counted is final.
      signal.addEventListener('abort', () => this.#end(response.traffic(), this.#cut?.reason ?? 'ABORTED', response));
      this.#unread = setTimeout(() => this.#cutUnread(response), idleMs).unref();
      return { ...response, traffic: () => response.traffic(), body: this.#watched(response) };
    } catch (error) {
      const isFailure = error instanceof HttpFailure;
      this.#end(isFailure ? error.traffic : { sent: 0, received: 0 }, isFailure ? error.code : 'FAILED', undefined);
      throw this.#cut?.error ?? error;
    }
  }

  #cutUnread(response: HttpResponse): void {
    this.cut(new HttpFailure('TIMEOUT', 'The answer was not read.', response.traffic()), 'UNREAD');
  }

  #watched(response: HttpResponse): AsyncIterable<Uint8Array> {
    const source = response.body[Symbol.asyncIterator]();
    const iterator: AsyncIterator<Uint8Array, undefined> = {
      next: async () => {
        clearTimeout(this.#unread);
        try {
          const step = await source.next();
          if (step.done !== true) return step;
          this.#end(response.traffic(), undefined, response);
          return { done: true, value: undefined };
        } catch (error) {
          this.#end(response.traffic(), error instanceof HttpFailure ? error.code : 'FAILED', response);
          throw this.#cut?.error ?? error;
        }
      },
      return: async () => {
        await source.return?.();
        this.#end(response.traffic(), 'LEFT', response);
        return { done: true, value: undefined };
      },
    };
    return { [Symbol.asyncIterator]: () => iterator };
  }

  #end(
    traffic: { readonly sent: number; readonly received: number },
    reason: string | undefined,
    response: HttpResponse | undefined,
  ): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#unread);
    this.#caller.removeEventListener('abort', this.#forward);
    const why = this.#cut?.reason ?? reason;
    this.#report(
      {
        ...traffic,
        ...(response === undefined ? {} : { status: response.status }),
        ...(why === undefined ? {} : { reason: why }),
      },
      this.#entry,
    );
    this.#resolveEnded();
  }
}
