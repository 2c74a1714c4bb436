// Says hello.
import { agent, code, end, input, start } from 'atelier';
import { z } from 'zod';

export default agent(
  {
    description: 'Says hello.',
    state: {
      name: input(z.string().min(1).meta({ title: 'Name' })),
      greeting: z.string().default(''),
    },
  },
  {
    nodes: {
      greet: code(({ state }) => ({ greeting: `Hello, ${state.name}!` })),
    },
    edges: [start('greet'), end('greet')],
  },
);
