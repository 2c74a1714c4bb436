// Constructors of nodes.
import type { z } from 'zod';
import type { Message } from '#contract/turn';
import type { InputOf, Shape, StateOf, UpdateOf } from './channels.ts';
import type { Agent } from './define-agent.ts';
import type { Tool } from './define-tool.ts';
import type { Duration, ModelAnswer, NodeDefinition, NodeOptions } from './definition.ts';
import type { Context, Face, Node } from './face.ts';
import { untyped } from './untyped.ts';

type Patch<F extends Face> = UpdateOf<F['state']>;
type Key<F extends Face> = keyof F['state'] & string;
type Common<F extends Face> = NodeOptions<Context<F>>;
type Read<F extends Face, T> = (context: Context<F>) => T;
/** Where a node's value goes: under `to` (as an update of that key), or what `result` makes of it. Neither: it is dropped. */
interface Put<F extends Face, Value> {
  readonly to?: Key<F>;
  readonly result?: (value: Value, context: Context<F>) => Patch<F>;
}

/** The user's own function. Its patch changes the state; it may be run again from its start after a crash, its effects are not repeated. */
export function code<F extends Face>(
  run: (context: Context<F>) => NoInfer<Patch<F>> | void | Promise<NoInfer<Patch<F>> | void>,
  options: Common<F> = {},
): Node<F> {
  return node({ kind: 'code', run: untyped(run), options: untyped(options) });
}

