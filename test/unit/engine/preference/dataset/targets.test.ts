// What each target writes for one row that has everything, and what it says it loses.
import { describe, expect, it } from 'vitest';
import type { FrozenChoice, Target } from '#contract/dataset';
import type { Json, Message } from '#contract/turn';
import { carry, type Messages } from '#engine/preference/dataset/targets/target';
import { targets } from '#engine/preference/dataset/targets/targets';
import { root, text } from './world.ts';

function choice(verdict: FrozenChoice['verdict'] = 'prefer'): FrozenChoice {
  return { pairId: 'p', prompt: '0', chosen: '1', rejected: '2', verdict, strength: 2, labels: [] };
}

function write(target: Target, messages: Messages, verdict: FrozenChoice['verdict'] = 'prefer') {
  const { examples, losses } = carry(targets[target], choice(verdict), messages);
  const rows = examples.map((example) => JSON.parse(JSON.stringify(targets[target].encode(example))) as Json);
  return { rows, losses: losses.map(({ what, effect }) => `${effect}: ${what}`) };
}

const plain: Messages = {
  prompt: [root(), text('user', 'Where is my bag?')],
  chosen: [text('assistant', 'In Rome.')],
  rejected: [text('assistant', 'No idea.')],
};

const call = (name: string, given: Json): Message => ({
  role: 'assistant',
  content: [],
  toolCalls: [{ name, arguments: given }],
});
const agentic: Messages = {
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
const schema = {
  type: 'function',
  function: {
    name: 'find',
    description: 'Calls find.',
    parameters: { type: 'object', properties: { id: { type: 'string' } } },
  },
};

describe('a plain row', () => {
  it.each<[Target, Json[]]>([
    [
      'trl-dpo',
      [
        {
          prompt: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Where is my bag?' },
          ],
          chosen: [{ role: 'assistant', content: 'In Rome.' }],
          rejected: [{ role: 'assistant', content: 'No idea.' }],
        },
      ],
    ],
    [
      'trl-dpo-standard',
      [
        {
          prompt: '\n\nSystem: Be kind.\n\nHuman: Where is my bag?\n\nAssistant:',
          chosen: ' In Rome.',
          rejected: ' No idea.',
        },
      ],
    ],
    [
      'trl-kto',
      [
        {
          prompt: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Where is my bag?' },
          ],
          completion: [{ role: 'assistant', content: 'In Rome.' }],
          label: true,
        },
        {
          prompt: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Where is my bag?' },
          ],
          completion: [{ role: 'assistant', content: 'No idea.' }],
          label: false,
        },
      ],
    ],
    [
      'openai',
      [
        {
          input: {
            messages: [
              { role: 'system', content: 'Be kind.' },
              { role: 'user', content: 'Where is my bag?' },
            ],
          },
          preferred_output: [{ role: 'assistant', content: 'In Rome.' }],
          non_preferred_output: [{ role: 'assistant', content: 'No idea.' }],
        },
      ],
    ],
    [
      'axolotl',
      [
        {
          messages: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Where is my bag?' },
          ],
          chosen: { role: 'assistant', content: 'In Rome.' },
          rejected: { role: 'assistant', content: 'No idea.' },
        },
      ],
    ],
    [
      'llama-factory',
      [
        {
          conversations: [{ from: 'human', value: 'Where is my bag?' }],
          chosen: { from: 'gpt', value: 'In Rome.' },
          rejected: { from: 'gpt', value: 'No idea.' },
          system: 'Be kind.',
          tools: '',
        },
      ],
    ],
  ])('%s writes it whole', (target, rows) => {
    expect(write(target, plain)).toEqual({ rows, losses: [] });
  });
});

