// Makes spans of a run's events, one event after the other; what is open at one look is closed at a later one.
import type { JournalEvent, RunEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { Span } from '#contract/trace';
import type { Json, TurnId } from '#contract/turn';
import type { Store } from '../../ports.ts';
import { canonicalJson, sha256 } from '../../turns/canonical.ts';
import { textMember } from '../json.ts';
import { bounded, errorText, modelAttributes, toolAttributes, toolName } from './attributes.ts';
import { isEffectKey, itemOf, nodeSpan, placeOf, rootSpan, spanOfAsker, spanOfScope } from './places.ts';
import type { OpenEffect, OpenInterrupt, Progress } from './progress.ts';

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** Said of what had not ended when its step or the run did. */
const cutOff = 'Given up: what it belonged to ended first.';

export class SpanMaker {
  readonly #store: Store;
  readonly #run: RunSummary;
  readonly #progress: Progress;
  readonly #spans: Span[] = [];

  constructor(store: Store, run: RunSummary, progress: Progress) {
    this.#store = store;
    this.#run = run;
    this.#progress = progress;
  }

  /** Spans of the events taken so far, in the order they ended. */
  get spans(): readonly Span[] {
    return this.#spans;
  }

  /** In order of `seq`, none left out. */
  take({ seq, at, event }: JournalEvent): void {
    this.#progress.seq = seq;
    switch (event.type) {
      case 'run.started':
        return this.#start(at, event);
      case 'node.finished':
      case 'node.failed':
        return this.#node(at, event);
      case 'effect.requested':
        return this.#request(at, event);
      case 'effect.finished':
        return this.#settle(at, event);
      case 'interrupt.opened':
        return this.#ask(seq, at, event);
      case 'interrupt.answered':
        return this.#answer(at, event);
      case 'step.finished':
        // What a finished step left open (timeouts, cancelled parts) ends with it.
        return event.scope === '' ? this.#closeOpen(at) : undefined;
      case 'run.finished':
        return this.#end(at, undefined);
      case 'run.failed':
        return this.#end(at, errorText(event.error));
      case 'run.cancelled':
        return this.#end(at, 'Cancelled');
      case 'run.departed':
        return this.#end(at, event.sentence);
      default:
    }
  }

  #start(at: number, event: Event<'run.started'>): void {
    this.#progress.startedAt = at;
    // Runs at the same input are runs at the same task.
    this.#progress.group = `${event.agent} ${sha256(canonicalJson(event.input)).slice(0, 12)}`;
  }

  #node(at: number, event: Event<'node.finished'> | Event<'node.failed'>): void {
    const id = nodeSpan(event.scope, event.step, event.node, event.try ?? 1);
    const began = this.#progress.hosts.get(id);
    this.#progress.hosts.delete(id);
    const item = itemOf(event.scope);
    this.#put({
      id,
      parent: spanOfScope(event.scope),
      name: event.node,
      kind: 'code',
      startedAt: Math.min(at - event.ms, began ?? at),
      endedAt: at,
      ...(event.type === 'node.failed' ? { error: errorText(event.error) } : {}),
      attributes: {
        ...(item === undefined ? {} : { 'atelier.item': item }),
        ...(event.type === 'node.failed' ? { 'error.type': event.error.name } : {}),
        ...(event.try === undefined || event.try === 1 ? {} : { 'atelier.try': event.try }),
        ...(event.type === 'node.finished' && event.branch !== undefined ? { 'atelier.branch': event.branch } : {}),
        ...(event.type === 'node.finished' && event.cached === true ? { 'atelier.cached': true } : {}),
      },
    });
  }

  #request(at: number, event: Event<'effect.requested'>): void {
    if (event.kind !== 'model' && event.kind !== 'tool') return;
    this.#hang(spanOfAsker(event.key), at);
    // Asked for again after a crash: the first asking is when it began.
    if (this.#progress.effects.has(event.key)) return;
    const { kind, name, request } = event;
    this.#progress.effects.set(event.key, { at, kind, name, request: kind === 'tool' ? bounded(request) : request });
  }

  #settle(at: number, event: Event<'effect.finished'>): void {
    const open = this.#progress.effects.get(event.key);
    if (open === undefined) return;
    this.#progress.effects.delete(event.key);
    this.#effect(event.key, open, at, event);
  }

  #effect(key: string, open: OpenEffect, at: number, ended: Event<'effect.finished'> | undefined): void {
    const error = ended === undefined ? cutOff : ended.error === undefined ? undefined : errorText(ended.error);
    const read = open.kind === 'model' ? textMember(open.request, 'read') : undefined;
    const wrote = open.kind === 'model' ? textMember(ended?.result, 'wrote') : undefined;
    if (open.kind === 'model') this.#said(wrote ?? read);
    this.#put({
      id: key,
      parent: spanOfAsker(key),
      name: open.kind === 'model' ? open.name : toolName(open.name),
      kind: open.kind,
      startedAt: open.at,
      endedAt: at,
      ...(error === undefined ? {} : { error }),
      ...(read === undefined ? {} : { read }),
      ...(wrote === undefined ? {} : { wrote }),
      attributes: (open.kind === 'model' ? modelAttributes : toolAttributes)(open.name, open.request, ended),
    });
    if (open.kind === 'tool') this.#progress.toolCalls += 1;
    else this.#progress.model ??= open.name;
    this.#progress.inputTokens += ended?.usage?.inputTokens ?? 0;
    this.#progress.outputTokens += ended?.usage?.outputTokens ?? 0;
  }

  /** The trace's transcript is the longest, of equally long ones the last. */
  #said(turn: TurnId | undefined): void {
    const depth = turn === undefined ? undefined : this.#store.turns.get(turn)?.depth;
    if (turn === undefined || depth === undefined) return;
    if (depth >= (this.#progress.leaf?.depth ?? 0)) this.#progress.leaf = { id: turn, depth };
  }

  #ask(seq: number, at: number, event: Event<'interrupt.opened'>): void {
    if (!isEffectKey(event.id)) this.#hang(event.id, at);
    const { kind, title } = event;
    this.#progress.interrupts.set(event.id, { at, seq, kind, title: title.slice(0, 200) });
  }

  #answer(at: number, event: Event<'interrupt.answered'>): void {
    const open = this.#progress.interrupts.get(event.id);
    if (open === undefined) return;
    this.#progress.interrupts.delete(event.id);
    this.#interrupt(event.id, open, at, { value: event.value, by: event.by });
  }

  #interrupt(
    id: string,
    open: OpenInterrupt,
    at: number,
    answer: { readonly value: Json; readonly by: string } | undefined,
  ): void {
    this.#put({
      id: `${id}?${open.seq}`,
      parent: id,
      name: open.title === '' ? open.kind : open.title,
      kind: open.kind === 'wait' ? 'code' : 'human',
      startedAt: open.at,
      endedAt: at,
      ...(answer === undefined ? { error: cutOff } : {}),
      attributes: {
        'atelier.interrupt': open.kind,
        ...(answer === undefined || open.kind === 'wait'
          ? {}
          : { 'atelier.answer': bounded(answer.value), 'atelier.answered_by': answer.by }),
      },
    });
  }

  #end(at: number, error: string | undefined): void {
    this.#closeOpen(at);
    this.#spans.push(this.#root(at, error));
  }

  #closeOpen(at: number): void {
    const { effects, interrupts, hosts } = this.#progress;
    if (effects.size + interrupts.size + hosts.size === 0) return;
    for (const [id, open] of interrupts) this.#interrupt(id, open, at, undefined);
    for (const [key, open] of effects) this.#effect(key, open, at, undefined);
    interrupts.clear();
    effects.clear();
    // A node that is open keeps those above it open.
    for (const [id, startedAt] of Array.from(hosts))
      for (let { above } = placeOf(id); above !== rootSpan; { above } = placeOf(above)) this.#hang(above, startedAt);
    for (const [id, startedAt] of hosts) this.#spans.push(openNode(id, startedAt, at));
    hosts.clear();
  }

  #root(at: number, error: string | undefined): Span {
    const { id, agent, file, hash, version, seed, origin } = this.#run;
    return {
      id: rootSpan,
      name: agent,
      kind: 'code',
      startedAt: this.#progress.startedAt,
      endedAt: at,
      ...(error === undefined ? {} : { error }),
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent,
        ...(version === undefined ? {} : { 'gen_ai.agent.version': version }),
        'atelier.run': id,
        'atelier.file': file,
        'atelier.hash': hash,
        'atelier.seed': seed,
        ...(origin === undefined ? {} : { 'atelier.origin': origin.kind, 'atelier.origin_run': origin.run }),
      },
    };
  }

  #put(span: Span): void {
    this.#spans.push(span);
    if (span.parent !== undefined) this.#hang(span.parent, span.startedAt ?? 0);
  }

  /** A node is known by what it did before it ends itself. */
  #hang(host: string, startedAt: number): void {
    if (host === rootSpan || isEffectKey(host)) return;
    const known = this.#progress.hosts.get(host);
    if (known === undefined || known > startedAt) this.#progress.hosts.set(host, startedAt);
  }
}

/** A node that had not ended when the run did. */
function openNode(id: string, startedAt: number, endedAt: number): Span {
  const { scope, node, above } = placeOf(id);
  const item = itemOf(scope);
  return {
    id,
    parent: above,
    name: node,
    kind: 'code',
    startedAt,
    endedAt,
    error: cutOff,
    attributes: item === undefined ? {} : { 'atelier.item': item },
  };
}
