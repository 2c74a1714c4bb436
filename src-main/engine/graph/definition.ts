// An agent as the runtime sees it: plain data with functions in it, its types forgotten. Made by define.ts, run by engine/run.
import type { z } from 'zod';
import type { Json, JsonObject, Message } from '#contract/turn';

/** Milliseconds, or a number with a unit: '250ms', '2s', '5m', '1h', '3d'. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

export interface Retry {
  /** Tries after the first. */
  readonly max: number;
  /** Wait before the n-th retry: first × factor^(n-1), at most `limit`. Default 200 ms, 2, 30 s. */
  readonly first?: Duration;
  readonly factor?: number;
  readonly limit?: Duration;
  /** Share of the wait that is drawn by the run's seed, 0 to 1. Default 0.2. */
  readonly jitter?: number;
  /** Error names that are tried again; where absent all but Budget, Cancelled and a ModelError that stays one (400 to 499 but 408, 409, 425, 429). */
  readonly on?: readonly string[];
}

export interface Budget {
  /** Input and output tokens together. */
  readonly tokens?: number;
  readonly costUsd?: number;
  readonly time?: Duration;
}

/** What every node may declare. */
export interface NodeOptions<Context> {
  readonly title?: string;
  readonly retry?: Retry;
  /** Of one try. */
  readonly timeout?: Duration;
  /** Results are kept by agent, node and key. */
  readonly cache?: { readonly key: (context: Context) => unknown; readonly ttl: Duration };
  /** Executions of this node at the same time, over all runs of the runner. */
  readonly concurrency?: number;
  readonly budget?: Budget;
}

/** What the functions of a node are given. The typed face of it is `Context` in define.ts. */
export interface NodeContext {
  readonly state: JsonObject;
  readonly tools: Readonly<Record<string, (input: never) => Promise<unknown>>>;
  /** Asks a model; the call is journaled. */
  readonly model: (request: ModelAsk) => Promise<ModelAnswer>;
  readonly signal: AbortSignal;
  /** Of the run's seed and this execution: [0, 1). */
  readonly random: () => number;
  /** Epoch ms; journaled, so that a replay sees the same. */
  readonly now: () => number;
  /** 32 hex digits, of the run's seed and this execution. */
  readonly id: () => string;
  readonly log: (text: string, level?: 'debug' | 'info' | 'warn' | 'error') => void;
  /** 1 for the first. */
  readonly try: number;
  /** Of a map or a for-each loop: the item and its place; of a while loop the round. */
  readonly item: unknown;
  readonly index: number;
}

export interface ModelAsk {
  readonly model: string;
  /** System prompt of the context; tools are named by the agent's own names. */
  readonly system?: string;
  readonly prompt?: string;
  readonly messages?: readonly Message[];
  readonly tools?: readonly string[];
  /** The answer must be JSON of this shape. */
  readonly schema?: z.ZodType;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

export interface ModelAnswer {
  readonly message: Message & { readonly role: 'assistant' };
  /** Its text parts, joined. */
  readonly text: string;
  /** The parsed JSON where a schema was given. */
  readonly value: unknown;
  /** All that was read and this answer, without the context. */
  readonly messages: readonly Message[];
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd?: number };
}

type Read<T> = (context: NodeContext) => T;
/** What becomes of a node's value: put under a key, or made a patch of. Neither: it is dropped. */
interface Put {
  readonly to?: string;
  readonly result?: (value: never, context: NodeContext) => unknown;
}
type Ask = {
  readonly model: string;
  readonly system?: string | Read<string>;
  readonly prompt?: string | Read<string>;
  readonly messages?: Read<readonly Message[]>;
  readonly temperature?: number;
  readonly maxTokens?: number;
};

export interface AttemptPart {
  readonly node: NodeDefinition;
  /** Run where a later part fails, in reverse order of the parts that were done. */
  readonly undo?: NodeDefinition;
}

