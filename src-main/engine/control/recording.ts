// What a journal has on record, for runs that are served from it: replays, and forks with another message.
import type { EffectKind, JournalEvent, RunError, RunEvent, Usage } from '#contract/journal';
import type { Json, Message } from '#contract/turn';
import type { RunStore } from '../ports.ts';
import { Problem } from '../problem.ts';
import { equalJson } from '../run/delta.ts';
import { pathOfKey } from '../run/path.ts';
import { toJson } from '../run/plain-json.ts';
import { eventsOf } from './journal-pages.ts';
import { isSameRequest } from './ledger.ts';

export interface RecordedEffect {
  readonly kind: EffectKind;
  readonly name: string;
  readonly request: Json;
  readonly result?: Json;
  readonly error?: RunError;
  readonly usage?: Usage;
}

type StepFinished = Extract<RunEvent, { readonly type: 'step.finished' }>;

export interface Departure {
  readonly at: string;
  readonly expected: Json;
  readonly actual: Json;
  readonly sentence: string;
}

/** Step of the run's own scope that a path, key or scope belongs to: 4 for "/4:fan[2]/1:draft#1.1". */
export function rootStepOf(path: string): number {
  const found = /^\/(\d+)/u.exec(path);
  return Number(found?.[1] ?? 0);
}

const nothing: { readonly order: readonly string[]; readonly places: ReadonlyMap<string, number> } = {
  order: [],
  places: new Map(),
};

export class Recording {
  /** The run it is of. */
  readonly run: string;
  /** A replay departs where it does something else; a fork just goes its own way. */
  readonly isStrict: boolean;
  readonly #effects = new Map<string, RecordedEffect>();
  readonly #answers = new Map<string, { readonly value: Json; readonly by: string }>();
  readonly #steps = new Map<string, StepFinished>();
  readonly #clocks: Record<string, number> = {};
  /** Of each node the keys of its results, as they came. */
  readonly #orders = new Map<string, { readonly order: string[]; readonly places: Map<string, number> }>();
  /** The last finished step of the run's own scope. */
  #lastStep = 0;
  readonly #from: number;
  readonly #upTo: number;
  #end: RunEvent | undefined;

  private constructor(run: string, isStrict: boolean, from: number, upTo: number) {
    this.run = run;
    this.isStrict = isStrict;
    this.#from = from;
    this.#upTo = upTo;
  }

  /** Of a run, up to a step of its own scope: for a replay. `upTo` undefined: all of it. */
  static ofRun(runs: RunStore, id: string, upTo: number | undefined): Recording {
    const recording = new Recording(id, true, 0, upTo ?? Number.POSITIVE_INFINITY);
    for (const { event } of eventsOf(runs, id)) recording.#add(event);
    return recording;
  }

  /**
   * Of one step of a run up to what a model said there, which is said otherwise: for a fork before that step. Throws NOT_FOUND where no
   * model answered under `key` in that step.
   */
  static withMessage(
    runs: RunStore,
    id: string,
    after: { readonly seq: number; readonly step: number },
    edit: { readonly key: string; readonly message: Message },
    wrote: (read: string, message: Message) => string,
  ): Recording {
    const recording = new Recording(id, false, after.step, after.step + 1);
    for (const { event } of stepAfter(runs, id, after)) {
      if (event.type !== 'effect.finished' || event.key !== edit.key) {
        recording.#add(event);
        continue;
      }
      const said = recording.#effects.get(edit.key);
      if (said?.kind !== 'model' || event.result === undefined) break;
      recording.#came(edit.key);
      recording.#effects.set(edit.key, { ...said, ...edited(said, event, edit.message, wrote) });
      return recording;
    }
    throw new Problem(
      'NOT_FOUND',
      `No model answered under ${edit.key} in step ${after.step + 1}.`,
      'Fork at the step before the one in which the message was said.',
    );
  }

  get clocks(): Readonly<Record<string, number>> {
    return this.#clocks;
  }

  /** Whether what happens there is served from here. */
  covers(path: string): boolean {
    const step = rootStepOf(path);
    return step > this.#from && step <= this.#upTo;
  }

  effect(key: string): RecordedEffect | undefined {
    const effect = this.#effects.get(key);
    return effect?.result === undefined && effect?.error === undefined ? undefined : effect;
  }

  /** What was asked for under this key, answered or not. */
  asked(key: string): RecordedEffect | undefined {
    return this.#effects.get(key);
  }

