// Writes about each topic at the same time, then one page from all of it.
import { agent, append, edge, end, input, llm, map, start } from 'atelier';
import { z } from 'zod';

const Part = z.object({ topic: z.string(), text: z.string() });

export default agent(
  {
    description: 'Writes about each topic at the same time, then one page from all of it.',
    state: {
      topics: input(z.array(z.string()).min(1).meta({ title: 'Topics' })),
      parts: append(Part),
      page: z.string().default(''),
    },
    budget: { tokens: 100_000 },
  },
  {
    nodes: {
      write: map(
        'topics',
        llm({
          model: 'scripted/NAME',
          system: 'You write one sentence about a topic.',
          prompt: ({ item }) => item,
          result: (answer, { item }) => ({ parts: [{ topic: item, text: answer.text }] }),
          timeout: '60s',
          retry: { max: 2 },
        }),
        { atOnce: 4 },
      ),
      join: llm({
        model: 'scripted/NAME',
        system: 'You make one page of several texts.',
        prompt: ({ state }) => state.parts.map(({ topic, text }) => `## ${topic}\n${text}`).join('\n\n'),
        to: 'page',
        timeout: '60s',
        retry: { max: 2 },
      }),
    },
    edges: [start('write'), edge('write', 'join'), end('join')],
  },
);
