// The process in which tools run: started when the first is called, again when it has died.
import type { RunError } from '#contract/journal';
import type { Json } from '#contract/turn';
import { RunFailure } from '../run/run-failure.ts';
import { Backoff } from './backoff.ts';
import { RunnerProcess, type RunnerParts, type Said } from './runner-process.ts';
import type { ToolCall } from './runners.ts';

type Outcome = { readonly result: Json } | { readonly error: RunError };

export class ToolRunner {
  readonly #parts: RunnerParts;
  readonly #printed: (text: string, dropped: number) => void;
  readonly #backoff: Backoff;
  readonly #calls = new Map<number, { readonly process: RunnerProcess; readonly done: (outcome: Outcome) => void }>();
  #process: RunnerProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #closed = false;
  #nextId = 1;

  constructor(parts: Omit<RunnerParts, 'role'>, printed: (text: string, dropped: number) => void) {
    this.#parts = { ...parts, role: 'tool' };
    this.#printed = printed;
    this.#backoff = new Backoff(parts.limits.againMs, parts.limits.againMostMs);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async call(call: ToolCall): Promise<Json> {
    call.signal.throwIfAborted();
    const pause = this.#backoff.wait('tool', performance.now());
    if (pause > 0) await rest(pause, call.signal);
    if (this.#closed) throw new RunFailure({ name: 'Lost', message: 'The studio is closing.' });
    const process = this.#running();
    const id = this.#nextId++;
    const { url, name, key, input, timeoutMs, signal } = call;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const stop = (error: RunError): void => {
      process.send({ type: 'tool.cancel', id });
      resolve({ error });
    };
    const timer = setTimeout(() => {
      stop({ name: 'Timeout', message: `The tool "${name}" did not answer within ${timeoutMs / 1000} s.` });
    }, timeoutMs);
    const abort = (): void => stop({ name: 'Cancelled', message: `The tool "${name}" was cancelled.` });
    signal.addEventListener('abort', abort, { once: true });
    this.#calls.set(id, { process, done: resolve });
    process.send({ type: 'tool', id, url, name, key, folder: this.#parts.folder, input });
    const outcome = await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    this.#calls.delete(id);
    if ('error' in outcome) throw new RunFailure(outcome.error);
    return outcome.result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#process?.end('closed');
    await this.#ended;
  }

  #running(): RunnerProcess {
    if (this.#process?.ending === false) return this.#process;
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#ended;
    this.#ended = Promise.all([before, promise]).then(() => undefined);
    const process: RunnerProcess = new RunnerProcess(this.#parts, {
      said: (message) => this.#said(process, message),
      printed: (_run, text, dropped) => this.#printed(text, dropped),
      ended: (error, cause) => {
        if (cause !== 'closed') this.#backoff.failed('tool', performance.now());
        if (this.#process === process) this.#process = undefined;
        const hint = 'Another tool that ran at the same time may have been the cause.';
        const message = error.message.replace(/^Its/u, "The tools'");
        for (const call of this.#calls.values()) {
          if (call.process === process) call.done({ error: { hint, ...error, name: 'Lost', message } });
        }
        resolve();
      },
    });
    this.#process = process;
    return process;
  }

  #said(process: RunnerProcess, message: Said): void {
    if (message.type !== 'tool.done') {
      process.end('malformed');
      return;
    }
    this.#backoff.succeeded('tool');
    const { error, result } = message;
    // A call that was cancelled is no longer waited for.
    this.#calls.get(message.id)?.done(error === undefined ? { result: result ?? null } : { error });
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  });
  return promise.then(() => signal.throwIfAborted());
}