interface Kinds {
  readonly code: { readonly run: (context: NodeContext) => unknown };
  readonly llm: Ask & Put & { readonly schema?: z.ZodType };
  readonly tool: Put & { readonly use: string; readonly input: unknown };
  readonly toolLoop: Ask & Put & { readonly tools: readonly string[]; readonly maxTurns: number };
  readonly branch: { readonly on: (context: NodeContext) => string; readonly ways: Readonly<Record<string, string>> };
  readonly map: Put & { readonly over: string; readonly each: NodeDefinition; readonly atOnce: number };
  readonly loop: {
    readonly while?: (context: NodeContext) => boolean;
    readonly over?: string;
    readonly max: number;
    readonly body: NodeDefinition;
  };
  readonly subgraph: Put & { readonly agent: AgentDefinition; readonly input: (context: NodeContext) => unknown };
  readonly human: Put & {
    readonly ask: string | Read<string>;
    readonly form: z.ZodType;
    readonly details?: (context: NodeContext) => unknown;
  };
  readonly wait: { readonly for?: Duration | Read<Duration>; readonly until?: Read<number | string> };
  readonly attempt: {
    readonly parts: Readonly<Record<string, AttemptPart>>;
    readonly catch?: NodeDefinition;
    readonly finally?: NodeDefinition;
  };
}

export type NodeOf<Kind extends keyof Kinds> = { readonly kind: Kind } & Kinds[Kind] & {
    readonly options: NodeOptions<NodeContext>;
  };
export type NodeDefinition = { readonly [Kind in keyof Kinds]: NodeOf<Kind> }[keyof Kinds];

export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'when'; readonly test: (context: { readonly state: JsonObject }) => boolean }
  /** Taken where no other edge out of the same node was. */
  | { readonly kind: 'otherwise' };

export type EdgeDefinition =
  | { readonly kind: 'start'; readonly to: readonly string[] }
  /** Several `from`: `to` runs when all of them have run since it ran last. */
  | {
      readonly kind: 'edge';
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly condition: Condition;
    }
  /** One of `ways` is drawn by the run's seed. */
  | { readonly kind: 'weighted'; readonly from: string; readonly ways: Readonly<Record<string, number>> }
  | { readonly kind: 'end'; readonly from: string; readonly condition: Condition };

export interface ChannelDefinition {
  readonly channel: 'last' | 'input' | 'append' | 'merge' | 'sum' | 'reduce';
  /** Of an item (append), of a member (merge), of an update (reduce), else of the value. */
  readonly schema: z.ZodType;
  /** Of a `reduce` channel: schema of the value, where `schema` is of the update. */
  readonly value?: z.ZodType;
  readonly reduce?: (before: never, update: never) => unknown;
  readonly initial?: unknown;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
  readonly output?: z.ZodType;
  readonly effect: 'read' | 'write';
  /** A write that may be done again without harm. */
  readonly idempotent: boolean;
  readonly timeout?: Duration;
  /** Relative to the workspace; where the tool is defined. */
  readonly file: string;
  readonly run: (input: never, context: ToolContext) => unknown;
}

export interface ToolContext {
  readonly signal: AbortSignal;
  /** The effect's key and run: stable over repeats, so that a service can tell a repeat by it. */
  readonly key: string;
  /** The workspace. */
  readonly folder: string;
}

export interface AgentDefinition {
  readonly description?: string;
  /** Declared by the author; a sleeping run goes on under a changed file only where `migrate` names its version. */
  readonly version?: string;
  /** Version it comes from → its state as this version has it. */
  readonly migrate: Readonly<Record<string, (state: Json) => unknown>>;
  readonly budget?: Budget;
  /** Supersteps of a scope after which a run is taken for endless. */
  readonly maxSteps: number;
  readonly state: Readonly<Record<string, ChannelDefinition>>;
  readonly tools: Readonly<Record<string, ToolDefinition>>;
  readonly nodes: Readonly<Record<string, NodeDefinition>>;
  readonly edges: readonly EdgeDefinition[];
}
