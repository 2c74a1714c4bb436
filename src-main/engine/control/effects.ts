// The effects of runs: each is on record before it begins, done at most once without leave, and its result on record before it is told.
import { z } from 'zod';
import type { EffectKind, RunError, RunEvent } from '#contract/journal';
import { jsonSchema, messageSchema, type Json } from '#contract/turn';
import type { Models } from '../models/models.ts';
import type { Clock, NewEvent, Store } from '../ports.ts';
import { pathOfKey } from '../run/path.ts';
import type { EffectAsk, ToolFace } from '../run/protocol.ts';
import type { Redactor } from '../redactor.ts';
import type { Runners } from '../runner/runners.ts';
import { turnBelow } from '../turns/path.ts';
import { decide, type Policy } from '../tools/policy.ts';
import type { AgentFiles } from './agent-files.ts';
import {
  cacheKey,
  callModel,
  callTool,
  errorOfProblem,
  prepareModelCall,
  settledOf,
  type Outcome,
  type PreparedModelCall,
} from './effect-work.ts';
import type { JournalWriter } from './journal-writer.ts';
import { isSameRequest } from './ledger.ts';
import { Withdrawn, type LiveRun } from './live-run.ts';
import type { Watchers } from './watchers.ts';

const cacheRequestSchema = z.strictObject({ node: z.string(), key: z.string() });
const answerSchema = z.object({ message: messageSchema });
const approvalSchema = z.object({ allow: z.boolean(), reason: z.string().optional() });
const unsureSchema = z.union([
  z.strictObject({ again: z.literal(true) }),
  z.strictObject({ result: jsonSchema }),
  z.strictObject({ fail: z.string() }),
]);

/** What a person may say to an interrupt of an effect. */
export const answerSchemas = { approval: approvalSchema, unsure: unsureSchema } as const;

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly writer: JournalWriter;
  readonly runners: Runners;
  readonly models: Models;
  readonly redactor: Redactor;
  readonly files: AgentFiles;
  readonly policy: () => Policy;
  readonly watchers: Watchers;
  /** The run cannot go on. */
  readonly fail: (live: LiveRun, error: RunError) => void;
  /** A replay that asks for something else than the record has. */
  readonly depart: (live: LiveRun, event: Extract<RunEvent, { readonly type: 'run.departed' }>) => void;
}

/** An effect as it was asked for, with its request as the journal has it. */
interface Ask {
  readonly key: string;
  readonly kind: Exclude<EffectKind, 'clock'>;
  readonly name: string;
  readonly request: Json;
  readonly model?: PreparedModelCall;
}

type Verdict =
  | { readonly kind: 'begin'; readonly isRepeatable: boolean }
  | { readonly kind: 'refuse'; readonly error: RunError }
  | OpenInterrupt;
type OpenInterrupt = {
  readonly kind: 'ask';
  readonly interrupt: Extract<RunEvent, { readonly type: 'interrupt.opened' }>;
};

/** How long a replay waits for the end of a node that once ended without this answer, ms. */
const openPatience = 2_000;

export class Effects {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes what a runner asks for. Throws a sentence where it cannot be understood. */
  ask(live: LiveRun, ask: EffectAsk): void {
    live.hears(pathOfKey(ask.key));
    const request: unknown = JSON.parse(ask.request);
    const { key, kind, name } = ask;
    if (kind === 'model') {
      const model = prepareModelCall(request);
      this.#take(live, { key, kind, name, request: model.request, model });
    } else {
      const parsed = kind === 'cache' ? cacheRequestSchema.parse(request) : jsonSchema.parse(request);
      this.#take(live, { key, kind, name, request: parsed });
    }
  }

  /** Goes on with an effect of a run in a runner that a person was asked about. */
  answered(live: LiveRun, key: string): void {
    const known = live.ledger.get(key);
    if (known?.state !== 'answered' || known.kind === 'clock' || live.flights.has(key)) return;
    const { kind, name, request, interrupt, answer = null } = known;
    this.#resumeAnswered(live, { key, kind, name, request }, interrupt, answer);
  }

  /** Stops what is under way for a run that is cancelled or gone. */
  abort(live: LiveRun, reason?: Error): void {
    for (const { stop } of live.flights.values()) stop.abort(reason);
  }

