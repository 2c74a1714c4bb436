// One try of one execution of a node: what the node may use, and what it asks for under its own keys.
import type { Json, JsonObject } from '#contract/turn';
import type { AgentDefinition, ModelAnswer, ModelAsk, NodeContext } from '../graph/definition.ts';
import { Chance } from './chance.ts';
import { Cancellation } from './cancellation.ts';
import { conflict } from './channels.ts';
import type { RunCore, Scope } from './core.ts';
import { otherThan, type Answer, type Ask } from './effects.ts';
import type { GraphNode } from './graph.ts';
import { modelAnswer, modelQuestion, modelResult } from './model-ask.ts';
import type { Body, NodeWorld, Patch, Question } from './node-world.ts';
import { effectKey, innerScope } from './path.ts';
import { toJson } from './plain-json.ts';
import { Share } from './residence.ts';
import { failure, failureOf, runErrorOf, type RunFailure } from './run-failure.ts';
import { quietly, UserContext } from './user-context.ts';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';
const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** Characters of one line of the log. */
const longestLog = 65_536;

/** Where a node runs, and on what. */
export interface Spot {
  readonly scope: Scope;
  readonly step: number;
  readonly node: GraphNode;
  readonly path: string;
  readonly state: JsonObject;
  readonly item: unknown;
  readonly index: number;
}

/** What runs nodes inside nodes; given from outside, as that in turn makes frames. */
export interface Inner {
  body(frame: Frame, body: Body): readonly Patch[] | Promise<readonly Patch[]>;
  graph(frame: Frame, agent: AgentDefinition, input: unknown): Promise<JsonObject>;
}

export class Frame implements NodeWorld {
  readonly core: RunCore;
  readonly spot: Spot;
  readonly tried: number;
  readonly deadline: number | undefined;
  /** The part of the run that this try is: its scope's, or with a time limit of its own. */
  readonly scope: Scope;
  readonly #inner: Inner;
  #context: UserContext | undefined;
  #tools: NodeContext['tools'] | undefined;
  #chance: Chance | undefined;
  #share: Share | undefined;
  #bodies: Scope | undefined;
  #ordinal = 0;
  #hasAsked = false;
  #isEnded = false;

  constructor(core: RunCore, spot: Spot, inner: Inner, tried: number, scope: Scope, deadline: number | undefined) {
    this.core = core;
    this.spot = spot;
    this.#inner = inner;
    this.tried = tried;
    this.scope = scope;
    this.deadline = deadline;
  }

  /* What it stands on ------------------------------------------------------------------------------------------------------------- */

  get name(): string {
    return this.spot.node.name;
  }

  get title(): string {
    return this.spot.node.definition.options.title ?? this.name;
  }

  get state(): JsonObject {
    return this.spot.state;
  }

  get item(): unknown {
    return this.spot.item;
  }

  get index(): number {
    return this.spot.index;
  }

  get cancelled(): RunFailure | undefined {
    return this.scope.cancellation.reason;
  }

  get context(): NodeContext {
    this.#context ??= new UserContext(this, this.state, this.item, this.index);
    return this.#context;
  }

  contextOf(state: JsonObject, item: unknown, index: number): NodeContext {
    return new UserContext(this, state, item, index);
  }

  get signal(): AbortSignal {
    return this.scope.cancellation.signal;
  }

  get chance(): Chance {
    this.#chance ??= new Chance(this.core.seed, `${this.spot.path}#${this.tried}`);
    return this.#chance;
  }