interface Asking<F extends Face> {
  readonly model: string;
  readonly system?: string | Read<F, string>;
  /** Put after `messages` as what the user says. */
  readonly prompt?: string | Read<F, string>;
  readonly messages?: Read<F, readonly Message[]>;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/** One call of a model. Its value is the answer: `to` takes the text (or the JSON, with `schema`), on a list of messages the new messages. */
export function llm<F extends Face, Schema extends z.ZodType = z.ZodUnknown>(
  options: Asking<F> &
    Put<F, ModelAnswer & { readonly value: z.output<Schema> }> &
    Common<F> & { readonly schema?: Schema },
): Node<F> {
  const { model, system, prompt, messages, temperature, maxTokens, schema, to, result, ...rest } = options;
  const ask = { model, system, prompt, messages, temperature, maxTokens, schema, to, result };
  return node({ kind: 'llm', ...untyped<Asked>(ask), options: untyped(rest) });
}

type TakenBy<T> = T extends Tool<infer Input, unknown> ? Input : never;
type GivenBy<T> = T extends Tool<never, infer Output> ? Output : never;

/** One call of a tool. Its value is what the tool gave. */
export function tool<F extends Face, const Name extends keyof F['tools'] & string>(
  options: Put<F, GivenBy<F['tools'][Name]>> &
    Common<F> & {
      readonly use: Name;
      readonly input: NoInfer<TakenBy<F['tools'][Name]>> | Read<F, NoInfer<TakenBy<F['tools'][Name]>>>;
    },
): Node<F> {
  const { use, input, to, result, ...rest } = options;
  return node({ kind: 'tool', use, input, ...untyped<object>({ to, result }), options: untyped(rest) });
}

/** A model that calls tools until it is done, or `maxTurns` (default 20) are over. Its value is the last answer. */
export function toolLoop<F extends Face>(
  options: Asking<F> &
    Put<F, ModelAnswer> &
    Common<F> & { readonly tools: readonly (keyof F['tools'] & string)[]; readonly maxTurns?: number },
): Node<F> {
  const {
    model,
    system,
    prompt,
    messages,
    temperature,
    maxTokens,
    tools,
    maxTurns = 20,
    to,
    result,
    ...rest
  } = options;
  const ask = { model, system, prompt, messages, temperature, maxTokens, tools, maxTurns, to, result };
  return node({ kind: 'toolLoop', ...untyped<Asked>(ask), options: untyped(rest) });
}

/** Goes one of several ways: label → node, or 'end'. It needs no edges out. */
export function branch<F extends Face, const Ways extends Readonly<Record<string, string>>>(
  on: (context: Context<F>) => keyof Ways,
  ways: Ways,
  options: Common<F> = {},
): Node<F> {
  return node({ kind: 'branch', on: untyped(on), ways, options: untyped(options) });
}

/** Of no key: what there is already. */
type ItemOf<F extends Face, K extends Key<F>> = [K] extends [never]
  ? F['item']
  : StateOf<F['state']>[K] extends readonly (infer I)[]
    ? I
    : never;
interface WithItem<F extends Face, Item> {
  readonly state: F['state'];
  readonly tools: F['tools'];
  readonly item: Item;
}

/** Runs `each` for every item of a list in the state, at most `atOnce` (default 8) at the same time; patches merge in order of the items. */
export function map<F extends Face, const K extends Key<F>>(
  over: K,
  each: Node<WithItem<F, ItemOf<F, K>>>,
  options: Common<F> & { readonly atOnce?: number } = {},
): Node<F> {
  const { atOnce = 8, ...rest } = options;
  return node({ kind: 'map', over, each: each.definition, atOnce, options: untyped(rest) });
}

/** Runs `body` again and again: while a condition holds, or for each item of a list, in order. Each round sees what the last one changed. */
export function loop<F extends Face, const K extends Key<F> = never>(
  options: Common<F> & {
    readonly while?: (context: Context<F>) => boolean;
    readonly over?: K;
    /** Rounds after which it fails. Default 1,000. */
    readonly max?: number;
  },
  body: Node<WithItem<F, ItemOf<F, K>>>,
): Node<F> {
  const { while: condition, over, max = 1000, ...rest } = options;
  const given = untyped<object>({ while: condition, over });
  return node({ kind: 'loop', ...given, max, body: body.definition, options: untyped(rest) });
}

/** An agent as a node, with a state of its own. Its value is that state at its end. */
export function subgraph<F extends Face, S extends Shape>(
  agent: Agent<S>,
  options: Common<F> & {
    readonly input: (context: Context<F>) => InputOf<S>;
    readonly to?: Key<F>;
    readonly result?: (value: StateOf<S>, context: Context<F>) => Patch<F>;
  },
): Node<F> {
  const { input, to, result, ...rest } = options;
  const given = { input: untyped<() => unknown>(input), ...untyped<object>({ to, result }) };
  return node({ kind: 'subgraph', agent: agent.definition, ...given, options: untyped(rest) });
}

/** Asks a person by a form and waits, for days if need be. Its value is what the form says. */
export function human<F extends Face, Form extends z.ZodType>(
  form: Form,
  options: Common<F> & {
    readonly ask: string | Read<F, string>;
    /** What the person should see to decide. */
    readonly details?: Read<F, unknown>;
    readonly to?: Key<F>;
    readonly result?: (value: z.output<Form>, context: Context<F>) => Patch<F>;
  },
): Node<F> {
  const { ask, details, to, result, ...rest } = options;
  const given = untyped<object>({ details, to, result });
  return node({ kind: 'human', ask: untyped(ask), form, ...given, options: untyped(rest) });
}

/** Waits `for` a time or `until` one (epoch ms or ISO 8601); the run sleeps meanwhile. */
export function wait<F extends Face>(
  options: Common<F> & {
    readonly for?: Duration | Read<F, Duration>;
    readonly until?: Read<F, number | string>;
  },
): Node<F> {
  const { for: time, until, ...rest } = options;
  return node({ kind: 'wait', ...untyped<object>({ for: time, until }), options: untyped(rest) });
}

export interface Undoable<in out F extends Face> {
  readonly node: Node<F>;
  readonly undo: Node<F>;
}

/** A part of an attempt with the node that takes it back. */
export function undoable<F extends Face>(node: Node<F>, undo: Node<F>): Undoable<F> {
  return { node, undo };
}

/**
 * Runs its parts in order. Where one fails, those before it are undone in reverse order (a saga), then `catch` runs with the error under
 * `item`, if there is one (else the node fails); `finally` runs in any case.
 */
export function attempt<F extends Face>(
  parts: Readonly<Record<string, Node<F> | Undoable<F>>>,
  options: Common<F> & {
    readonly catch?: Node<WithItem<F, { readonly name: string; readonly message: string }>>;
    readonly finally?: Node<F>;
  } = {},
): Node<F> {
  const { catch: caught, finally: last, ...rest } = options;
  const entries = Object.entries(parts).map(([name, part]) => [
    name,
    'undo' in part ? { node: part.node.definition, undo: part.undo.definition } : { node: part.definition },
  ]);
  const more = untyped<object>({ catch: caught?.definition, finally: last?.definition });
  return node({ kind: 'attempt', parts: untyped(Object.fromEntries(entries)), ...more, options: untyped(rest) });
}

/** The constructors put a question together from optional members; what is not given stays undefined. */
interface Asked {
  readonly model: string;
  readonly tools: readonly string[];
  readonly maxTurns: number;
}

function node<F extends Face>(definition: NodeDefinition): Node<F> {
  return { definition };
}
