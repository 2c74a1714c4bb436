// Agent files of the bench, as text: a loop, a chain, a loop that asks a model at every step.

const head = `import { agent, code, edge, end, input, llm, start, when } from 'atelier';
import { z } from 'zod';
`;

/** One node that leads to itself until it has run `steps` times. */
export const loopAgent = `${head}
export default agent(
  { state: { steps: input(z.number()), n: z.number().default(0) } },
  {
    nodes: { step: code(({ state }) => ({ n: state.n + 1 })) },
    edges: [
      start('step'),
      edge('step', 'step', when(({ state }) => state.n < state.steps)),
      end('step', when(({ state }) => state.n >= state.steps)),
    ],
  },
);
`;

/** The same, but each step asks a model, whose answer is the next number: it waits for the disk twice. */
export const effectAgent = `${head}
export default agent(
  { state: { steps: input(z.number()), n: z.number().default(0) } },
  {
    nodes: {
      step: llm({
        model: 'scripted/echo',
        prompt: ({ state }) => String(state.n + 1),
        result: ({ text }) => ({ n: Number(text) }),
      }),
    },
    edges: [
      start('step'),
      edge('step', 'step', when(({ state }) => state.n < state.steps)),
      end('step', when(({ state }) => state.n >= state.steps)),
    ],
  },
);
`;

/** `steps` nodes, one after the other. */
export function chainAgent(steps: number): string {
  const places = Array.from({ length: steps }, (_, step) => step);
  const nodes = places.map((step) => `      n${step}: code(({ state }) => ({ n: state.n + 1 })),`);
  const edges = places.slice(1).map((step) => `      edge('n${step - 1}', 'n${step}'),`);
  return `${head}
export default agent(
  { state: { n: z.number().default(0) } },
  {
    nodes: {
${nodes.join('\n')}
    },
    edges: [
      start('n0'),
${edges.join('\n')}
      end('n${steps - 1}'),
    ],
  },
);
`;
}