  #take(live: LiveRun, ask: Ask): void {
    const known = live.ledger.get(ask.key);
    // Its node was begun anew while the effect was under way: the one that is under way answers both.
    if (live.flights.has(ask.key)) return;
    if (known !== undefined && !isSameRequest(known, ask)) {
      return this.#parts.fail(live, notDeterministic(ask, known));
    }
    if (known?.state === 'settled') return this.#tell(live, ask, known);
    if (known?.state === 'waits') return this.#suspend(live, ask.key);
    if (known?.state === 'answered') return this.#resumeAnswered(live, ask, known.interrupt, known.answer ?? null);
    if (this.#serve(live, ask)) return;
    if (ask.kind !== 'tool') return this.#begin(live, ask, true);
    this.#judgeTool(live, ask, (face) => this.#verdict(live, ask, face, known !== undefined));
  }

  /* From the record ---------------------------------------------------------------------------------------------------------------- */

  /** Serves from the record where there is one for it; a strict record that has something else ends the replay. */
  #serve(live: LiveRun, ask: Ask): boolean {
    const { recording } = live;
    if (recording === undefined || !recording.covers(ask.key)) return false;
    const asked = recording.asked(ask.key);
    const recorded = recording.effect(ask.key);
    if (recorded !== undefined && isSameRequest(recorded, ask)) {
      const outcome: Outcome = { ...recorded };
      const release = this.#hold(live, ask, () => live.turns?.drop(ask.key));
      live.turns?.put(ask.key, () => release() && this.#record(live, ask, outcome, recording.run));
      return true;
    }
    if (!recording.isStrict) return false;
    const actual = { kind: ask.kind, name: ask.name, request: ask.request };
    const expected = asked === undefined ? null : { kind: asked.kind, name: asked.name, request: asked.request };
    const sentence =
      asked !== undefined && isSameRequest(asked, ask)
        ? `The journal of run ${recording.run} has no result of ${ask.name} here: it ended before that.`
        : `Run ${recording.run} did not ask ${ask.name} for this here.`;
    const depart = (): void =>
      this.#parts.depart(live, { type: 'run.departed', at: ask.key, expected, actual, sentence });
    if (!recording.leavesOpen(ask)) {
      depart();
      return true;
    }
    const timer = setTimeout(() => release() && depart(), openPatience);
    timer.unref();
    const release = this.#hold(live, ask, () => clearTimeout(timer));
    return true;
  }

