// Runs for tests, their journals written by hand: what a runner and main would have written.
import type { RunEvent } from '#contract/journal';
import { endedStatuses, type RunStatus, type RunSummary } from '#contract/run';
import type { Json, Message, TurnId } from '#contract/turn';
import { headAfter } from '#engine/control/head';
import type { Store } from '#engine/ports';
import { turnsOf } from '#engine/turns/path';

export const runStart = 1_700_000_000_000;

export class HandRun {
  readonly id: string;
  readonly #store: Store;
  /** Of the next event; a second a step unless said. */
  at = runStart;

  constructor(store: Store, id: string, more: Partial<RunSummary> = {}) {
    this.#store = store;
    this.id = id.repeat(32).slice(0, 32);
    store.runs.create({
      id: this.id,
      agent: 'triage',
      file: 'agents/triage.agent.ts',
      hash: 'h'.repeat(8),
      status: 'queued',
      seed: 7,
      title: 'The parcel never came',
      createdAt: runStart,
      updatedAt: runStart,
      step: 0,
      seq: 0,
      usage: { inputTokens: 0, outputTokens: 0 },
      open: 0,
      ...more,
    });
  }

  get summary(): RunSummary {
    const run = this.#store.runs.get(this.id);
    if (run === undefined) throw new Error(`There is no run ${this.id}.`);
    return run;
  }

  /** Puts events, each a second after the one before. */
  put(...events: readonly RunEvent[]): this {
    const told = events.map((event) => ({ at: (this.at += 1000), event }));
    this.#store.runs.append(this.id, told, (run) => headAfter(run, told, run.open));
    return this;
  }

  start(input: Readonly<Record<string, Json>> = { mail: 'The parcel never came' }): this {
    return this.put({
      type: 'run.started',
      agent: 'triage',
      file: 'agents/triage.agent.ts',
      hash: 'h'.repeat(8),
      input,
      seed: 7,
    });
  }

  /** Step of a scope that leads to `next`. */
  step(step: number, next: readonly string[], scope = ''): this {
    // Step 0 holds the state at the start.
    return this.put({ type: 'step.finished', scope, step, delta: step === 0 ? [['=', [], {}]] : [], next: [...next] });
  }

  node(step: number, node: string, more: { scope?: string; ms?: number; try?: number; branch?: string } = {}): this {
    return this.put({ type: 'node.finished', scope: '', step, node, ms: 100, ...more });
  }

  /** A model call as main journals it: the messages and the answer in the turn tree. Returns the turn that was written. */
  model(key: string, messages: readonly Message[], answer: string, name = 'scripted/triage'): TurnId {
    const path = turnsOf([...messages, { role: 'assistant', content: [{ type: 'text', text: answer }] }]);
    this.#store.turns.putPath(path);
    const [read, wrote] = [path.at(-2)?.id ?? '', path.at(-1)?.id ?? ''];
    this.put(
      { type: 'effect.requested', key, kind: 'model', name, request: { read, parameters: { temperature: 0.5 } } },
      {
        type: 'effect.finished',
        key,
        ms: 900,
        result: { wrote, message: { role: 'assistant', content: [] }, stop: 'end', model: `${name}-1` },
        usage: { inputTokens: 10, outputTokens: 4 },
      },
    );
    return wrote;
  }

  tool(key: string, input: Json, result: Json, name = 'tools/mail.ts#send'): this {
    return this.put(
      { type: 'effect.requested', key, kind: 'tool', name, request: input },
      { type: 'effect.finished', key, ms: 50, result },
    );
  }

  end(status: RunStatus = 'finished'): this {
    if (!endedStatuses.includes(status)) throw new Error(`${status} is no end.`);
    if (status === 'failed')
      return this.put({ type: 'run.failed', error: { name: 'TypeError', message: 'no such key' } });
    return this.put(status === 'cancelled' ? { type: 'run.cancelled' } : { type: 'run.finished' });
  }
}

export const system: Message = { role: 'context', content: [{ type: 'text', text: 'Be brief.' }], tools: [] };
export const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
export const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });
