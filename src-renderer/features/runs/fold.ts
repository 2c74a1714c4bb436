// Folds what a reader of a run is told into the view, and says what changed by it.
import type { JournalEvent, RunEvent } from '#contract/journal';
import type { RunStatus, RunUpdate } from '#contract/run';
import { messageSchema, type Json, type Message } from '#contract/turn';
import { journalRow } from './journal-words.ts';
import { edgeIdOf, hostOf, nodeIdIn, nodeIdOf, pathOf, pathOfKey } from './places.ts';
import { tallyOf, type RunView, type StepRow } from './view.ts';

/** Names of what changed: "run", "steps", "journal", "calls", "interrupts", `node:ID`, `edge:ID`, `call:KEY`. */
export type Changed = Set<string>;

/** Changes `view` in place. Events at or before `view.seq` are known already and are passed over. */
export function fold(view: RunView, update: RunUpdate, changed: Changed): void {
  switch (update.kind) {
    case 'events':
      for (const event of update.events) foldEvent(view, event, changed);
      return;
    case 'tokens': {
      const before = view.spoken.get(update.key) ?? { text: '', reasoning: '', skipped: 0 };
      const said = update.channel === 'text' ? before.text : before.reasoning;
      // A piece may begin within what is known: a reader that came back is told from the start.
      const piece = update.text.slice(Math.max(0, said.length - update.offset));
      if (piece === '') return;
      view.spoken.set(update.key, { ...before, [update.channel]: said + piece });
      changed.add(`call:${update.key}`);
      return;
    }
    case 'skipped': {
      const before = view.spoken.get(update.key) ?? { text: '', reasoning: '', skipped: 0 };
      view.spoken.set(update.key, { ...before, skipped: before.skipped + update.characters });
      changed.add(`call:${update.key}`);
    }
  }
}

function foldEvent(view: RunView, { seq, at, event }: JournalEvent, changed: Changed): void {
  if (seq <= view.seq) return;
  view.seq = seq;
  view.journal.push(journalRow(seq, at, event));
  changed.add('journal');
  switch (event.type) {
    case 'step.finished':
      return foldStep(view, seq, at, event, changed);
    case 'node.finished':
    case 'node.failed':
      return foldNode(view, at, event, changed);
    case 'effect.requested':
    case 'effect.finished':
      return foldEffect(view, seq, at, event, changed);
    case 'interrupt.opened':
    case 'interrupt.answered':
      return foldInterrupt(view, at, event, changed);
    case 'clock.read':
    case 'log':
      return;
    default:
      foldRun(view, seq, at, event, changed);
  }
}

type RunEventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

function foldRun(
  view: RunView,
  seq: number,
  at: number,
  event: Extract<RunEvent, { type: `run.${string}` }>,
  changed: Changed,
): void {
  changed.add('run');
  switch (event.type) {
    case 'run.started':
      view.startedAt = at;
      return setStatus(view, 'running', changed);
    case 'run.resumed':
      view.endedAt = undefined;
      view.error = undefined;
      return setStatus(view, 'running', changed);
    case 'run.paused':
      return setStatus(view, 'paused', changed);
    case 'run.slept':
      view.wakeAt = event.until;
      return setStatus(view, isAsked(view) ? 'waiting' : 'sleeping', changed);
    case 'run.edited':
    case 'run.migrated':
      if (event.delta.length === 0) return;
      view.steps.push({
        kind: 'edit',
        scope: '',
        step: view.step,
        seq,
        at,
        ms: undefined,
        nodes: [],
        changed: keysOf(event.delta),
        next: view.scopes.get('')?.next ?? [],
      });
      changed.add('steps');
      return;
    case 'run.finished':
      return end(view, 'finished', at, changed);
    case 'run.failed':
      view.error = event.error;
      return end(view, 'failed', at, changed);
    case 'run.cancelled':
      return end(view, 'cancelled', at, changed);
    case 'run.departed':
      view.departure = { at: event.at, sentence: event.sentence };
      end(view, 'departed', at, changed);
  }
}