  /** Keeps what is asked for as under way; what it returns ends that, and says whether it was still so. `let go`: nobody waits any more. */
  #hold(live: LiveRun, { key }: Ask, letGo: () => void): () => boolean {
    const stop = new AbortController();
    live.flights.set(key, { stop, isRepeatable: true });
    const release = (): boolean => live.flights.get(key)?.stop === stop && live.flights.delete(key);
    stop.signal.addEventListener('abort', () => release() && letGo(), { once: true });
    return () => release() && !live.hasEnded;
  }

  /* Whether it may --------------------------------------------------------------------------------------------------------------------- */

  #judgeTool(live: LiveRun, ask: Ask, judge: (face: ToolFace) => Verdict): void {
    const [file, name] = fileAndTool(ask.name);
    const ready = this.#parts.files.readyTool(live.bundle, file, name);
    if (ready !== undefined) return this.#act(live, ask, judge(ready));
    // Kept as under way, so that it is asked for once.
    const stop = new AbortController();
    live.flights.set(ask.key, { stop, isRepeatable: true });
    const act = (verdict: Verdict): void => {
      live.flights.delete(ask.key);
      if (!live.hasEnded && !stop.signal.aborted) this.#act(live, ask, verdict);
      else if (!live.hasEnded) this.#act(live, ask, { kind: 'refuse', error: cancelled });
    };
    this.#parts.files.tool(live.bundle, file, name).then(
      ({ face }) => act(judge(face)),
      (error: unknown) => act({ kind: 'refuse', error: errorOfProblem(error) }),
    );
  }

  #verdict({ ledger }: LiveRun, ask: Ask, face: ToolFace, isRepeat: boolean): Verdict {
    const about = { tool: face.name, description: face.description, effect: face.effect, input: ask.request };
    if (face.effect === 'write' && !face.idempotent && (isRepeat || ledger.isInDoubt(ask.key, ask))) {
      const title = `It is not known whether ${face.name} was done`;
      return {
        kind: 'ask',
        interrupt: { type: 'interrupt.opened', id: ask.key, kind: 'unsure', title, details: about },
      };
    }
    const decision = this.#decide(face);
    if ('error' in decision) return { kind: 'refuse', error: decision.error };
    // What had leave to begin needs none to be done again.
    if (isRepeat || !decision.isAsk) return beginning(face);
    const title = `Allow ${face.name}?`;
    const details = { ...about, ...(decision.reason === undefined ? {} : { reason: decision.reason }) };
    return { kind: 'ask', interrupt: { type: 'interrupt.opened', id: ask.key, kind: 'approval', title, details } };
  }

  /** What the policy says now; one that is not understood refuses. */
  #decide(face: ToolFace): { readonly isAsk: boolean; readonly reason?: string } | { readonly error: RunError } {
    try {
      const { decision, reason } = decide(this.#parts.policy(), face);
      if (decision === 'deny') return { error: refused(face.name, reason) };
      return { isAsk: decision === 'ask', ...(reason === undefined ? {} : { reason }) };
    } catch (error) {
      return { error: errorOfProblem(error) };
    }
  }

  #act(live: LiveRun, ask: Ask, verdict: Verdict): void {
    if (verdict.kind === 'begin') return this.#begin(live, ask, verdict.isRepeatable);
    if (verdict.kind === 'refuse') return this.#record(live, ask, { error: verdict.error });
    const known = live.ledger.get(ask.key) !== undefined;
    const events = known ? [verdict.interrupt] : [this.#requested(live, ask), verdict.interrupt];
    this.#put(live, events, undefined, () => this.#suspend(live, ask.key));
  }

  #resumeAnswered(live: LiveRun, ask: Ask, interrupt: 'approval' | 'unsure' | undefined, answer: Json): void {
    // A person's leave does not go against a policy that denies it by now.
    const begin = (): void =>
      this.#judgeTool(live, ask, (face) => {
        const decision = this.#decide(face);
        return 'error' in decision ? { kind: 'refuse', error: decision.error } : beginning(face);
      });
    if (interrupt === 'approval') {
      const { allow, reason } = approvalSchema.parse(answer);
      if (allow) return begin();
      return this.#record(live, ask, { error: refused(fileAndTool(ask.name)[1], reason) });
    }
    const said = unsureSchema.parse(answer);
    if ('again' in said) return begin();
    if ('result' in said) return this.#record(live, ask, { result: said.result });
    this.#record(live, ask, { error: { name: 'Unsure', message: said.fail } });
  }

  /* Doing it --------------------------------------------------------------------------------------------------------------------------- */

  /** Puts the request on record; once that is on disk, does it. */
  #begin(live: LiveRun, ask: Ask, isRepeatable: boolean): void {
    const stop = new AbortController();
    live.flights.set(ask.key, { stop, isRepeatable });
    const within = this.#turnsOf(ask, undefined);
    this.#put(live, [this.#requested(live, ask)], within, () => void this.#perform(live, ask, stop.signal));
  }

  /** Never rejects. */
  async #perform(live: LiveRun, ask: Ask, signal: AbortSignal): Promise<void> {
    const from = performance.now();
    const outcome = live.hasEnded || signal.aborted ? { error: cancelled } : await this.#work(live, ask, signal);
    const { isRepeatable = true } = live.flights.get(ask.key) ?? {};
    live.flights.delete(ask.key);
    const unsure = outcome.error?.name === 'Lost' && !isRepeatable ? this.#unsure(live, ask) : undefined;
    if (live.hasEnded || signal.reason instanceof Withdrawn) this.#parts.watchers.hush(live.id, ask.key);
    else if (unsure !== undefined) this.#act(live, ask, unsure);
    else {
      this.#put(live, [this.#finished(ask, outcome, performance.now() - from)], outcome.within, () => {
        this.#parts.watchers.hush(live.id, ask.key);
        this.#tell(live, ask, outcome);
      });
    }
  }

  /** Its process died in the middle of it: of a write that may not be repeated nobody can know whether it was done. */
  #unsure(live: LiveRun, ask: Ask): OpenInterrupt | undefined {
    const face = ask.kind === 'tool' ? this.#parts.files.readyTool(live.bundle, ...fileAndTool(ask.name)) : undefined;
    const verdict = face === undefined ? undefined : this.#verdict(live, ask, face, true);
    return verdict?.kind === 'ask' ? verdict : undefined;
  }

  async #work(live: LiveRun, ask: Ask, signal: AbortSignal): Promise<Outcome> {
    const { models, redactor, store, runners, files, watchers } = this.#parts;
    const { key, name } = ask;
    if (ask.model !== undefined) {
      const onText = (channel: 'text' | 'reasoning', text: string): void => watchers.say(live.id, key, channel, text);
      return callModel(models, store.turns, {
        name,
        key,
        runSeed: live.seed,
        prepared: ask.model,
        signal,
        onText,
        redactor,
        run: live.id,
      });
    }
    if (ask.kind === 'cache') return this.#lookUp(live, ask);
    try {
      const tool = await files.tool(live.bundle, ...fileAndTool(name));
      return await callTool(runners, tool, { key: `${live.id}${key}`, input: ask.request, signal });
    } catch (error) {
      return { error: errorOfProblem(error) };
    }
  }

  #lookUp(live: LiveRun, ask: Ask): Outcome {
    const { node, key } = cacheRequestSchema.parse(ask.request);
    const patches = this.#parts.store.runs.cached(
      live.agent,
      node,
      cacheKey(live.bundle, key),
      this.#parts.clock.now(),
    );
    return { result: patches === undefined ? null : { patches } };
  }

  /** What needs no work, or is not done: on record in one, then told. */
  #record(live: LiveRun, ask: Ask, outcome: Outcome, from?: string): void {
    const known = live.ledger.get(ask.key) !== undefined;
    const finished = this.#finished(ask, outcome, 0, from);
    const within = this.#turnsOf(ask, outcome);
    this.#put(live, known ? [finished] : [this.#requested(live, ask), finished], within, () =>
      this.#tell(live, ask, outcome),
    );
  }

  /** What was read, and what was said where that is known already, go into the turn tree. */
  #turnsOf({ model }: Ask, outcome: Outcome | undefined): (() => void) | undefined {
    if (model === undefined) return undefined;
    const said = answerSchema.safeParse(outcome?.result);
    const path = said.success ? [...model.path, turnBelow(model.path.at(-1), said.data.message)] : model.path;
    return () => void this.#parts.store.turns.putPath(path);
  }

  #requested({ ledger }: LiveRun, { key, kind, name, request }: Ask): RunEvent {
    const before = ledger.get(key);
    const again = before === undefined ? {} : { again: before.asked + 1 };
    return { type: 'effect.requested', key, kind, name, request, ...again };
  }

  #finished({ key }: Ask, { result, error, usage }: Outcome, ms: number, from?: string): RunEvent {
    return {
      type: 'effect.finished',
      key,
      ms: Math.round(ms * 1000) / 1000,
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error }),
      ...(usage === undefined ? {} : { usage }),
      ...(from === undefined ? {} : { from }),
    };
  }

  #put(live: LiveRun, events: readonly RunEvent[], within: (() => void) | undefined, after: () => void): void {
    const at = this.#parts.clock.now();
    const entries: NewEvent[] = events.map((event) => ({ at, event }));
    for (const entry of entries) live.accept(entry);
    const open = live.interrupts.forPeople;
    this.#parts.writer.put(live.id, { events: entries, open, after, ...(within === undefined ? {} : { within }) });
  }

  #suspend(live: LiveRun, key: string): void {
    this.#parts.runners.send({ type: 'settled', run: live.id, key, settled: { suspended: key } });
  }

  #tell(live: LiveRun, ask: Ask, outcome: Outcome): void {
    if (live.hasEnded) return;
    const { key, kind } = ask;
    this.#parts.runners.send({ type: 'settled', run: live.id, key, settled: settledOf(kind, outcome) });
  }
}

const cancelled: RunError = { name: 'Cancelled', message: 'The run was cancelled.' };

function beginning(face: ToolFace): Verdict {
  return { kind: 'begin', isRepeatable: face.effect === 'read' || face.idempotent };
}

/** `${file}#${tool}`. */
function fileAndTool(name: string): [file: string, tool: string] {
  const cut = name.lastIndexOf('#');
  return cut < 0 ? ['', name] : [name.slice(0, cut), name.slice(cut + 1)];
}

function refused(tool: string, reason: string | undefined): RunError {
  return { name: 'Refused', message: reason === undefined ? `${tool} was refused.` : `${tool} was refused: ${reason}` };
}

function notDeterministic(ask: Ask, known: { readonly name: string; readonly request: Json }): RunError {
  const brief = (name: string, request: Json): string => `${name} ${JSON.stringify(request).slice(0, 300)}`;
  return {
    name: 'NotDeterministic',
    message: `The node is not deterministic: under ${ask.key} it asked for ${brief(known.name, known.request)} before, and now for ${brief(ask.name, ask.request)}.`,
    hint: 'Take the time, random numbers and ids from the context, and read the world through tools.',
  };
}
