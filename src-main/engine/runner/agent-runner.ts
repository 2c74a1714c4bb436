// A runner process of agents: which runs it has, what it was asked to describe.
import type { RunError } from '#contract/journal';
import type { Description, RunOrder } from '../run/protocol.ts';
import { RunFailure } from '../run/run-failure.ts';
import { RunnerProcess, type RunnerParts, type Said } from './runner-process.ts';
import type { RunnerListener, RunMessage } from './runners.ts';

export interface AgentRunnerOwner {
  readonly listener: RunnerListener;
  /** It left or was refused: the runner no longer has it. */
  gone(runner: AgentRunner, run: string): void;
  /** The process has ended. `runs`: those it still had, dropped ones aside; `unasked`: it was not ended for our own reasons. */
  ended(runner: AgentRunner, runs: readonly string[], error: RunError, unasked: boolean): void;
}

export class AgentRunner {
  /** The group it belongs to; a spare has none yet. */
  group: string | undefined;
  readonly #process: RunnerProcess;
  readonly #owner: AgentRunnerOwner;
  readonly #runs = new Set<string>();
  readonly #dropped = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #describing = new Map<number, (description: Description | RunError) => void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #dropMs: number;
  readonly #describeMs: number;
  #nextId = 1;

  constructor(parts: RunnerParts, owner: AgentRunnerOwner) {
    this.#owner = owner;
    this.#dropMs = parts.limits.dropMs;
    this.#describeMs = parts.limits.describeMs;
    this.#process = new RunnerProcess(parts, {
      said: (message) => this.#said(message),
      printed: (run, text, dropped) => owner.listener.output(this.#known(run), text, dropped),
      ended: (error, cause) => {
        for (const timer of this.#dropped.values()) clearTimeout(timer);
        for (const done of this.#describing.values()) done(error);
        const runs = [...this.#runs];
        this.#runs.clear();
        // One that was being dropped is the likelier cause than those that are still here.
        owner.ended(this, runs, error, cause !== 'closed' && cause !== 'drop' && this.#dropped.size === 0);
        this.#ended.resolve();
      },
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Takes new orders: it lives, and no dropped run is still in it. */
  get open(): boolean {
    return !this.#process.ending && this.#dropped.size === 0;
  }

  get idle(): boolean {
    return this.#runs.size === 0 && this.#dropped.size === 0 && this.#describing.size === 0;
  }

  run(order: RunOrder): void {
    this.#runs.add(order.run);
    this.#process.send({ type: 'run', order });
  }

  send(message: RunMessage): void {
    if (this.#runs.has(message.run)) this.#process.send(message);
  }

  describe(url: string): Promise<Description> {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Description>();
    const timer = setTimeout(() => {
      this.#describing.delete(id);
      const hint = 'Something at the top of the file is awaited that never comes.';
      reject(
        new RunFailure({ name: 'Timeout', message: `The file did not load in ${this.#describeMs / 1000} s.`, hint }),
      );
    }, this.#describeMs);
    this.#describing.set(id, (answer) => {
      clearTimeout(timer);
      this.#describing.delete(id);
      if ('tools' in answer) resolve(answer);
      else reject(new RunFailure(answer));
    });
    this.#process.send({ type: 'describe', id, url });
    return promise;
  }

  /** The run no longer counts as here; where it does not leave, the process is ended. */
  drop(run: string): void {
    if (!this.#runs.has(run)) return;
    this.#process.send({ type: 'cancel', run });
    this.#runs.delete(run);
    const timer = setTimeout(() => this.#process.end('drop'), this.#dropMs);
    this.#dropped.set(run, timer);
  }

  async close(): Promise<void> {
    this.#process.end('closed');
    await this.#ended.promise;
  }

  #said(message: Said): void {
    switch (message.type) {
      case 'described': {
        const error = message.error ?? { name: 'BadMessage', message: 'The runner described nothing.' };
        this.#describing.get(message.id)?.(message.description ?? error);
        return;
      }
      case 'tool.done':
        // Only the process for tools has calls.
        this.#process.end('malformed');
        return;
      case 'batch':
        if (this.#runs.has(message.run)) this.#owner.listener.batch(message.run, message.items);
        else this.#stranger(message.run);
        return;
      case 'left':
      case 'refused':
        if (this.#runs.delete(message.run)) {
          this.#owner.gone(this, message.run);
          if (message.type === 'left') this.#owner.listener.left(message.run);
          else this.#owner.listener.refused(message.run, message.error);
        } else if (this.#stranger(message.run)) {
          clearTimeout(this.#dropped.get(message.run));
          this.#dropped.delete(message.run);
          this.#owner.gone(this, message.run);
        }
        return;
      default:
        message satisfies never;
    }
  }

  /** What a dropped run still says is not heard; no other run that is not here may be spoken of. */
  #stranger(run: string): boolean {
    if (this.#dropped.has(run)) return true;
    this.#process.end('foreign run');
    return false;
  }

  #known(run: string | undefined): string | undefined {
    return run !== undefined && this.#runs.has(run) ? run : undefined;
  }
}
