// Made by build/types.ts: do not change it here.
import type { z } from 'zod';
import type { Message } from './turn.js';
import type { InputOf, Shape, StateOf, UpdateOf } from './channels.js';
import type { Agent } from './define-agent.js';
import type { Tool } from './define-tool.js';
import type { Duration, ModelAnswer, NodeOptions } from './definition.js';
import type { Context, Face, Node } from './face.js';
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
export declare function code<F extends Face>(run: (context: Context<F>) => NoInfer<Patch<F>> | void | Promise<NoInfer<Patch<F>> | void>, options?: Common<F>): Node<F>;
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
export declare function llm<F extends Face, Schema extends z.ZodType = z.ZodUnknown>(options: Asking<F> & Put<F, ModelAnswer & {
    readonly value: z.output<Schema>;
}> & Common<F> & {
    readonly schema?: Schema;
}): Node<F>;
type TakenBy<T> = T extends Tool<infer Input, unknown> ? Input : never;
type GivenBy<T> = T extends Tool<never, infer Output> ? Output : never;
/** One call of a tool. Its value is what the tool gave. */
export declare function tool<F extends Face, const Name extends keyof F['tools'] & string>(options: Put<F, GivenBy<F['tools'][Name]>> & Common<F> & {
    readonly use: Name;
    readonly input: NoInfer<TakenBy<F['tools'][Name]>> | Read<F, NoInfer<TakenBy<F['tools'][Name]>>>;
}): Node<F>;
/** A model that calls tools until it is done, or `maxTurns` (default 20) are over. Its value is the last answer. */
export declare function toolLoop<F extends Face>(options: Asking<F> & Put<F, ModelAnswer> & Common<F> & {
    readonly tools: readonly (keyof F['tools'] & string)[];
    readonly maxTurns?: number;
}): Node<F>;
/** Goes one of several ways: label → node, or 'end'. It needs no edges out. */
export declare function branch<F extends Face, const Ways extends Readonly<Record<string, string>>>(on: (context: Context<F>) => keyof Ways, ways: Ways, options?: Common<F>): Node<F>;
/** Of no key: what there is already. */
type ItemOf<F extends Face, K extends Key<F>> = [K] extends [never] ? F['item'] : StateOf<F['state']>[K] extends readonly (infer I)[] ? I : never;
interface WithItem<F extends Face, Item> {
    readonly state: F['state'];
    readonly tools: F['tools'];
    readonly item: Item;
}
/** Runs `each` for every item of a list in the state, at most `atOnce` (default 8) at the same time; patches merge in order of the items. */
export declare function map<F extends Face, const K extends Key<F>>(over: K, each: Node<WithItem<F, ItemOf<F, K>>>, options?: Common<F> & {
    readonly atOnce?: number;
}): Node<F>;
/** Runs `body` again and again: while a condition holds, or for each item of a list, in order. Each round sees what the last one changed. */
export declare function loop<F extends Face, const K extends Key<F> = never>(options: Common<F> & {
    readonly while?: (context: Context<F>) => boolean;
    readonly over?: K;
    /** Rounds after which it fails. Default 1,000. */
    readonly max?: number;
}, body: Node<WithItem<F, ItemOf<F, K>>>): Node<F>;
/** An agent as a node, with a state of its own. Its value is that state at its end. */
export declare function subgraph<F extends Face, S extends Shape>(agent: Agent<S>, options: Common<F> & {
    readonly input: (context: Context<F>) => InputOf<S>;
    readonly to?: Key<F>;
    readonly result?: (value: StateOf<S>, context: Context<F>) => Patch<F>;
}): Node<F>;
/** Asks a person by a form and waits, for days if need be. Its value is what the form says. */
export declare function human<F extends Face, Form extends z.ZodType>(form: Form, options: Common<F> & {
    readonly ask: string | Read<F, string>;
    /** What the person should see to decide. */
    readonly details?: Read<F, unknown>;
    readonly to?: Key<F>;
    readonly result?: (value: z.output<Form>, context: Context<F>) => Patch<F>;
}): Node<F>;
/** Waits `for` a time or `until` one (epoch ms or ISO 8601); the run sleeps meanwhile. */
export declare function wait<F extends Face>(options: Common<F> & {
    readonly for?: Duration | Read<F, Duration>;
    readonly until?: Read<F, number | string>;
}): Node<F>;
export interface Undoable<in out F extends Face> {
    readonly node: Node<F>;
    readonly undo: Node<F>;
}
/** A part of an attempt with the node that takes it back. */
export declare function undoable<F extends Face>(node: Node<F>, undo: Node<F>): Undoable<F>;
/**
 * Runs its parts in order. Where one fails, those before it are undone in reverse order (a saga), then `catch` runs with the error under
 * `item`, if there is one (else the node fails); `finally` runs in any case.
 */
export declare function attempt<F extends Face>(parts: Readonly<Record<string, Node<F> | Undoable<F>>>, options?: Common<F> & {
    readonly catch?: Node<WithItem<F, {
        readonly name: string;
        readonly message: string;
    }>>;
    readonly finally?: Node<F>;
}): Node<F>;
export {};
