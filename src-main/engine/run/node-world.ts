// What a node has before it while it runs, and what it comes to: the seam between the kinds of nodes and the run.
import type { Json, JsonObject } from '#contract/turn';
import type { AgentDefinition, ModelAnswer, ModelAsk, NodeContext, NodeDefinition } from '../graph/definition.ts';
import type { RunFailure } from './run-failure.ts';

/** Updates of the state by key, as its schemas have them: plain frozen JSON. */
export type Patch = JsonObject;

/** What a node comes to. */
export interface Outcome {
  /** As the user's code gave it; the schemas have not seen it. */
  readonly given?: unknown;
  /** Of nodes inside, which the schemas have seen. */
  readonly patches?: readonly Patch[];
  /** Which way a branch goes. */
  readonly branch?: string;
}

/** A node inside a node: item of a map, round of a loop, part of an attempt. */
export interface Body {
  readonly definition: NodeDefinition;
  /** "each", "body", "try.reserve" … */
  readonly name: string;
  readonly state: JsonObject;
  readonly item: unknown;
  /** Of an item or round, from 0; they are scopes of their own. */
  readonly index?: number;
  /** Its place in an attempt, from 1. */
  readonly step?: number;
  /** Runs also where everything around it has been cancelled: what takes back or cleans up. */
  readonly isShielded?: boolean;
}

export interface Question {
  readonly kind: 'human' | 'wait';
  readonly title: string;
  readonly details?: Json;
  readonly form?: JsonObject;
  /** Epoch ms: of a wait, or when the person's time is up. */
  readonly until?: number;
}

/** Everything that a kind of node may use. A try of an execution of a node has one of its own. */
export interface NodeWorld {
  readonly name: string;
  /** Title, or the name. */
  readonly title: string;
  readonly state: JsonObject;
  readonly item: unknown;
  readonly index: number;
  /** For the user's functions. */
  readonly context: NodeContext;
  /** When its timeout ends this try (epoch ms). */
  readonly deadline: number | undefined;
  /** Why it is over, where something around it has ended it. */
  readonly cancelled: RunFailure | undefined;

  /** The same context with another state, item or place, for conditions of a loop. */
  contextOf(state: JsonObject, item: unknown, index: number): NodeContext;
  /** Asks a model; journaled. */
  ask(request: ModelAsk): Promise<ModelAnswer>;
  /** Calls a tool by the agent's name for it; journaled. */
  callTool(name: string, input: unknown): Promise<Json>;
  /** Asks a person or waits; the run may sleep meanwhile. A `wait` is over at its time at the latest. */
  question(question: Question): Promise<Json>;
  /** A time below a second, which the run does not sleep over. */
  pause(until: number): Promise<void>;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;

  /** Runs a node inside this one. */
  body(body: Body): readonly Patch[] | Promise<readonly Patch[]>;
  /** Ends what runs inside this one and is not shielded. */
  stopBodies(why: string): void;
  /** Whether the journal knows of work in there, so that it must be gone into again whatever happened meanwhile. */
  wasBegun(index: number): boolean;
  /** Runs an agent as a graph inside this node; gives its last state. */
  graph(agent: AgentDefinition, input: unknown): Promise<JsonObject>;

  /** The state with patches merged in. */
  merged(state: JsonObject, patches: readonly Patch[]): JsonObject;
  /** How updates of a key are put: appended messages, appended items, or as they are. */
  placeOf(key: string): 'messages' | 'list' | 'value';
  /** A failure where two of the lists of patches give a key that is simply replaced. */
  conflictAmong(items: readonly (readonly Patch[])[]): RunFailure | undefined;
}

/** Whether it is awaited. May throw, where `then` is a getter that does. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