function isAsked(view: RunView): boolean {
  return [...view.interrupts.values()].some(({ kind }) => kind !== 'wait');
}

function end(view: RunView, status: RunStatus, at: number, changed: Changed): void {
  view.endedAt = at;
  for (const path of view.active.keys()) leave(view, path, changed);
  if (view.interrupts.size > 0) {
    view.interrupts.clear();
    changed.add('interrupts');
  }
  setStatus(view, status, changed);
}

function setStatus(view: RunView, status: RunStatus, changed: Changed): void {
  view.status = status;
  if (status !== 'sleeping' && status !== 'waiting') view.wakeAt = undefined;
  for (const id of new Set(view.active.values())) changed.add(`node:${id}`);
}

function foldStep(view: RunView, seq: number, at: number, event: RunEventOf<'step.finished'>, changed: Changed): void {
  const { scope, step, next } = event;
  const scopeId = nodeIdOf(scope);
  const before = view.scopes.get(scope);
  const ran = step === 0 ? [] : (before?.next ?? []);
  const row: StepRow = {
    kind: 'step',
    scope,
    step,
    seq,
    at,
    ms: before === undefined ? undefined : Math.max(0, at - before.at),
    nodes: ran,
    changed: keysOf(event.delta),
    next,
  };
  view.steps.push(row);
  changed.add('steps');
  if (scope === '') {
    view.step = step;
    changed.add('run');
  } else view.hosts.add(hostOf(scope));
  for (const node of ran) leave(view, pathOf(scope, step, node), changed);
  take(view, scopeId, step === 0 ? ['start'] : ran, next.length === 0 ? ['end'] : next, changed);
  if (next.length === 0 && scope !== '') view.scopes.delete(scope);
  else view.scopes.set(scope, { next, at });
  for (const node of next) enter(view, pathOf(scope, step + 1, node), changed);
}

/** An edge counts as taken where its two ends ran one after the other. */
function take(view: RunView, scopeId: string, from: readonly string[], to: readonly string[], changed: Changed): void {
  for (const one of from) {
    for (const two of to) {
      const id = edgeIdOf(scopeId, one, two);
      view.edges.set(id, (view.edges.get(id) ?? 0) + 1);
      changed.add(`edge:${id}`);
    }
  }
}

function foldNode(
  view: RunView,
  at: number,
  event: RunEventOf<'node.finished'> | RunEventOf<'node.failed'>,
  changed: Changed,
): void {
  const path = pathOf(event.scope, event.step, event.node);
  const id = nodeIdIn(event.scope, event.node);
  const tally = tallyOf(view, id);
  if (event.scope !== '') view.hosts.add(hostOf(event.scope));
  changed.add(`node:${id}`);
  tally.lastMs = event.ms;
  tally.totalMs += event.ms;
  if (event.type === 'node.finished') {
    tally.runs += 1;
    tally.hasFailed = false;
    if (event.branch !== undefined) tally.branch = event.branch;
    leave(view, path, changed);
    return;
  }
  tally.failures += 1;
  view.failures.push({
    path,
    node: event.node,
    try: event.try,
    at,
    error: event.error,
    retryAt: event.retryAt,
  });
  changed.add('run');
  if (event.retryAt !== undefined) return enter(view, path, changed);
  tally.hasFailed = true;
  leave(view, path, changed);
}