  get tools(): NodeContext['tools'] {
    this.#tools ??= Object.freeze(
      Object.fromEntries(
        Object.keys(this.scope.graph.definition.tools).map((name) => [
          name,
          (input: unknown) => quietly(this.callTool(name, input)),
        ]),
      ),
    );
    return this.#tools;
  }

  /* Whether it goes on ------------------------------------------------------------------------------------------------------------- */

  get share(): Share {
    this.#share ??= new Share(this.core.residence);
    return this.#share;
  }

  /** What it asks for from now on is refused. */
  end(): void {
    this.#isEnded = true;
    this.#share?.end();
    this.#bodies?.cancellation.release();
  }

  #requireAlive(): void {
    if (this.#isEnded) {
      throw failure(
        'Ended',
        `"${this.name}" has ended and can ask for nothing more.`,
        'Await everything before the node ends.',
      );
    }
    const { reason } = this.scope.cancellation;
    if (reason !== undefined) throw reason;
  }

  /* What it asks for -------------------------------------------------------------------------------------------------------------- */

  async callTool(name: string, input: unknown): Promise<Json> {
    const { tools } = this.scope.graph.definition;
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
    if (tool === undefined) {
      throw failure('UnknownTool', `There is no tool "${name}".`, `Tools are: ${Object.keys(tools).join(', ')}.`);
    }
    const request = toJson(input === undefined ? {} : input, `The input of the tool "${name}"`);
    const { result } = await this.#effect('tool', `${tool.file}#${tool.name}`, request);
    return result;
  }

  async ask(ask: ModelAsk): Promise<ModelAnswer> {
    const { spending, graph } = this.scope;
    if (spending.excess !== undefined) throw spending.excess;
    const question = modelQuestion(ask, graph.definition.tools, this.name);
    const { result, isRecorded } = await this.#effect('model', question.model, question.request);
    const answer = modelResult(result, question.model);
    const excess = spending.spend(answer.usage, isRecorded);
    if (excess !== undefined) throw excess;
    return modelAnswer(ask, question, answer, this.name);
  }

  /** Patches that are kept under this key; undefined where there are none. */
  async cached(node: string, key: string): Promise<readonly Patch[] | undefined> {
    const { result } = await this.#effect('cache', this.name, { node, key }, 0);
    const patches = typeof result === 'object' && result !== null && 'patches' in result ? result.patches : undefined;
    return Array.isArray(patches) ? (toJson(patches, 'What was kept') as readonly Patch[]) : undefined;
  }

  #effect(kind: Ask['kind'], name: string, request: Json, ordinal?: number): Promise<Answer> {
    this.#requireAlive();
    if (ordinal === undefined) this.#ordinal += 1;
    const key = effectKey(this.spot.path, this.tried, ordinal ?? this.#ordinal);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { share } = this;
    let isSuspended = false;
    const suspend = (isNow: boolean): void => {
      if (isNow === isSuspended) return;
      isSuspended = isNow;
      share.waiting(isNow ? 1 : -1);
      share.underWay(isNow ? -1 : 1);
    };
    const over = (): void => {
      suspend(false);
      share.underWay(-1);
    };
    share.underWay(1);
    try {
      this.core.effects.ask({ key, kind, name, request }, this.core.recorded, {
        done: (answer) => {
          resolve(answer);
          over();
        },
        failed: (error) => {
          reject(error);
          over();
        },
        suspended: suspend,
      });
    } catch (error) {
      over();
      throw this.#broken(failureOf(error));
    }
    return this.scope.cancellation.guard(promise);
  }

  /** Ends the run, whatever the user's code makes of the failure. */
  #broken(error: RunFailure): RunFailure {
    this.core.fail(error);
    return error;
  }

  async question(question: Question): Promise<Json> {
    this.#requireAlive();
    const { interrupts, residence, recorded } = this.core;
    const id = this.spot.path;
    const known = interrupts.ask(id, question, this.#hasAsked ? undefined : recorded);
    this.#hasAsked = true;
    if (known !== undefined) return known;
    const { promise, resolve } = Promise.withResolvers<Json>();
    const { kind } = question;
    const until = recorded?.interrupts.get(id)?.until ?? question.until;
    const undo = [interrupts.await(id, resolve)];
    if (until !== undefined) undo.push(residence.wakes(until));
    if (until !== undefined && kind === 'wait') undo.push(residence.at(until, () => resolve(null)));
    this.share.waiting(1);
    try {
      return await this.scope.cancellation.guard(promise);
    } finally {
      this.share.waiting(-1);
      for (const one of undo) one();
    }
  }

  async pause(until: number): Promise<void> {
    let stop: (() => void) | undefined;
    try {
      await this.scope.cancellation.guard(
        new Promise<void>((resolve) => {
          stop = this.core.residence.at(until, resolve);
        }),
      );
    } finally {
      stop?.();
    }
  }

  now(): number {
    this.#requireAlive();
    this.#ordinal += 1;
    const key = effectKey(this.spot.path, this.tried, this.#ordinal);
    const recorded = this.core.recorded?.effect(key);
    if (recorded?.kind === 'clock') return Number(recorded.outcome?.result);
    if (recorded !== undefined) throw this.#broken(otherThan(recorded, 'the time'));
    const given = this.core.given[key];
    const now = typeof given === 'number' ? given : Date.now();
    this.core.journal.emit({ type: 'clock.read', key, now });
    return now;
  }

  /** Text that is none is printed as JSON. */
  log(level: LogLevel, given: unknown): void {
    const text = typeof given === 'string' ? given : runErrorOf(given).message;
    const known = logLevels.find((one) => one === level) ?? 'info';
    this.core.journal.emit({ type: 'log', level: known, text: text.slice(0, longestLog), path: this.spot.path });
  }

  /* What lies inside it ------------------------------------------------------------------------------------------------------------ */

  body(body: Body): readonly Patch[] | Promise<readonly Patch[]> {
    return this.#inner.body(this, body);
  }

  graph(agent: AgentDefinition, input: unknown): Promise<JsonObject> {
    return this.#inner.graph(this, agent, input);
  }

  wasBegun(index: number): boolean {
    return this.core.recorded?.hasScope(innerScope(this.spot.path, this.tried, index)) ?? false;
  }

  /** Its part of the run for a node inside it, which may run although all around it has been cancelled. */
  partFor(isShielded: boolean): Scope {
    if (isShielded) return { ...this.scope, cancellation: new Cancellation() };
    this.#bodies ??= { ...this.scope, cancellation: new Cancellation(this.scope.cancellation) };
    return this.#bodies;
  }

  stopBodies(why: string): void {
    this.partFor(false).cancellation.cancel(failure('Cancelled', why));
  }

  merged(state: JsonObject, patches: readonly Patch[]): JsonObject {
    return this.scope.graph.channels.merge(state, [{ node: this.name, patches }]).state;
  }

  placeOf(key: string): 'messages' | 'list' | 'value' {
    return this.scope.graph.channels.placeOf(key);
  }

  conflictAmong(items: readonly (readonly Patch[])[]): RunFailure | undefined {
    const key = this.scope.graph.channels.givenTwice(items);
    return key === undefined ? undefined : conflict(key, this.name, `${this.name}, for another item,`);
  }
}
