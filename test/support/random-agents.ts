// Random agents for property tests: graphs with branches, joins and circles, every kind of node that holds others, failures, delays.
import fc from 'fast-check';
import { z } from 'zod';
import { append, defineTool, input, merge, reduce, sum } from '#engine/graph/atelier';
import type {
  AgentDefinition,
  ChannelDefinition,
  EdgeDefinition,
  NodeContext,
  NodeDefinition,
} from '#engine/graph/definition';
import { canonicalJson, sha256 } from '#engine/turns/canonical';

/** What a node of code does: how many tools it calls, one after the other or at once, and how often it fails before it succeeds. */
interface Work {
  readonly calls: number;
  readonly isAtOnce: boolean;
  readonly fails: number;
  readonly waits: boolean;
}

type Plan =
  | { readonly kind: 'code'; readonly work: Work }
  | { readonly kind: 'map' | 'loop'; readonly inside: Plan; readonly atOnce: number }
  | { readonly kind: 'subgraph'; readonly inside: GraphPlan }
  | { readonly kind: 'attempt'; readonly parts: readonly Work[]; readonly failsAt: number; readonly catches: boolean }
  | { readonly kind: 'llm' | 'human' };

export interface GraphPlan {
  readonly nodes: readonly Plan[];
  /** By node, where it leads to: places further on, as shares of what is left. */
  readonly ways: readonly (readonly number[])[];
  /** Places that run together at the start. */
  readonly starts: number;
  /** A join of the nodes at the start into the last one. */
  readonly joins: boolean;
  /** Rounds through the whole graph. */
  readonly rounds: number;
}

/** How long things take, which no result may depend on. */
export interface Pace {
  seed: number;
}

const touch = defineTool({
  name: 'touch',
  description: '',
  input: z.unknown(),
  effect: 'read',
  run: () => null,
}).definition;

const work: fc.Arbitrary<Work> = fc.record({
  calls: fc.nat(2),
  isAtOnce: fc.boolean(),
  fails: fc.nat(1),
  waits: fc.boolean(),
});

const { graph } = fc.letrec<{ plan: Plan; graph: GraphPlan }>((tie) => ({
  plan: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('code' as const), work }),
    fc.record({ kind: fc.constantFrom('llm' as const, 'human' as const) }),
    fc.record({
      kind: fc.constantFrom('map' as const, 'loop' as const),
      inside: tie('plan'),
      atOnce: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant('subgraph' as const), inside: tie('graph') }),
    fc.record({
      kind: fc.constant('attempt' as const),
      parts: fc.array(work, { minLength: 1, maxLength: 3 }),
      failsAt: fc.nat(3),
      catches: fc.constant(true),
    }),
  ),
  graph: fc.record({
    nodes: fc.array(tie('plan'), { minLength: 1, maxLength: 4, depthIdentifier: 'graph' }),
    ways: fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    starts: fc.integer({ min: 1, max: 3 }),
    joins: fc.boolean(),
    rounds: fc.integer({ min: 1, max: 2 }),
  }),
}));

export const graphPlan: fc.Arbitrary<GraphPlan> = graph;

/** The agent of a plan. What its nodes do follows from their state, their effects and the run's seed alone. */
export function agentOf(plan: GraphPlan, pace: Pace): { readonly definition: AgentDefinition } {
  const count = plan.nodes.length;
  const name = (place: number): string => `n${place}`;
  const nodes = Object.fromEntries(plan.nodes.map((node, place) => [name(place), nodeOf(node, name(place), pace)]));
  const last = count - 1;
  nodes.last = codeOf({ calls: 0, isAtOnce: false, fails: 0, waits: false }, 'last', pace);
  const starts = Array.from({ length: Math.min(plan.starts, count) }, (_, place) => name(place));
  const edges: EdgeDefinition[] = [{ kind: 'start', to: starts }];
  const joined = plan.joins && starts.length > 1 ? starts : [];
  for (let place = joined.length; place <= last; place += 1) {
    const targets = (plan.ways[place] ?? []).map((way) => (place + 1 + way > last ? 'last' : name(place + 1 + way)));
    for (const [index, to] of [...new Set(targets)].entries()) {
      const condition =
        index === 0
          ? ({ kind: 'otherwise' } as const)
          : ({
              kind: 'when',
              test: ({ state }: { readonly state: object }) => digest(state) % 2 === index % 2,
            } as const);
      edges.push({ kind: 'edge', from: [name(place)], to: [to], condition });
    }
  }
  if (joined.length > 0) {
    const to = joined.length > last ? 'last' : name(joined.length);
    edges.push({ kind: 'edge', from: joined, to: [to], condition: { kind: 'always' } });
  }
  edges.push(
    {
      kind: 'edge',
      from: ['last'],
      to: starts,
      condition: { kind: 'when', test: ({ state }) => Number(state.rounds) < plan.rounds },
    },
    { kind: 'end', from: 'last', condition: { kind: 'otherwise' } },
  );
  return { definition: { migrate: {}, maxSteps: 200, state: channels(), tools: { touch }, nodes, edges } };
}

