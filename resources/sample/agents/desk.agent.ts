// Answers a question about an order: the model looks up what it needs by itself, with tools, until it can answer.
import { agent, edge, end, input, messages, start, tool, toolLoop } from 'atelier';
import { z } from 'zod';
import { findOrder } from '../tools/orders.ts';
import { reserve, stock } from '../tools/stock.ts';
import { saveDraft } from '../tools/texts.ts';

export default agent(
  {
    description: 'Answers a question about an order, with tools.',
    state: {
      question: input(z.string().min(1).meta({ title: 'Question', description: 'Name an order, as in W2057' })),
      talk: messages(),
      answer: z.string().default(''),
    },
    tools: { findOrder, stock, reserve, saveDraft },
    budget: { tokens: 50_000, time: '7d' },
  },
  {
    nodes: {
      desk: toolLoop({
        model: 'scripted/desk',
        system: 'You are the service desk of a bookshop. Look an order up before you speak of it; reserve what is asked for.',
        prompt: ({ state }) => state.question,
        tools: ['findOrder', 'stock', 'reserve'],
        maxTurns: 8,
        retry: { max: 2, on: ['ModelError 429'] },
        result: (answer) => ({ answer: answer.text, talk: answer.messages }),
      }),
      keep: tool({ use: 'saveDraft', input: ({ state }) => ({ name: 'desk', text: state.answer }) }),
    },
    edges: [start('desk'), edge('desk', 'keep'), end('keep')],
  },
);
