// What a journal comes to: state and place of every scope, and what the unfinished steps have done so far. Runs none of the user's code.
import type { Delta, EffectKind, JournalEvent, RunError, RunEvent, Usage } from '#contract/journal';
import type { OpenInterrupt, RunStatus } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import type { Snapshot } from '../ports.ts';
import { applyToState } from './delta.ts';
import { nodePath, ownerOfScope, pathOfKey, scopeOfPath } from './path.ts';

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** A graph on its way: the run's own, or one inside a node. */
export interface FoldedScope {
  readonly state: JsonObject;
  /** The last finished step. */
  readonly step: number;
  readonly next: readonly string[];
  readonly joins: Readonly<Record<string, readonly string[]>>;
}

export interface FoldedEffect {
  readonly key: string;
  readonly kind: EffectKind;
  readonly name: string;
  readonly request: Json;
  /** How often it was asked for. */
  readonly asked: number;
  /** Absent while it is not known what it came to. `order`: the seq of the event that tells it. */
  readonly outcome?: {
    readonly order: number;
    readonly result?: Json;
    readonly error?: RunError;
    readonly usage?: Usage;
  };
}

/** A node of a step, or of a body, that is not over. */
export interface FoldedNode {
  /** Once it is done. */
  readonly result?: Event<'node.finished'>;
  /** The last try that failed. */
  readonly failure?: Event<'node.failed'>;
  readonly effects: ReadonlyMap<string, FoldedEffect>;
  /** What the tries that failed have used, of models. */
  readonly spent: Usage;
}

export interface FoldedInterrupt extends OpenInterrupt {
  readonly answer?: { readonly value: Json; readonly by: string };
}

interface NodeRecord extends FoldedNode {
  result?: Event<'node.finished'>;
  failure?: Event<'node.failed'>;
  readonly effects: Map<string, FoldedEffect>;
  readonly scopes: Set<string>;
  spent: Usage;
  /** Of all tries. */
  used: Usage;
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

/**
 * A run as its journal tells it, event by event; or from a snapshot on: then `started`, `usage` and all that was before it are not known.
 * What a step did is forgotten when it is over, so that it holds no more than the state and the steps at hand.
 */
export class RunFold {
  readonly scopes = new Map<string, FoldedScope>();
  readonly interrupts = new Map<string, FoldedInterrupt>();
  #nodes = new Map<string, NodeRecord>();
  /** Paths of the nodes of a scope that are not over. */
  #members = new Map<string, Set<string>>();
  /** The last event. */
  seq = 0;
  at = 0;
  status: RunStatus = 'queued';
  started: Event<'run.started'> | undefined;
  paused: Event<'run.paused'> | undefined;
  slept: Event<'run.slept'> | undefined;
  error: RunError | undefined;
  /** It has stopped once after the node that it was to run until. */
  hasReachedUntil = false;
  /** Of every model call that was answered. */
  usage: Usage = noUsage;

  constructor(snapshot?: Snapshot) {
    if (snapshot === undefined) return;
    const { seq, step, state, next, joins } = snapshot;
    this.seq = seq;
    this.status = 'running';
    this.scopes.set('', { state, step, next, joins });
  }

  get root(): FoldedScope | undefined {
    return this.scopes.get('');
  }

  node(path: string): FoldedNode | undefined {
    return this.#nodes.get(path);
  }

  /** Whether anything has happened in a scope that is not over. */
  hasScope(scope: string): boolean {
    return this.#members.has(scope) || this.scopes.has(scope);
  }

  effect(key: string): FoldedEffect | undefined {
    return this.#nodes.get(pathOfKey(key))?.effects.get(key);
  }

  /** Nodes that are not over, as far as they have done anything. */
  nodes(): Iterable<readonly [string, FoldedNode]> {
    return this.#nodes;
  }

  /** In the order in which they were opened. */
  openInterrupts(): FoldedInterrupt[] {
    return [...this.interrupts.values()].filter(({ answer }) => answer === undefined);
  }

  addAll(entries: Iterable<JournalEvent>): this {
    for (const entry of entries) this.add(entry);
    return this;
  }

  add({ seq, at, event }: JournalEvent): void {
    this.seq = seq;
    this.at = at;
    switch (event.type) {
      case 'step.finished':
        return this.#stepFinished(event);
      case 'node.finished':
        return this.#nodeFinished(event);
      case 'node.failed':
        return this.#nodeFailed(event);
      case 'effect.requested':
        return this.#effectRequested(event);
      case 'effect.finished':
        return this.#effectFinished(event, seq);
      case 'clock.read': {
        const { key, now } = event;
        const outcome = { order: seq, result: now };
        const read = { key, kind: 'clock', name: '', request: null, asked: 1, outcome } as const;
        this.#record(pathOfKey(key)).effects.set(key, read);
        return undefined;
      }
      case 'interrupt.opened': {
        this.#record(pathOfKey(event.id));
        this.interrupts.set(event.id, openInterrupt(event, at));
        return undefined;
      }
      case 'interrupt.answered': {
        const open = this.interrupts.get(event.id);
        if (open !== undefined) {
          this.interrupts.set(event.id, { ...open, answer: { value: event.value, by: event.by } });
        }
        return undefined;
      }
      case 'log':
        return undefined;
      default:
        return this.#ofRun(event);
    }
  }

