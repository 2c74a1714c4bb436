// The rows that the tests of the targets write, and how they write them.
import type { FrozenChoice, Target } from '#contract/dataset';
import type { Json, Message } from '#contract/turn';
import { carry, type Messages } from '#engine/preference/dataset/targets/target';
import { targets } from '#engine/preference/dataset/targets/targets';
import { root, text } from './world.ts';

function choice(verdict: FrozenChoice['verdict'] = 'prefer'): FrozenChoice {
  return { pairId: 'p', prompt: '0', chosen: '1', rejected: '2', verdict, strength: 2, labels: [] };
}

export function write(target: Target, messages: Messages, verdict: FrozenChoice['verdict'] = 'prefer') {
  const { examples, losses } = carry(targets[target], choice(verdict), messages);
  const rows = examples.map((example) => JSON.parse(JSON.stringify(targets[target].encode(example))) as Json);
  return { rows, losses: losses.map(({ what, effect }) => `${effect}: ${what}`) };
}

export const plain: Messages = {
  prompt: [root(), text('user', 'Where is my bag?')],
  chosen: [text('assistant', 'In Rome.')],
  rejected: [text('assistant', 'No idea.')],
};

export const call = (name: string, given: Json): Message => ({
  role: 'assistant',
  content: [],
  toolCalls: [{ name, arguments: given }],
});
export const agentic: Messages = {
  prompt: [
    root('Be kind.', ['find']),
    text('user', 'Where is my bag?'),
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'I look.' }],
      toolCalls: [{ name: 'find', arguments: { id: 'B1' } }],
    },
    { role: 'tool', content: [{ type: 'text', text: '{"at": "FCO"}' }], call: 0, isError: true },
  ],
  chosen: [
    call('find', { id: 'B2' }),
    { role: 'tool', content: [{ type: 'text', text: 'ok' }], call: 1 },
    text('assistant', 'In Rome.'),
  ],
  rejected: [text('assistant', 'No idea.')],
};
export const schema = {
  type: 'function',
  function: {
    name: 'find',
    description: 'Calls find.',
    parameters: { type: 'object', properties: { id: { type: 'string' } } },
  },
};
