// Made by build/types.ts: do not change it here.
import type { z } from 'zod';
import type { Duration, ToolContext, ToolDefinition } from './definition.js';
export interface Tool<in Input, out Output> {
    readonly definition: ToolDefinition;
    readonly call?: (input: Input) => Output;
}
export interface Tools {
    readonly [name: string]: Tool<never, unknown>;
}
export type Calls<T extends Tools> = {
    readonly [K in keyof T]: T[K] extends Tool<infer I, infer O> ? (input: I) => Promise<O> : never;
};
/**
 * A function that agents may call, in a file of `tools/`. It runs in a process of its own, through the policy of the workspace.
 * `effect`: whether it changes anything outside. `idempotent`: whether a write may be repeated where a crash left it unknown if it happened.
 */
export declare function defineTool<Input extends z.ZodType, Output extends z.ZodType = z.ZodUnknown>(options: {
    readonly name: string;
    readonly description: string;
    readonly input: Input;
    readonly output?: Output;
    readonly effect: 'read' | 'write';
    readonly idempotent?: boolean;
    readonly timeout?: Duration;
    readonly run: (input: z.output<Input>, context: ToolContext) => z.input<NoInfer<Output>> | Promise<z.input<NoInfer<Output>>>;
}): Tool<z.input<Input>, z.output<Output>>;
