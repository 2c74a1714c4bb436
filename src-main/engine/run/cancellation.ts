// Says to everything under way in a part of a run that it is over; an AbortSignal where somebody asks for one.
import { failure, type RunFailure } from './run-failure.ts';

type Listener = (reason: RunFailure) => void;

export class Cancellation {
  #reason: RunFailure | undefined;
  #listeners = new Set<Listener>();
  #controller: AbortController | undefined;
  readonly #parent: Cancellation | undefined;
  readonly #top: Cancellation;
  /** At the top: all there are, so that they can be told when the run leaves. */
  readonly #controllers = new Set<AbortController>();

  /** One below another is cancelled with it, until it is released. */
  constructor(parent?: Cancellation) {
    this.#parent = parent;
    this.#top = parent === undefined ? this : parent.#top;
    if (parent?.reason !== undefined) this.#fromAbove(parent.reason);
    else parent?.add(this.#fromAbove);
  }

  /** Why it is over; undefined while it is not. */
  get reason(): RunFailure | undefined {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#top.#controllers.add(this.#controller);
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  cancel(reason: RunFailure): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = new Set();
    for (const listener of listeners) listener(reason);
    this.#controller?.abort(reason);
  }

  /** Calls it once, at once where it is over already. */
  add(listener: Listener): void {
    if (this.#reason === undefined) this.#listeners.add(listener);
    else listener(this.#reason);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  release(): void {
    this.#parent?.remove(this.#fromAbove);
    if (this.#controller !== undefined) this.#top.#controllers.delete(this.#controller);
  }

  /** Aborts the signals alone: what is under way is left as it is, to be taken up another time. */
  abandon(reason: RunFailure): void {
    for (const controller of this.#controllers) controller.abort(reason);
  }

  /** What it came to, or the reason as soon as there is one: what never settles is left behind. */
  guard<T>(work: PromiseLike<T>): Promise<T> {
    const promise = Promise.resolve(work);
    return new Promise((resolve, reject) => {
      this.add(reject);
      const forget = (): void => this.remove(reject);
      promise.then(forget, forget);
      promise.then(resolve, reject);
    });
  }

  /** A time limit of what is around is no failure of this part: it is just over. */
  readonly #fromAbove = (reason: RunFailure): void => {
    this.cancel(
      reason.error.name === 'Cancelled' ? reason : failure('Cancelled', `Stopped, because: ${reason.message}`),
    );
  };
}
