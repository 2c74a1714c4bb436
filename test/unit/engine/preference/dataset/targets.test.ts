// What each target writes for one row that has everything, and what it says it loses.
import { describe, expect, it } from 'vitest';
import type { Target } from '#contract/dataset';
import type { Json } from '#contract/turn';
import { write, plain, agentic, schema } from './target-rows.ts';
import { text } from './world.ts';

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
