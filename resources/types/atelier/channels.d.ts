// Made by build/types.ts: do not change it here.
import { z } from 'zod';
import { type Message } from './turn.js';
import type { ChannelDefinition } from './definition.js';
/** A key of the state that is not simply replaced: `Value` is what nodes read, `Update` what they give. */
export interface Channel<out Value, out Update> {
    readonly definition: ChannelDefinition;
    readonly types?: {
        readonly value: Value;
        readonly update: Update;
    };
}
/** A plain schema is replaced by each update; two nodes of one step may not both give it. */
export interface Shape {
    readonly [key: string]: z.ZodType | Channel<unknown, unknown>;
}
export type StateOf<S extends Shape> = {
    readonly [K in keyof S]: S[K] extends Channel<infer V, unknown> ? V : S[K] extends z.ZodType ? Frozen<z.output<S[K]>> : never;
};
export type UpdateOf<S extends Shape> = {
    readonly [K in keyof S]?: (S[K] extends Channel<unknown, infer U> ? U : S[K] extends z.ZodType ? Frozen<z.input<S[K]>> : never) | undefined;
};
export type InputOf<S extends Shape> = {
    readonly [K in keyof S]?: S[K] extends Channel<infer V, unknown> ? V : unknown;
};
/** State is never changed in place. */
export type Frozen<T> = T extends readonly (infer I)[] ? readonly Frozen<I>[] : T extends object ? {
    readonly [K in keyof T]: Frozen<T[K]>;
} : T;
/** Given when the run starts; a field of the start form. Replaced by updates as a plain schema is. */
export declare function input<T extends z.ZodType>(schema: T): Channel<Frozen<z.output<T>>, Frozen<z.input<T>>>;
/** A list that grows: an update is an array of items to put at its end. Begins empty. */
export declare function append<T extends z.ZodType>(schema: T): Channel<readonly Frozen<z.output<T>>[], readonly Frozen<z.input<T>>[]>;
/** A record that grows: the members of an update take the place of those of the same name. Begins empty. */
export declare function merge<T extends z.ZodType>(schema: T): Channel<Readonly<Record<string, Frozen<z.output<T>>>>, Readonly<Record<string, Frozen<z.input<T>>>>>;
/** A number that updates are added to. Begins at 0. */
export declare function sum(): Channel<number, number>;
/** A conversation: messages are put at its end. Begins empty. */
export declare function messages(): Channel<readonly Message[], readonly Message[]>;
/** Any other way to put an update to a value; `reducer` must be pure and, for updates of one step, may rely on node order. */
export declare function reduce<Value extends z.ZodType, Update extends z.ZodType>(options: {
    readonly value: Value;
    readonly update: Update;
    readonly initial: z.output<Value>;
    readonly reducer: (value: Frozen<z.output<Value>>, update: Frozen<z.output<Update>>) => z.input<Value>;
}): Channel<Frozen<z.output<Value>>, Frozen<z.input<Update>>>;
