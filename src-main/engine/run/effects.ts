// The effects of a run that wait for their results: from the journal where it has them, else from main.
import type { EffectKind, Usage } from '#contract/journal';
import type { Json } from '#contract/turn';
import { turnsOf } from '../turns/path.ts';
import { equalJson } from './delta.ts';
import type { FoldedEffect, RunFold } from './fold.ts';
import type { Journal } from './journal.ts';
import { modelRequestSchema, type Settled } from './protocol.ts';
import { failure, RunFailure } from './run-failure.ts';

export interface Ask {
  readonly key: string;
  readonly kind: Exclude<EffectKind, 'clock'>;
  readonly name: string;
  readonly request: Json;
}

export interface Answer {
  readonly result: Json;
  /** It was in the journal before. */
  readonly isRecorded: boolean;
}

/** What happens to an effect while it is waited for. */
export interface Waiter {
  readonly done: (answer: Answer) => void;
  readonly failed: (error: RunFailure) => void;
  /** It waits for a person, or no longer does. */
  readonly suspended: (isNow: boolean) => void;
}

export class Effects {
  readonly #journal: Journal;
  readonly #waiting = new Map<string, Waiter>();
  /** Recorded outcomes on their way, by the order in which they first came. */
  readonly #deliveries: { readonly effect: FoldedEffect; readonly order: number; readonly waiter: Waiter }[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Throws a RunFailure "NotDeterministic" where the journal has something else under this key. */
  ask(ask: Ask, recorded: RunFold | undefined, waiter: Waiter): void {
    const known = recorded?.effect(ask.key);
    if (known !== undefined) refuseOther(ask, known);
    if (known?.outcome !== undefined) {
      this.#deliver(known, known.outcome.order, waiter);
      return;
    }
    this.#waiting.set(ask.key, waiter);
    const { key, kind, name, request } = ask;
    this.#journal.ask({ key, kind, name, request: JSON.stringify(request) });
  }

  settle(key: string, settled: Settled): void {
    const waiter = this.#waiting.get(key);
    if (waiter === undefined) return;
    if ('suspended' in settled) {
      waiter.suspended(true);
      return;
    }
    this.#waiting.delete(key);
    if ('error' in settled) waiter.failed(new RunFailure(settled.error));
    else waiter.done({ result: settled.result, isRecorded: false });
  }

  /** A person has said what is to become of it. */
  answered(key: string): void {
    this.#waiting.get(key)?.suspended(false);
  }

  /**
   * One after the other, in the order in which they first came, each only when all that follows from the one before has happened: so that
   * code which asks for several things at once asks for what follows in the same order again.
   */
  #deliver(effect: FoldedEffect, order: number, waiter: Waiter): void {
    this.#deliveries.push({ effect, order, waiter });
    if (this.#deliveries.length === 1) setImmediate(() => this.#deliverNext());
  }

  #deliverNext(): void {
    let first = 0;
    for (const [index, { order }] of this.#deliveries.entries()) {
      if (order < (this.#deliveries[first]?.order ?? order)) first = index;
    }
    const [next] = this.#deliveries.splice(first, 1);
    if (this.#deliveries.length > 0) setImmediate(() => this.#deliverNext());
    const outcome = next?.effect.outcome;
    if (next === undefined || outcome === undefined) return;
    if (outcome.error !== undefined) next.waiter.failed(new RunFailure(outcome.error));
    else next.waiter.done({ result: resultOf(next.effect, outcome), isRecorded: true });
  }
}

/** A model's answer lies in the journal without its usage, which stands beside it. */
function resultOf(
  { kind }: FoldedEffect,
  { result = null, usage }: { readonly result?: Json; readonly usage?: Usage },
): Json {
  if (kind !== 'model' || typeof result !== 'object' || result === null || !('message' in result)) return result;
  const { inputTokens = 0, outputTokens = 0, costUsd } = usage ?? {};
  const { message, stop = 'end', model = '' } = result;
  return {
    message,
    stop,
    model,
    usage: { inputTokens, outputTokens, ...(costUsd === undefined ? {} : { costUsd }) },
  };
}

function refuseOther(ask: Ask, known: FoldedEffect): void {
  const request = ask.kind === 'model' && known.kind === 'model' ? asJournaled(ask.request) : ask.request;
  if (known.kind === ask.kind && known.name === ask.name && equalJson(known.request, request)) return;
  throw otherThan(known, `${ask.kind} ${ask.name} ${JSON.stringify(request).slice(0, 300)}`);
}

/** What a node that is taken up again may not do: ask for something else than before. */
export function otherThan({ key, kind, name, request }: FoldedEffect, asked: string): RunFailure {
  const before = kind === 'clock' ? 'the time' : `${kind} ${name} ${JSON.stringify(request).slice(0, 300)}`;
  return failure(
    'NotDeterministic',
    `It is not deterministic: under ${key} it asked before for ${before}, and taken up again for ${asked}.`,
    'Take time, random numbers and ids from the context, and read the world through tools.',
  );
}

/** The journal names the turn that a model read; the messages lie in the turn tree. */
function asJournaled(request: Json): Json {
  const { messages, parameters } = modelRequestSchema.parse(request);
  return { read: turnsOf(messages).at(-1)?.id ?? '', parameters };
}
