// Answers a question; looks up what it needs by itself.
import { agent, end, input, messages, start, toolLoop } from 'atelier';
import { z } from 'zod';
import { findPlace } from '../tools/places.ts';

export default agent(
  {
    description: 'Answers a question; looks up what it needs by itself.',
    state: {
      question: input(z.string().min(1).meta({ title: 'Question' })),
      talk: messages(),
      answer: z.string().default(''),
    },
    tools: { findPlace },
    budget: { tokens: 50_000, time: '10m' },
  },
  {
    nodes: {
      answer: toolLoop({
        model: 'scripted/NAME',
        system: 'You answer questions about places. Look a place up before you speak of it.',
        prompt: ({ state }) => state.question,
        tools: ['findPlace'],
        maxTurns: 6,
        result: (answer) => ({ answer: answer.text, talk: answer.messages }),
      }),
    },
    edges: [start('answer'), end('answer')],
  },
);
