// Talks with a person until they have no more to say.
import { agent, edge, end, human, input, llm, messages, otherwise, start, when } from 'atelier';
import { z } from 'zod';

const Next = z.object({
  message: z.string().default('').meta({ title: 'Your message', description: 'Leave it empty to end' }),
});

export default agent(
  {
    description: 'Talks with a person until they have no more to say.',
    state: {
      message: input(z.string().meta({ title: 'Message' })),
      talk: messages(),
    },
  },
  {
    nodes: {
      answer: llm({
        model: 'scripted/NAME',
        system: 'You answer briefly and kindly.',
        messages: ({ state }) => state.talk,
        prompt: ({ state }) => state.message,
        to: 'talk',
        timeout: '60s',
        retry: { max: 2 },
      }),
      listen: human(Next, {
        ask: 'What do you say to that?',
        result: ({ message }) => ({ message }),
      }),
    },
    edges: [
      start('answer'),
      edge('answer', 'listen'),
      edge('listen', 'answer', when(({ state }) => state.message !== '')),
      end('listen', otherwise),
    ],
  },
);
