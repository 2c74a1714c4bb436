// What a step costs in the runner alone: scheduling and JSON, with a sink that drops. `node test/bench/runtime-steps.ts`
import { z } from 'zod';
import { agent, append, code, edge, end, input, otherwise, start, sum, when } from '#engine/graph/atelier';
import { untyped } from '#engine/graph/untyped';
import { RunHost } from '#engine/run/run-host';
import type { AgentDefinition } from '#engine/graph/definition';
import type { FromRunner } from '#engine/run/protocol';

interface Measured {
  readonly ms: number;
  readonly items: number;
  readonly characters: number;
}

/** Runs an agent to its end. */
function run(definition: AgentDefinition, given: Record<string, number>): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let items = 0;
    let characters = 0;
    const host = new RunHost({
      send: (message: FromRunner) => {
        if (message.type === 'refused') reject(new Error(message.error.message));
        if (message.type === 'left') resolve({ ms: performance.now() - began, items, characters });
        if (message.type !== 'batch') return;
        items += message.items.length;
        for (const item of message.items) if ('event' in item) characters += item.event.length;
        host.receive({ type: 'ack', run: 'bench', count: items });
      },
      load: () => Promise.resolve(definition),
    });
    const order = { run: 'bench', agent: 'bench', url: 'file:///bench.mjs', input: given, seed: 1, breakpoints: [] };
    host.receive({ type: 'run', order });
  });
}

function chain(length: number): AgentDefinition {
  const names = Array.from({ length }, (_, index) => `n${index}`);
  const nodes = Object.fromEntries(names.map((name) => [name, code(untyped<() => void>(() => ({ n: 1 })))]));
  const edges = names.slice(1).map((name, index) => edge(`n${index}`, name));
  const graph = { nodes, edges: [start('n0'), ...edges, end(`n${length - 1}`)] };
  return agent({ state: { n: sum() } }, untyped(graph)).definition;
}

function circle(isAsync: boolean): AgentDefinition {
  return agent(
    { state: { rounds: input(z.number()), n: z.number().default(0), log: append(z.string()) } },
    {
      nodes: {
        think: isAsync ? code(async ({ state }) => ({ n: state.n + 1 })) : code(({ state }) => ({ n: state.n + 1 })),
        act: isAsync ? code(async () => ({ log: ['done'] })) : code(() => ({ log: ['done'] })),
      },
      edges: [
        start('think'),
        edge('think', 'act'),
        edge(
          'act',
          'think',
          when(({ state }) => state.n < state.rounds),
        ),
        end('act', otherwise),
      ],
    },
  ).definition;
}

async function measure(name: string, steps: number, make: () => AgentDefinition, given = {}): Promise<void> {
  const definition = make();
  const perStep: number[] = [];
  let last: Measured | undefined;
  for (let round = 0; round < 15; round += 1) {
    last = await run(definition, given);
    perStep.push((last.ms * 1000) / steps);
  }
  const sorted = perStep.toSorted((one, two) => one - two);
  const middle = sorted[7] ?? 0;
  const range = `${sorted[0]?.toFixed(2)}–${sorted[14]?.toFixed(2)}`;
  console.log(
    `${name.padEnd(28)} ${middle.toFixed(2)} µs a step (${range}); ${((last?.characters ?? 0) / steps).toFixed(0)} characters`,
  );
}

await measure('chain of 1,000', 1000, () => chain(1000));
await measure('chain of 10,000', 10_000, () => chain(10_000));
await measure('circle of 2,000, sync', 4000, () => circle(false), { rounds: 2000 });
await measure('circle of 2,000, async', 4000, () => circle(true), { rounds: 2000 });