function channels(): Record<string, ChannelDefinition> {
  return {
    items: input(z.array(z.number()).default([1, 2, 3])).definition,
    log: append(z.string()).definition,
    rounds: sum().definition,
    n: sum().definition,
    by: merge(z.string()).definition,
    text: reduce({
      value: z.string(),
      update: z.string(),
      initial: '',
      reducer: (before, update) => `${before}|${update}`,
    }).definition,
  };
}

function nodeOf(plan: Plan, name: string, pace: Pace): NodeDefinition {
  const options = {};
  switch (plan.kind) {
    case 'code':
      return codeOf(plan.work, name, pace);
    case 'llm':
      return { kind: 'llm', model: 'test', prompt: ({ state }) => `${name} ${digest(state)}`, to: 'log', options };
    case 'human': {
      const result = (value: unknown) => ({ by: { [name]: String(value) } });
      return { kind: 'human', ask: name, form: z.string(), result, options };
    }
    case 'map':
      return { kind: 'map', over: 'items', each: nodeOf(plan.inside, `${name}e`, pace), atOnce: plan.atOnce, options };
    case 'loop': {
      const body = nodeOf(plan.inside, `${name}b`, pace);
      return { kind: 'loop', while: ({ index, state }) => index < 1 + (digest(state) % 2), max: 5, body, options };
    }
    case 'subgraph': {
      const result = (value: unknown) => ({ log: [`${name}=${digest(value)}`], n: 1 });
      return {
        kind: 'subgraph',
        agent: agentOf(plan.inside, pace).definition,
        input: () => ({ items: [4, 5] }),
        result,
        options,
      };
    }
    case 'attempt': {
      const parts = plan.parts.map((part, place) => {
        const fails = place === plan.failsAt;
        const node = fails ? failing(part, `${name}p${place}`, pace) : codeOf(part, `${name}p${place}`, pace);
        return [`p${place}`, { node, undo: codeOf(part, `${name}u${place}`, pace) }] as const;
      });
      const caught = codeOf({ calls: 1, isAtOnce: false, fails: 0, waits: false }, `${name}c`, pace);
      const last = codeOf({ calls: 0, isAtOnce: false, fails: 0, waits: true }, `${name}f`, pace);
      return { kind: 'attempt', parts: Object.fromEntries(parts), catch: caught, finally: last, options };
    }
  }
}

function failing(work: Work, name: string, pace: Pace): NodeDefinition {
  return {
    kind: 'code',
    run: async (context) => {
      await worked(work, name, context, pace);
      throw new Error(`${name} fails`);
    },
    options: {},
  };
}

function codeOf(work: Work, name: string, pace: Pace): NodeDefinition {
  const run = (context: NodeContext): unknown => {
    if (work.calls === 0 && !work.waits) return given(name, context, []);
    return worked(work, name, context, pace);
  };
  return { kind: 'code', run, options: work.fails > 0 ? { retry: { max: work.fails, first: 1, factor: 1 } } : {} };
}

async function worked(
  { calls, isAtOnce, fails, waits }: Work,
  name: string,
  context: NodeContext,
  pace: Pace,
): Promise<unknown> {
  const call = async (n: number): Promise<unknown> =>
    context.tools.touch?.({ name, n, seen: digest(context.state), drawn: context.random() } as never);
  const results: unknown[] = [];
  if (isAtOnce) results.push(...(await Promise.all(Array.from({ length: calls }, (_, n) => call(n)))));
  else for (let n = 0; n < calls; n += 1) results.push(await call(n));
  if (waits) await delay(pace, name);
  context.now();
  if (context.try <= fails) throw new Error(`${name}, try ${context.try}`);
  return given(name, context, results);
}

/** Says all that it saw, so that whatever differs anywhere differs in the end. */
function given(name: string, { state, item, index, random }: NodeContext, results: readonly unknown[]): unknown {
  const seen = sha256(canonicalJson({ state, item: item ?? null, index, results })).slice(0, 8);
  return {
    log: [`${name}:${seen}`],
    by: { [`${name}.${index}`]: random().toFixed(3) },
    text: name,
    n: index + 1,
    ...(name === 'last' ? { rounds: 1 } : {}),
  };
}

export function digest(value: unknown): number {
  return Number.parseInt(sha256(canonicalJson(value as object)).slice(0, 6), 16);
}

/** A moment whose length comes from the pace. */
export async function delay(pace: Pace, what: string): Promise<void> {
  const drawn = digest({ pace: (pace.seed += 1), what }) % 5;
  if (drawn === 0) return;
  if (drawn < 3) await new Promise((resolve) => void setImmediate(resolve));
  else await new Promise((resolve) => void setTimeout(resolve, drawn - 2));
}
