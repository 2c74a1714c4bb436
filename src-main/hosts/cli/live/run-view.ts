// A run as its updates tell it, folded into what a terminal shows: nodes with states, counts and times, what models say, who is asked.
import type { JournalEvent, RunEvent } from '#contract/journal';
import type { RunStatus, RunUpdate } from '#contract/run';
import { nodeNames, nodePath, pathOfKey } from '#engine/run/path';

/** Executions of one node, in all rounds and items of the nodes it lies in. */
export interface NodeRow {
  readonly name: string;
  readonly children: Map<string, NodeRow>;
  done: number;
  /** Of those that are done and failed. */
  ms: number;
  /** Path → start, of those under way. */
  readonly active: Map<string, number>;
  /** Of the last failure; gone when a later try succeeds. */
  failure: { readonly text: string; readonly retryAt?: number } | undefined;
  /** Titles of what is asked there, by id of the interrupt. */
  readonly asks: Map<string, Ask>;
  /** What its models say at the moment, by key of the effect. */
  readonly calls: Map<string, Call>;
}

export interface Ask {
  readonly kind: Extract<RunEvent, { type: 'interrupt.opened' }>['kind'];
  readonly title: string;
  readonly until?: number;
}

export interface Call {
  readonly name: string;
  readonly kind: 'model' | 'tool';
  /** The end of what is said; all of it lies in the journal later. */
  tail: string;
  /** Characters heard on each channel. */
  readonly heard: { text: number; reasoning: number };
}

/** So much of what a model says is kept to be shown. */
const tailLength = 2000;

export class RunView {
  readonly roots = new Map<string, NodeRow>();
  readonly #rows = new Map<string, NodeRow>();
  readonly #calls = new Map<string, { readonly row: NodeRow; readonly call: Call }>();
  readonly #asks = new Map<string, NodeRow>();
  status: RunStatus = 'queued';
  step = 0;
  seq = 0;
  tokens = 0;
  startedAt: number | undefined;
  endedAt: number | undefined;
  error: string | undefined;
  /** The newest line of the run's log. */
  log: { readonly level: string; readonly text: string } | undefined;

  take(update: RunUpdate): void {
    if (update.kind === 'events') for (const event of update.events) this.#event(event);
    else if (update.kind === 'tokens') this.#tokens(update);
  }

