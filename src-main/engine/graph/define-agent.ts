// The constructor of agents.
import type { Json } from '#contract/turn';
import type { Shape } from './channels.ts';
import type { AgentDefinition, Budget } from './definition.ts';
import type { Tools } from './define-tool.ts';
import type { Node } from './face.ts';
import type { Edge } from './define-edges.ts';
import { untyped } from './untyped.ts';

export interface Head {
  readonly state: Shape;
  readonly tools?: Tools;
  readonly description?: string;
  readonly version?: string;
  readonly budget?: Budget;
  /** Default 100,000. */
  readonly maxSteps?: number;
}

/**
 * Apart from the rest of the head, which is taken member by member (`Readonly`): so a function whose parameter has no type of its own does
 * not keep the compiler from knowing the state and the tools where the graph is read.
 */
interface Migrating {
  /** Version a sleeping run comes from → its state as this version has it. */
  readonly migrate?: Readonly<Record<string, (state: Readonly<Record<string, Json>>) => unknown>>;
}

/** No name is a tool. */
interface NoTools {
  readonly [name: string]: never;
}

export interface FaceOf<H extends Head> {
  readonly state: H['state'];
  readonly tools: H extends { readonly tools: infer T extends Tools } ? T : NoTools;
  readonly item: undefined;
}

export interface Agent<out S extends Shape> {
  readonly definition: AgentDefinition;
  readonly state?: S;
}

/** An agent: first what it holds, then its graph. The default export of `agents/NAME.agent.ts`. */
export function agent<H extends Head, const N extends Readonly<Record<string, Node<FaceOf<H>>>>>(
  head: Readonly<H> & Migrating,
  graph: { readonly nodes: N; readonly edges: readonly Edge<keyof N & string, FaceOf<H>>[] },
): Agent<H['state']> {
  const { state, tools = {}, migrate = {}, maxSteps = 100_000, ...rest } = head;
  return {
    definition: {
      ...untyped<object>(rest),
      migrate: untyped(migrate),
      maxSteps,
      state: mapped(state, (key) => ('definition' in key ? key.definition : { channel: 'last', schema: key })),
      tools: mapped(tools, (one) => one.definition),
      nodes: mapped(graph.nodes, (one: Node<FaceOf<H>>) => one.definition),
      edges: graph.edges.map((one) => one.definition),
    },
  };
}

function mapped<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