function foldEffect(
  view: RunView,
  seq: number,
  at: number,
  event: RunEventOf<'effect.requested'> | RunEventOf<'effect.finished'>,
  changed: Changed,
): void {
  const { key } = event;
  const known = view.effects.get(key);
  if (event.type === 'effect.requested') {
    const path = pathOfKey(key);
    const { kind, name } = event;
    if (known === undefined && kind === 'model') view.calls.push(key);
    view.spoken.delete(key);
    view.effects.set(key, { ...unsettled, key, kind, name, path, seq, at, state: 'running' });
    enter(view, path, changed);
  } else {
    if (known === undefined) return;
    const { ms, usage, error, from } = event;
    const message = known.kind === 'model' ? messageIn(event.result) : undefined;
    view.effects.set(key, {
      ...known,
      state: error === undefined ? 'done' : 'failed',
      ms,
      usage,
      error,
      from,
      message,
    });
    // What a journal served was paid for by another run.
    if (usage !== undefined && from === undefined) {
      view.usage.inputTokens += usage.inputTokens;
      view.usage.outputTokens += usage.outputTokens;
      view.usage.costUsd += usage.costUsd ?? 0;
      changed.add('run');
    }
    if (message !== undefined) view.spoken.delete(key);
  }
  changed.add(`call:${key}`);
  if (view.effects.get(key)?.kind === 'model') changed.add('calls');
}

const unsettled = { ms: undefined, usage: undefined, error: undefined, message: undefined, from: undefined } as const;

function messageIn(result: Json | undefined): Message | undefined {
  if (typeof result !== 'object' || result === null || !('message' in result)) return undefined;
  const parsed = messageSchema.safeParse(result['message']);
  return parsed.success ? parsed.data : undefined;
}

function foldInterrupt(
  view: RunView,
  at: number,
  event: RunEventOf<'interrupt.opened'> | RunEventOf<'interrupt.answered'>,
  changed: Changed,
): void {
  const path = pathOfKey(event.id);
  changed.add('interrupts').add('run');
  if (event.type === 'interrupt.opened') {
    const { type: _type, ...interrupt } = event;
    view.interrupts.set(event.id, { ...interrupt, openedAt: at });
    enter(view, path, changed);
  } else view.interrupts.delete(event.id);
  const id = nodeIdOf(path);
  const open = [...view.interrupts.values()].filter((one) => nodeIdOf(pathOfKey(one.id)) === id);
  const tally = tallyOf(view, id);
  tally.asleep = open.filter(({ kind }) => kind === 'wait').length;
  tally.blocked = open.length - tally.asleep;
  changed.add(`node:${id}`);
}

function enter(view: RunView, path: string, changed: Changed): void {
  if (view.active.has(path)) return;
  const id = nodeIdOf(path);
  view.active.set(path, id);
  tallyOf(view, id).active += 1;
  changed.add(`node:${id}`);
}

/** Ends an execution and, with it, all that went on inside. */
function leave(view: RunView, path: string, changed: Changed): void {
  const id = view.active.get(path);
  if (id !== undefined) {
    view.active.delete(path);
    const tally = tallyOf(view, id);
    tally.active -= 1;
    tally.blocked = Math.min(tally.blocked, tally.active);
    tally.asleep = Math.min(tally.asleep, tally.active - tally.blocked);
    changed.add(`node:${id}`);
  }
  if (!view.hosts.delete(path)) return;
  // The scope of a subgraph is named as the node that holds it.
  view.scopes.delete(path);
  for (const scope of view.scopes.keys()) if (isInside(scope, path)) view.scopes.delete(scope);
  for (const inner of view.active.keys()) if (isInside(inner, path)) leave(view, inner, changed);
}

function isInside(path: string, host: string): boolean {
  return path.startsWith(host) && path.length > host.length && /[[/#]/.test(path.charAt(host.length));
}

function keysOf(delta: RunEventOf<'step.finished'>['delta']): readonly string[] {
  const keys = new Set<string>();
  for (const change of delta) {
    const [op, path, value] = change;
    const [first] = path;
    if (first !== undefined) keys.add(String(first));
    else if (op === '=' && typeof value === 'object' && value !== null)
      for (const key of Object.keys(value)) keys.add(key);
  }
  return [...keys];
}