  #event({ seq, at, event }: JournalEvent): void {
    this.seq = seq;
    this.startedAt ??= at;
    switch (event.type) {
      case 'run.started':
      case 'run.resumed':
        this.status = 'running';
        return;
      case 'run.paused':
        this.status = 'paused';
        return;
      case 'run.slept':
        this.status = this.#asksPeople() ? 'waiting' : 'sleeping';
        return;
      case 'run.finished':
        return this.#end('finished', at, undefined);
      case 'run.failed':
        return this.#end('failed', at, `${event.error.name}: ${event.error.message}`);
      case 'run.cancelled':
        return this.#end('cancelled', at, undefined);
      case 'run.departed':
        return this.#end('departed', at, event.sentence);
      case 'step.finished':
        return this.#step(at, event);
      case 'node.finished':
      case 'node.failed':
        return this.#node(at, event);
      case 'effect.requested':
        return this.#request(at, event);
      case 'effect.finished':
        return this.#settle(event);
      case 'interrupt.opened':
        return this.#ask(event);
      case 'interrupt.answered':
        this.#asks.get(event.id)?.asks.delete(event.id);
        this.#asks.delete(event.id);
        return;
      case 'log':
        this.log = { level: event.level, text: event.text };
        return;
      default:
    }
  }

  #end(status: RunStatus, at: number, error: string | undefined): void {
    this.status = status;
    this.endedAt = at;
    this.error = error;
    for (const row of this.#rows.values()) {
      row.active.clear();
      row.asks.clear();
      row.calls.clear();
    }
    this.#calls.clear();
    this.#asks.clear();
  }

  #step(at: number, event: Extract<RunEvent, { type: 'step.finished' }>): void {
    this.status = 'running';
    if (event.scope === '') this.step = event.step;
    for (const node of event.next) this.#begin(nodePath(event.scope, event.step + 1, node), at);
  }

  #begin(path: string, at: number): NodeRow {
    const row = this.#rowOf(path);
    if (!row.active.has(path)) row.active.set(path, at);
    return row;
  }

  #node(at: number, event: Extract<RunEvent, { type: 'node.finished' | 'node.failed' }>): void {
    const path = nodePath(event.scope, event.step, event.node);
    const row = this.#rowOf(path);
    row.active.delete(path);
    row.ms += event.ms;
    for (const [key, call] of row.calls) if (key.startsWith(`${path}#`)) this.#hangUp(key, row, call);
    for (const id of row.asks.keys()) if (id === path || id.startsWith(`${path}#`)) row.asks.delete(id);
    if (event.type === 'node.finished') {
      row.done += 1;
      row.failure = undefined;
      return;
    }
    const text = `${event.error.name}: ${event.error.message}`;
    row.failure = event.retryAt === undefined ? { text } : { text, retryAt: event.retryAt };
    if (event.retryAt !== undefined) row.active.set(path, at);
  }

  #request(at: number, event: Extract<RunEvent, { type: 'effect.requested' }>): void {
    if (event.kind !== 'model' && event.kind !== 'tool') return;
    const row = this.#begin(pathOfKey(event.key), at);
    const call = { name: event.name, kind: event.kind, tail: '', heard: { text: 0, reasoning: 0 } };
    row.calls.set(event.key, call);
    this.#calls.set(event.key, { row, call });
  }

  #settle(event: Extract<RunEvent, { type: 'effect.finished' }>): void {
    // What a journal gave was paid for there.
    if (event.from === undefined) this.tokens += (event.usage?.inputTokens ?? 0) + (event.usage?.outputTokens ?? 0);
    const known = this.#calls.get(event.key);
    if (known !== undefined) this.#hangUp(event.key, known.row, known.call);
  }

  #hangUp(key: string, row: NodeRow, call: Call): void {
    if (row.calls.get(key) === call) row.calls.delete(key);
    this.#calls.delete(key);
  }

  #tokens({ key, channel, offset, text }: Extract<RunUpdate, { kind: 'tokens' }>): void {
    const call = this.#calls.get(key)?.call;
    // A piece may begin with what was heard already.
    if (call === undefined || offset + text.length <= call.heard[channel]) return;
    call.tail = (call.tail + text.slice(Math.max(0, call.heard[channel] - offset))).slice(-tailLength);
    call.heard[channel] = offset + text.length;
  }

  #ask(event: Extract<RunEvent, { type: 'interrupt.opened' }>): void {
    const row = this.#rowOf(pathOfKey(event.id));
    const { kind, title, until } = event;
    row.asks.set(event.id, until === undefined ? { kind, title } : { kind, title, until });
    this.#asks.set(event.id, row);
  }

  #asksPeople(): boolean {
    return [...this.#asks].some(([id, row]) => row.asks.get(id)?.kind !== 'wait');
  }

  /** The row of a node's path; steps, items, rounds and tries aside. */
  #rowOf(path: string): NodeRow {
    const key = nodeNames(path);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    let siblings = this.roots;
    let row: NodeRow | undefined;
    for (const name of key.split('/')) {
      row = siblings.get(name);
      if (row === undefined) {
        row = newRow(name);
        siblings.set(name, row);
      }
      siblings = row.children;
    }
    const found = row ?? newRow('');
    this.#rows.set(key, found);
    return found;
  }
}

function newRow(name: string): NodeRow {
  return {
    name,
    children: new Map(),
    done: 0,
    ms: 0,
    active: new Map(),
    failure: undefined,
    asks: new Map(),
    calls: new Map(),
  };
}
