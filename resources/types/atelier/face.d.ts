// Made by build/types.ts: do not change it here.
import type { StateOf, Shape } from './channels.js';
import type { Condition, ModelAnswer, ModelAsk, NodeDefinition } from './definition.js';
import type { Calls, Tools } from './define-tool.js';
/** What the nodes of an agent have before them: its state, its tools, and in a body the item at hand. */
export interface Face {
    readonly state: Shape;
    readonly tools: Tools;
    readonly item: unknown;
}
export interface Context<F extends Face> {
    readonly state: StateOf<F['state']>;
    readonly tools: Calls<F['tools']>;
    /** Asks a model; journaled. */
    readonly model: (ask: ModelAsk) => Promise<ModelAnswer>;
    /** Aborts when the run is cancelled or the node's time is up. */
    readonly signal: AbortSignal;
    /** [0, 1), from the run's seed. */
    readonly random: () => number;
    /** Epoch ms, the same in a replay. */
    readonly now: () => number;
    /** 32 hex digits, from the run's seed. */
    readonly id: () => string;
    readonly log: (text: string, level?: 'debug' | 'info' | 'warn' | 'error') => void;
    /** 1 for the first. */
    readonly try: number;
    /** In the body of a map or a for-each loop. */
    readonly item: F['item'];
    /** Place of the item, or round of a loop, from 0. */
    readonly index: number;
}
export interface Node<in out F extends Face> {
    readonly definition: NodeDefinition;
    readonly face?: (face: F) => F;
}
export interface When<in F extends Face> {
    readonly condition: Condition;
    readonly face?: (face: F) => void;
}