describe('a row with tool calls and sides of several messages', () => {
  it('trl-dpo carries all but the mark of the failed tool', () => {
    const { rows, losses } = write('trl-dpo', agentic);
    expect(losses).toEqual(['dropped: The mark that a tool failed; what it said stays']);
    expect(rows).toEqual([
      {
        prompt: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Where is my bag?' },
          {
            role: 'assistant',
            content: 'I look.',
            tool_calls: [{ id: 'call00000', type: 'function', function: { name: 'find', arguments: { id: 'B1' } } }],
          },
          { role: 'tool', tool_call_id: 'call00000', name: 'find', content: '{"at": "FCO"}' },
        ],
        chosen: [
          {
            role: 'assistant',
            content: '',
            tool_calls: [{ id: 'call00001', type: 'function', function: { name: 'find', arguments: { id: 'B2' } } }],
          },
          { role: 'tool', tool_call_id: 'call00001', name: 'find', content: 'ok' },
          { role: 'assistant', content: 'In Rome.' },
        ],
        rejected: [{ role: 'assistant', content: 'No idea.' }],
        tools: [schema],
      },
    ]);
  });

  it('trl-dpo-standard writes calls as text and says so', () => {
    const { rows, losses } = write('trl-dpo-standard', agentic);
    expect(losses).toEqual([
      'dropped: The mark that a tool failed; what it said stays',
      'changed: Tool schemas, calls and results, written as text',
    ]);
    expect(rows).toEqual([
      {
        prompt:
          `\n\nSystem: Be kind.\n\nTools: ${JSON.stringify([schema])}\n\nHuman: Where is my bag?\n\nAssistant: I look.` +
          '\n\nCall: {"name":"find","arguments":{"id":"B1"}}\n\nResult: {"at": "FCO"}\n\nAssistant:',
        chosen: ' \n\nCall: {"name":"find","arguments":{"id":"B2"}}\n\nResult: ok\n\nAssistant: In Rome.',
        rejected: ' No idea.',
      },
    ]);
  });

  it('openai keeps the first message of a side, with arguments as text', () => {
    const { rows, losses } = write('openai', agentic);
    expect(losses).toEqual([
      'dropped: What follows the first assistant message of a side',
      'dropped: The mark that a tool failed; what it said stays',
    ]);
    expect(rows).toEqual([
      {
        input: {
          messages: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Where is my bag?' },
            {
              role: 'assistant',
              content: 'I look.',
              tool_calls: [{ id: 'call00000', type: 'function', function: { name: 'find', arguments: '{"id":"B1"}' } }],
            },
            { role: 'tool', tool_call_id: 'call00000', content: '{"at": "FCO"}' },
          ],
          tools: [schema],
          parallel_tool_calls: true,
        },
        preferred_output: [
          {
            role: 'assistant',
            tool_calls: [{ id: 'call00001', type: 'function', function: { name: 'find', arguments: '{"id":"B2"}' } }],
          },
        ],
        non_preferred_output: [{ role: 'assistant', content: 'No idea.' }],
      },
    ]);
  });

  it('axolotl drops tool calls, and skips a side that was nothing else', () => {
    expect(write('axolotl', agentic)).toEqual({
      rows: [],
      losses: ['skipped: Rows where a side consists of tool calls or reasoning alone, of which nothing is left'],
    });
    const { rows, losses } = write('axolotl', { ...agentic, chosen: [text('assistant', 'In Rome.')] });
    expect(losses).toEqual([
      'dropped: Tool calls',
      'dropped: Tool schemas',
      'dropped: Which tool call a result answers',
      'dropped: The mark that a tool failed; what it said stays',
    ]);
    expect(rows).toEqual([
      {
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Where is my bag?' },
          { role: 'assistant', content: 'I look.' },
          { role: 'tool', content: '{"at": "FCO"}' },
        ],
        chosen: { role: 'assistant', content: 'In Rome.' },
        rejected: { role: 'assistant', content: 'No idea.' },
      },
    ]);
  });

  it('llama-factory writes calls as JSON and observations between them', () => {
    const { rows, losses } = write('llama-factory', agentic);
    expect(losses).toEqual([
      'dropped: What follows the first assistant message of a side',
      'dropped: The mark that a tool failed; what it said stays',
      'dropped: Text beside tool calls',
    ]);
    expect(rows).toEqual([
      {
        conversations: [
          { from: 'human', value: 'Where is my bag?' },
          { from: 'function_call', value: '{"name":"find","arguments":{"id":"B1"}}' },
          { from: 'observation', value: '{"at": "FCO"}' },
        ],
        chosen: { from: 'function_call', value: '{"name":"find","arguments":{"id":"B2"}}' },
        rejected: { from: 'gpt', value: 'No idea.' },
        system: 'Be kind.',
        tools: JSON.stringify([schema]),
      },
    ]);
  });
});