  #ofRun(event: Extract<RunEvent, { readonly type: `run.${string}` }>): void {
    switch (event.type) {
      case 'run.started':
        this.started = event;
        this.status = 'running';
        return;
      case 'run.resumed':
        this.status = 'running';
        this.slept = undefined;
        return;
      case 'run.paused':
        this.paused = event;
        if (event.why === 'until') this.hasReachedUntil = true;
        this.status = 'paused';
        return;
      case 'run.slept':
        this.slept = event;
        this.status = this.openInterrupts().some(({ kind }) => kind !== 'wait') ? 'waiting' : 'sleeping';
        return;
      case 'run.edited':
      case 'run.migrated':
        this.#change(event.delta);
        return;
      case 'run.failed':
        this.error = event.error;
        this.status = 'failed';
        return;
      case 'run.departed':
        this.status = 'departed';
        return;
      case 'run.finished':
        this.status = 'finished';
        return;
      case 'run.cancelled':
        this.status = 'cancelled';
    }
  }

  #change(delta: Delta): void {
    const root = this.root;
    if (root !== undefined) this.scopes.set('', { ...root, state: applyToState(root.state, delta) });
  }

  #stepFinished({ scope, step, delta, next, joins = {} }: Event<'step.finished'>): void {
    this.#own(scope);
    this.scopes.set(scope, { state: applyToState(this.scopes.get(scope)?.state, delta), step, next, joins });
    this.#forgetMembers(scope);
    if (scope === '') this.paused = undefined;
  }

  #nodeFinished(event: Event<'node.finished'>): void {
    const path = nodePath(event.scope, event.step, event.node);
    this.#empty(path);
    this.#record(path).result = event;
  }

  #nodeFailed(event: Event<'node.failed'>): void {
    const path = nodePath(event.scope, event.step, event.node);
    this.#empty(path);
    const record = this.#record(path);
    record.failure = event;
    record.spent = record.used;
  }

  #effectRequested({ key, kind, name, request, again = 1 }: Event<'effect.requested'>): void {
    this.#record(pathOfKey(key)).effects.set(key, { key, kind, name, request, asked: again });
  }

  #effectFinished(event: Event<'effect.finished'>, order: number): void {
    const { key, result, error, usage } = event;
    if (usage !== undefined) this.#use(pathOfKey(key), usage);
    const effects = this.#nodes.get(pathOfKey(key))?.effects;
    const effect = effects?.get(key);
    if (effects === undefined || effect === undefined) return;
    const outcome = {
      order,
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error }),
      ...(usage === undefined ? {} : { usage }),
    };
    effects.set(key, { ...effect, outcome });
  }

  /** Counts for the run, for the node and for those that it lies in. */
  #use(path: string, usage: Usage): void {
    this.usage = addedUsage(this.usage, usage);
    for (let at = path; at !== ''; at = ownerOfScope(scopeOfPath(at))) {
      const record = this.#nodes.get(at);
      if (record !== undefined) record.used = addedUsage(record.used, usage);
    }
  }

  #record(path: string): NodeRecord {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const fresh: NodeRecord = { effects: new Map(), scopes: new Set(), spent: noUsage, used: noUsage };
    this.#nodes.set(path, fresh);
    const scope = scopeOfPath(path);
    const members = this.#members.get(scope);
    if (members === undefined) this.#members.set(scope, new Set([path]));
    else members.add(path);
    this.#own(scope);
    return fresh;
  }

  /** Lets the node that a scope lies in know of it, so that both are forgotten together. */
  #own(scope: string): void {
    if (scope !== '') this.#record(ownerOfScope(scope)).scopes.add(scope);
  }

  /** Forgets what a node did on its way. */
  #empty(path: string): void {
    const record = this.#nodes.get(path);
    if (record === undefined) return;
    for (const key of record.effects.keys()) this.interrupts.delete(key);
    this.interrupts.delete(path);
    record.effects.clear();
    for (const scope of record.scopes) {
      this.scopes.delete(scope);
      this.#forgetMembers(scope);
    }
    record.scopes.clear();
  }

  #forgetMembers(scope: string): void {
    for (const path of this.#members.get(scope) ?? []) {
      this.#empty(path);
      this.#nodes.delete(path);
    }
    this.#members.delete(scope);
  }
}

/** What a journal comes to from its beginning, or from a snapshot with the events after it. */
export function foldRun(entries: Iterable<JournalEvent>, snapshot?: Snapshot): RunFold {
  return new RunFold(snapshot).addAll(entries);
}

export function addedUsage(one: Usage, two: Usage): Usage {
  const cost =
    one.costUsd === undefined && two.costUsd === undefined ? undefined : (one.costUsd ?? 0) + (two.costUsd ?? 0);
  return {
    inputTokens: one.inputTokens + two.inputTokens,
    outputTokens: one.outputTokens + two.outputTokens,
    ...(cost === undefined ? {} : { costUsd: cost }),
  };
}

export function openInterrupt(
  { type: _type, ...interrupt }: Event<'interrupt.opened'>,
  openedAt: number,
): OpenInterrupt {
  return { ...interrupt, openedAt };
}