  /** In which order the results of a key's node came. */
  orderOf(key: string): {
    readonly node: string;
    readonly order: readonly string[];
    readonly places: ReadonlyMap<string, number>;
  } {
    const node = pathOfKey(key);
    return { node, ...(this.#orders.get(node) ?? nothing) };
  }

  /**
   * Whether a request may stay without an answer, as it did: it was let go of there, or the run failed before it was asked for. What asks
   * for it comes to its end without.
   */
  leavesOpen(ask: {
    readonly key: string;
    readonly kind: EffectKind;
    readonly name: string;
    readonly request: Json;
  }): boolean {
    const asked = this.#effects.get(ask.key);
    if (asked !== undefined) return isSameRequest(asked, ask);
    return this.#end?.type === 'run.failed' && rootStepOf(ask.key) > this.#lastStep;
  }

  /** What was said to a question of a replay; a wait is over at once. undefined: it is asked anew. */
  answerTo({
    id,
    kind,
  }: Extract<RunEvent, { readonly type: 'interrupt.opened' }>):
    | { readonly value: Json; readonly by: string }
    | undefined {
    if (!this.isStrict || !this.covers(id)) return undefined;
    return this.#answers.get(id) ?? (kind === 'wait' ? { value: null, by: 'clock' } : undefined);
  }

  /** Where the event is not what the record says; undefined where it is, or is not covered. */
  departure(event: RunEvent): Departure | undefined {
    if (!this.isStrict) return undefined;
    if (event.type === 'step.finished') return this.#stepDeparture(event);
    if (event.type === 'run.finished' || event.type === 'run.failed') return this.#endDeparture(event);
    return undefined;
  }

  #stepDeparture(event: StepFinished): Departure | undefined {
    const at = `${event.scope}/${event.step}`;
    const isCovered = event.scope === '' ? event.step <= this.#upTo : this.covers(event.scope);
    if (!isCovered) return undefined;
    const recorded = this.#steps.get(at);
    const actual = shown(event);
    if (recorded === undefined) {
      const sentence = `Step ${event.step} of ${placeOf(event.scope)} is not in the journal of run ${this.run}.`;
      return { at, expected: null, actual, sentence };
    }
    const expected = shown(recorded);
    if (equalJson(expected, actual)) return undefined;
    const what = equalJson([...recorded.next], [...event.next]) ? 'changed the state otherwise' : 'went another way';
    return {
      at,
      expected,
      actual,
      sentence: `Step ${event.step} of ${placeOf(event.scope)} ${what} than in run ${this.run}.`,
    };
  }

  #endDeparture(event: Extract<RunEvent, { readonly type: 'run.finished' | 'run.failed' }>): Departure | undefined {
    if (this.#upTo !== Number.POSITIVE_INFINITY) return undefined;
    const expected = endOf(this.#end);
    const actual = endOf(event);
    if (equalJson(expected, actual)) return undefined;
    const sentence = `It ended otherwise than run ${this.run}.`;
    return { at: '', expected, actual, sentence };
  }

  #came(key: string): void {
    const node = pathOfKey(key);
    const known = this.#orders.get(node) ?? { order: [], places: new Map<string, number>() };
    this.#orders.set(node, known);
    known.places.set(key, known.order.length);
    known.order.push(key);
  }

  #add(event: RunEvent): void {
    switch (event.type) {
      case 'effect.requested': {
        const { key, kind, name, request } = event;
        this.#effects.set(key, { kind, name, request });
        return;
      }
      case 'effect.finished': {
        const asked = this.#effects.get(event.key);
        if (asked === undefined) return;
        const { result, error, usage } = event;
        this.#came(event.key);
        this.#effects.set(event.key, {
          ...asked,
          ...(result === undefined ? {} : { result }),
          ...(error === undefined ? {} : { error }),
          ...(usage === undefined ? {} : { usage }),
        });
        return;
      }
      case 'clock.read':
        if (this.covers(event.key)) this.#clocks[event.key] = event.now;
        return;
      case 'interrupt.answered':
        this.#answers.set(event.id, { value: event.value, by: event.by });
        return;
      case 'step.finished':
        if (event.scope === '') this.#lastStep = event.step;
        this.#steps.set(`${event.scope}/${event.step}`, event);
        return;
      case 'run.finished':
      case 'run.failed':
      case 'run.cancelled':
        this.#end = event;
        return;
      default:
        return;
    }
  }
}

function* stepAfter(runs: RunStore, id: string, after: { readonly seq: number }): Generator<JournalEvent, void, void> {
  for (const entry of eventsOf(runs, id, after.seq)) {
    yield entry;
    if (entry.event.type === 'step.finished' && entry.event.scope === '') return;
  }
}

/** What the model is now taken to have said. */
function edited(
  said: RecordedEffect,
  event: Extract<RunEvent, { readonly type: 'effect.finished' }>,
  message: Message,
  wrote: (read: string, message: Message) => string,
): { readonly result: Json } {
  const read = memberOf(said.request, 'read');
  const model = memberOf(event.result, 'model');
  const callsTools = message.role === 'assistant' && (message.toolCalls?.length ?? 0) > 0;
  const plain = toJson(message, 'The message');
  const result = { wrote: wrote(read, message), message: plain, stop: callsTools ? 'tools' : 'end', model };
  return { result };
}

function memberOf(value: Json | undefined, name: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  const member = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof member === 'string' ? member : '';
}

function shown({ delta, next, joins }: StepFinished): Json {
  return { delta: [...delta], next: [...next], ...(joins === undefined ? {} : { joins }) };
}

function endOf(event: RunEvent | undefined): Json {
  if (event === undefined) return { type: 'none' };
  if (event.type !== 'run.failed') return { type: event.type };
  return { type: event.type, error: { name: event.error.name, message: event.error.message } };
}

function placeOf(scope: string): string {
  return scope === '' ? 'the run' : scope;
}