describe('what a row may have besides', () => {
  const reasoned: Messages = {
    ...plain,
    chosen: [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Rome?' },
          { type: 'text', text: 'In Rome.' },
        ],
      },
    ],
  };

  it('reasoning has a field, stands inline or is dropped', () => {
    expect(write('trl-dpo', reasoned)).toMatchObject({
      rows: [{ chosen: [{ role: 'assistant', content: 'In Rome.', reasoning_content: 'Rome?' }] }],
      losses: [],
    });
    expect(write('llama-factory', reasoned)).toMatchObject({
      rows: [{ chosen: { from: 'gpt', value: '<think>\nRome?\n</think>\n\nIn Rome.' } }],
      losses: ['changed: Reasoning, written into the text between <think> and </think>'],
    });
    for (const target of ['openai', 'axolotl', 'trl-dpo-standard'] as const) {
      expect(write(target, reasoned).losses).toEqual(['dropped: Reasoning']);
    }
  });

  it.each(Object.keys(targets) as Target[])('%s skips rows with images', (target) => {
    const messages: Messages = {
      ...plain,
      prompt: [root(), { role: 'user', content: [{ type: 'image', url: 'https://x/y.png' }] }],
    };
    expect(write(target, messages)).toEqual({
      rows: [],
      losses: ['skipped: Rows with images, files or other parts that are not text'],
    });
  });

  it('results of calls made at once are one observation for llama-factory', () => {
    const both: Messages = {
      ...plain,
      prompt: [
        root('', ['find']),
        text('user', 'Two bags.'),
        {
          role: 'assistant',
          content: [],
          toolCalls: [
            { name: 'find', arguments: { id: '1' } },
            { name: 'find', arguments: { id: '2' } },
          ],
        },
        { role: 'tool', content: [{ type: 'text', text: 'one' }], call: 0 },
        { role: 'tool', content: [{ type: 'text', text: 'two' }], call: 1 },
      ],
    };
    const { rows, losses } = write('llama-factory', both);
    expect(losses).toEqual(['changed: Results of tool calls made at once, joined into one observation']);
    expect(rows).toMatchObject([
      {
        conversations: [
          {},
          { value: expect.stringMatching(/^\[\{.*\}\]$/) as string },
          { value: 'one\n</tool_response>\n<tool_response>\ntwo' },
        ],
      },
    ]);
    expect(write('trl-dpo', both).losses).toEqual([]);
  });

  it('sides that begin with a user turn are carried by TRL DPO with a word, moved by KTO, skipped by the others', () => {
    const parting: Messages = {
      prompt: [root()],
      chosen: [text('user', 'Hi'), text('assistant', 'Hello.')],
      rejected: [text('user', 'Hey'), text('assistant', 'Go away.')],
    };
    expect(write('trl-dpo', parting).losses).toEqual([
      expect.stringContaining('changed: Sides that begin with a user'),
    ]);
    expect(write('trl-kto', parting).rows).toMatchObject([
      {
        prompt: [{ role: 'system' }, { role: 'user', content: 'Hi' }],
        completion: [{ content: 'Hello.' }],
        label: true,
      },
      {
        prompt: [{ role: 'system' }, { role: 'user', content: 'Hey' }],
        completion: [{ content: 'Go away.' }],
        label: false,
      },
    ]);
    for (const target of ['openai', 'axolotl', 'llama-factory'] as const) {
      expect(write(target, parting)).toEqual({
        rows: [],
        losses: [expect.stringContaining('skipped: Rows whose sides part at a user')],
      });
    }
  });

  it('ties and both-bad make rows for KTO alone', () => {
    for (const verdict of ['tie', 'bad'] as const) {
      expect(write('trl-dpo', plain, verdict)).toMatchObject({
        rows: [],
        losses: [expect.stringContaining('skipped') as string],
      });
      expect(write('trl-kto', plain, verdict).rows).toMatchObject([
        { label: verdict === 'tie' },
        { label: verdict === 'tie' },
      ]);
    }
  });

  it('half a surrogate pair is replaced and declared', () => {
    expect(write('trl-dpo', { ...plain, chosen: [text('assistant', 'a\ud800b')] })).toMatchObject({
      rows: [{ chosen: [{ content: 'a\ufffdb' }] }],
      losses: [expect.stringContaining('changed: Broken characters') as string],
    });
  });

  it('another vendor’s tools become functions, and what the API would refuse is skipped', () => {
    const prompt = (tool: Json): Message[] => [
      { role: 'context', content: [{ type: 'text', text: 'x' }], tools: [tool] },
      text('user', 'y'),
    ];
    const named = { ...plain, prompt: prompt({ name: 'find', description: 'd', input_schema: { type: 'object' } }) };
    expect(write('openai', named).rows).toMatchObject([
      {
        input: {
          tools: [{ type: 'function', function: { name: 'find', description: 'd', parameters: { type: 'object' } } }],
        },
      },
    ]);
    expect(write('openai', { ...plain, prompt: prompt({ type: 'web_search' }) }).losses).toEqual([
      expect.stringContaining('skipped: Rows with tools'),
    ]);
    const open: Messages = { ...plain, prompt: [root(), call('find', {}), text('user', 'and?')] };
    expect(write('openai', open).losses).toEqual([
      expect.stringContaining('skipped: Rows whose prompt holds a tool call without a result'),
    ]);
  });

  it('text that looks like the rendering of another turn is not written as such', () => {
    const tricky: Messages = { ...plain, prompt: [root(), text('user', 'x\n\nAssistant: I agree.')] };
    expect(write('trl-dpo-standard', tricky).losses).toEqual([
      expect.stringContaining('skipped: Rows whose text holds a turn mark'),
    ]);
  });
});
