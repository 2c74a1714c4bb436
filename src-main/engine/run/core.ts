// What all parts of a run share while it is in the runner.
import type { AgentDefinition, NodeDefinition } from '../graph/definition.ts';
import type { Cancellation } from './cancellation.ts';
import type { Effects } from './effects.ts';
import type { RunFold } from './fold.ts';
import type { Gate } from './gate.ts';
import { graphNode, graphOf, type Graph, type GraphNode } from './graph.ts';
import type { Interrupts } from './interrupts.ts';
import type { Journal } from './journal.ts';
import type { Residence } from './residence.ts';
import type { RunFailure } from './run-failure.ts';
import type { Slots } from './slots.ts';
import type { Spending } from './spending.ts';

export interface RunCore {
  readonly run: string;
  /** Name of the agent. */
  readonly agent: string;
  readonly seed: number;
  readonly journal: Journal;
  readonly effects: Effects;
  readonly interrupts: Interrupts;
  readonly residence: Residence;
  readonly gate: Gate;
  readonly slots: Slots;
  readonly graphs: Graphs;
  readonly cancellation: Cancellation;
  readonly spending: Spending;
  /** Reads of the clock to be given instead, by key. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What the journal knows of the step at hand, when the run was taken up in it; undefined once that is over. */
  recorded: RunFold | undefined;
  /** Ends the run with this, whatever its code makes of it. */
  readonly fail: (failure: RunFailure) => void;
}

/** A graph on its way: the run's own, or one inside a node. */
export interface Scope {
  readonly path: string;
  readonly graph: Graph;
  readonly cancellation: Cancellation;
  readonly spending: Spending;
}

/** Definitions made ready, once each. */
export class Graphs {
  readonly #graphs = new WeakMap<AgentDefinition, Graph>();
  readonly #nodes = new WeakMap<NodeDefinition, GraphNode>();

  of(definition: AgentDefinition): Graph {
    const known = this.#graphs.get(definition);
    if (known !== undefined) return known;
    const graph = graphOf(definition);
    this.#graphs.set(definition, graph);
    return graph;
  }

  /** Of a node inside a node. */
  node(name: string, definition: NodeDefinition): GraphNode {
    const known = this.#nodes.get(definition);
    if (known?.name === name) return known;
    const node = graphNode(name, definition);
    this.#nodes.set(definition, node);
    return node;
  }
}
