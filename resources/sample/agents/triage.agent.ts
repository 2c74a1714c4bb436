// Reads a customer's mail and answers it; pays money back, but only when a person says so.
import { agent, branch, edge, end, human, input, llm, otherwise, start, tool, when } from 'atelier';
import { z } from 'zod';
import { findOrder, Order } from '../tools/orders.ts';
import { Refund, refund } from '../tools/refunds.ts';
import { saveDraft } from '../tools/texts.ts';

const Triage = z.object({
  kind: z.enum(['refund', 'question', 'thanks']),
  order: z.string().nullable(),
  gist: z.string(),
});
const Decision = z.object({
  approve: z.boolean().meta({ title: 'Pay it back' }),
  note: z.string().optional().meta({ title: 'A word to the customer' }),
});

export default agent(
  {
    description: 'Answers a customer’s mail. A refund waits for a person.',
    state: {
      mail: input(z.string().min(1).meta({ title: 'Mail', description: 'What the customer wrote' })),
      triage: Triage.optional(),
      order: Order.nullable().default(null),
      decision: Decision.optional(),
      refund: Refund.optional(),
      reply: z.string().default(''),
    },
    tools: { findOrder, refund, saveDraft },
    budget: { tokens: 20_000, time: '7d' },
  },
  {
    nodes: {
      sort: llm({
        model: 'scripted/triage',
        system: 'You sort the mail of a bookshop. Say what it is about, which order it names, and the gist of it.',
        prompt: ({ state }) => state.mail,
        schema: Triage,
        to: 'triage',
        timeout: '30s',
        retry: { max: 3, on: ['ModelError 429', 'ModelError 500', 'Timeout'] },
      }),
      way: branch(({ state }) => state.triage?.kind ?? 'question', {
        refund: 'look',
        question: 'look',
        thanks: 'answer',
      }),
      look: tool({
        use: 'findOrder',
        input: ({ state }) => ({ id: state.triage?.order ?? '' }),
        to: 'order',
        retry: { max: 2 },
      }),
      approve: human(Decision, {
        ask: ({ state }) => `Pay ${state.order?.total.toFixed(2)} back to ${state.order?.customer}?`,
        details: ({ state }) => ({ mail: state.mail, order: state.order }),
        to: 'decision',
      }),
      pay: tool({
        use: 'refund',
        // It gets here with an order only; without one the tool refuses an amount of 0.
        input: ({ state }) => ({ order: state.order?.id ?? '', amount: state.order?.total ?? 0 }),
        to: 'refund',
      }),
      answer: llm({
        model: 'scripted/triage',
        system: 'You answer the mail of a bookshop, kindly and in two sentences, from these facts.',
        prompt: ({ state: { mail, triage, order, decision, refund } }) =>
          JSON.stringify({ mail, triage, order, decision, refund }),
        to: 'reply',
        timeout: '30s',
        retry: { max: 3, on: ['ModelError 429', 'ModelError 500', 'Timeout'] },
      }),
      keep: tool({
        use: 'saveDraft',
        input: ({ state }) => ({ name: `reply-${state.order?.id ?? 'mail'}`, text: state.reply }),
      }),
    },
    edges: [
      start('sort'),
      edge('sort', 'way'),
      edge(
        'look',
        'approve',
        when(({ state }) => state.triage?.kind === 'refund' && state.order?.status === 'delivered'),
      ),
      edge('look', 'answer', otherwise),
      edge(
        'approve',
        'pay',
        when(({ state }) => state.decision?.approve === true),
      ),
      edge('approve', 'answer', otherwise),
      edge('pay', 'answer'),
      edge('answer', 'keep'),
      end('keep'),
    ],
  },
);
