// Made by build/types.ts: do not change it here.
import type { StateOf } from './channels.js';
import type { EdgeDefinition } from './definition.js';
import type { Face, When } from './face.js';
export interface Edge<out Names extends string, in F extends Face> {
    readonly definition: EdgeDefinition;
    readonly names?: Names;
    readonly face?: (face: F) => void;
}
export interface Weighted<out Names extends string> {
    readonly ways: Readonly<Record<string, number>>;
    readonly names?: Names;
}
/** Holds where the test does, on the state after the step. */
export declare function when<F extends Face>(test: (context: {
    readonly state: StateOf<F['state']>;
}) => boolean): When<F>;
/** Holds where no other edge out of the same node did. */
export declare const otherwise: When<Face>;
/** One of several nodes, drawn by the run's seed in proportion to the weights. */
export declare function weighted<const Ways extends Readonly<Record<string, number>>>(ways: Ways): Weighted<keyof Ways & string>;
/** Where the run begins: at one node or several at once. */
export declare function start<const N extends string>(...to: readonly N[]): Edge<N, Face>;
/**
 * From a node to the next, or to several at once. From several: when all of them have run. With `when(…)`: where it holds, `otherwise`:
 * where nothing else did. Several edges out of a node that hold are all taken.
 */
export declare function edge<const From extends string, const To extends string, F extends Face>(from: From | readonly From[], to: To | readonly To[] | Weighted<To>, condition?: When<F>): Edge<From | To, F>;
/** Where the run may end: after this node, always or where the condition holds. */
export declare function end<const N extends string, F extends Face>(from: N, condition?: When<F>): Edge<N, F>;
