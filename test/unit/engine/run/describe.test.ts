// What a loaded file says of itself.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agent, append, code, defineTool, end, input, merge, start, subgraph } from '#engine/graph/atelier';
import { agentIn, describeAgent, describeTools } from '#engine/run/describe';

const tool = (name: string) =>
  defineTool({
    name,
    description: `Does ${name}.`,
    input: z.object({ at: z.number().describe('where') }),
    output: z.string(),
    effect: 'write',
    timeout: '2s',
    run: () => '',
  });

const inner = agent(
  { state: {}, tools: { deep: tool('deep') } },
  { nodes: { go: code(() => {}) }, edges: [start('go'), end('go')] },
);
const outer = agent(
  {
    version: '2',
    migrate: { '1': (state: object) => state },
    tools: { near: tool('near') },
    state: {
      question: input(z.string().min(3).describe('What to ask')),
      items: input(z.array(z.number()).default([1])),
      notes: append(z.string()),
      by: merge(z.number()),
      when: z.date().optional(),
    },
  },
  {
    nodes: { go: subgraph(inner, { input: () => ({}) }) },
    edges: [start('go'), end('go')],
  },
);

describe('describeAgent', () => {
  const described = describeAgent(outer.definition);

  test('says the form of its input, and its state', () => {
    expect(described.input).toEqual({
      type: 'object',
      properties: {
        question: { type: 'string', minLength: 3, description: 'What to ask' },
        items: { type: 'array', items: { type: 'number' }, default: [1] },
      },
      required: ['question'],
      additionalProperties: false,
    });
    expect(described.state).toMatchObject({
      properties: {
        notes: { type: 'array', items: { type: 'string' } },
        by: { type: 'object', additionalProperties: { type: 'number' } },
        when: {},
      },
    });
  });

  test('says its versions and its tools, those of the agents inside it too', () => {
    expect(described).toMatchObject({ version: '2', migratesFrom: ['1'] });
    expect(described.tools.map(({ name }) => name)).toEqual(['near', 'deep']);
    expect(described.tools[0]).toMatchObject({
      description: 'Does near.',
      effect: 'write',
      idempotent: false,
      timeoutMs: 2000,
      input: { properties: { at: { type: 'number', description: 'where' } } },
      output: { type: 'string' },
    });
  });
});

test('describeTools finds the tools among the exports, each once', () => {
  const one = tool('one');
  expect(describeTools({ one, again: one, helper: () => 1, nothing: undefined }).map(({ name }) => name)).toEqual([
    'one',
  ]);
});

test('agentIn refuses what is no agent', () => {
  expect(agentIn(outer)).toBe(outer.definition);
  for (const wrong of [undefined, null, 5, {}, { definition: 5 }, () => outer]) {
    expect(() => agentIn(wrong)).toThrow('is not an agent');
  }
});
