// What each target does with reasoning, names, images and the like.
import { describe, expect, it } from 'vitest';
import type { Target } from '#contract/dataset';
import type { Json, Message } from '#contract/turn';
import type { Messages } from '#engine/preference/dataset/targets/target';
import { targets } from '#engine/preference/dataset/targets/targets';
import { write, plain, call } from './target-rows.ts';
import { root, text } from './world.ts';

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
