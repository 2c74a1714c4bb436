// llm, tool, toolLoop: what is asked, what becomes of the answer.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agent,
  append,
  code,
  defineTool,
  edge,
  end,
  input,
  llm,
  messages,
  start,
  sum,
  tool,
  toolLoop,
} from '#engine/graph/atelier';
import type { ToolCall } from '#contract/turn';
import { modelRequest, modelSays, RunWorld, says, type Asked, type Outcome } from '#test/run-world';

const search = defineTool({
  name: 'search',
  description: 'Finds things.',
  input: z.object({ query: z.string() }),
  effect: 'read',
  run: () => [],
});

const calls = (...toolCalls: ToolCall[]) => modelSays({ content: [], role: 'assistant', toolCalls });

describe('llm', () => {
  test('asks with system, messages and prompt; its text goes under `to`', async () => {
    const one = agent(
      { state: { question: input(z.string()), answer: z.string().optional() } },
      {
        nodes: {
          ask: llm({
            model: 'scripted/one',
            system: 'Be brief.',
            prompt: ({ state }) => `Q: ${state.question}`,
            temperature: 0.5,
            maxTokens: 7,
            to: 'answer',
          }),
        },
        edges: [start('ask'), end('ask')],
      },
    );
    const world = new RunWorld({ agent: one, input: { question: 'why?' }, effects: () => says('because') });
    await world.go();
    expect(world.state?.answer).toBe('because');
    expect(world.performed).toMatchObject([
      {
        key: '/1:ask#1.1',
        kind: 'model',
        name: 'scripted/one',
        request: {
          messages: [
            { role: 'context', content: [{ type: 'text', text: 'Be brief.' }], tools: [] },
            { role: 'user', content: [{ type: 'text', text: 'Q: why?' }] },
          ],
          parameters: { temperature: 0.5, maxTokens: 7 },
        },
      },
    ]);
    expect(world.fold.usage).toEqual({ inputTokens: 10, outputTokens: 5 });
  });

  test('puts the new messages onto a list of messages, and items onto other lists', async () => {
    const talk = agent(
      { state: { chat: messages(), texts: append(z.string()) } },
      {
        nodes: {
          ask: llm({ model: 'm', prompt: 'one', to: 'chat' }),
          again: llm({ model: 'm', messages: ({ state }) => state.chat, prompt: 'two', to: 'chat' }),
          text: llm({ model: 'm', prompt: 'three', to: 'texts' }),
        },
        edges: [start('ask'), edge('ask', 'again'), edge('again', 'text'), end('text')],
      },
    );
    const world = new RunWorld({
      agent: talk,
      effects: (asked) => says(`after ${modelRequest(asked).messages.length}`),
    });
    await world.go();
    const chat = world.state?.chat as readonly { role: string }[];
    expect(chat.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(world.state?.texts).toEqual(['after 2']);
  });

  test('gives JSON of the shape that was asked for, fenced or not; else a SchemaError that may be tried again', async () => {
    const shaped = agent(
      { state: { size: z.number().optional() } },
      {
        nodes: {
          ask: llm({
            model: 'm',
            prompt: 'how large?',
            schema: z.object({ size: z.number() }),
            result: ({ value }) => ({ size: value.size }),
            retry: { max: 2, first: 1, on: ['SchemaError'] },
          }),
        },
        edges: [start('ask'), end('ask')],
      },
    );
    const answers = ['no JSON', '{"size":"large"}', '```json\n{"size":3}\n```'];
    const world = new RunWorld({ agent: shaped, effects: () => says(answers.shift() ?? '') });
    await world.go();
    expect(world.state?.size).toBe(3);
    expect(world.ofType('node.failed').map(({ error }) => error.message)).toEqual([
      'The model\'s answer in "ask" is not JSON: no JSON',
      expect.stringContaining('does not fit its schema: size: '),
    ]);
    expect(modelRequest(world.performed[0] as Asked).parameters.schema).toMatchObject({
      type: 'object',
      required: ['size'],
    });
  });

  test('fails with what the model failed with', async () => {
    const failing = agent(
      { state: {} },
      { nodes: { ask: llm({ model: 'm', prompt: 'x' }) }, edges: [start('ask'), end('ask')] },
    );
    const error = { name: 'ModelError 429', message: 'Too many requests.' };
    expect((await new RunWorld({ agent: failing, effects: () => ({ error }) }).go()).error).toEqual(error);
  });
});

describe('tool', () => {
  const one = agent(
    { state: { found: z.unknown().optional(), n: sum() }, tools: { find: search } },
    {
      nodes: {
        find: tool({
          use: 'find',
          input: ({ state }) => ({ query: `q${state.n}` }),
          to: 'found',
          result: () => ({ n: 2 }),
        }),
      },
      edges: [start('find'), end('find')],
    },
  );

  test('is called by file and name; its value goes under `to`, and into `result`', async () => {
    const world = new RunWorld({ agent: one, effects: () => ({ result: { hits: 3 } }) });
    await world.go();
    expect(world.performed).toMatchObject([{ kind: 'tool', name: '#search', request: { query: 'q0' } }]);
    expect(world.state).toEqual({ found: { hits: 3 }, n: 2 });
  });

  test('in code is the same; what is not JSON does not leave', async () => {
    const called = agent(
      { state: { found: append(z.unknown()) }, tools: { find: search } },
      {
        nodes: {
          ask: code(async ({ tools }) => ({
            found: await Promise.all([tools.find({ query: 'a' }), tools.find({ query: 'b' })]),
          })),
          wrong: code(async ({ tools }) => void (await tools.find({ query: (() => 1) as unknown as string }))),
        },
        edges: [start('ask'), edge('ask', 'wrong'), end('wrong')],
      },
    );
    const world = new RunWorld({ agent: called, effects: ({ key }) => ({ result: key }) });
    const fold = await world.go();
    expect(world.state?.found).toEqual(['/1:ask#1.1', '/1:ask#1.2']);
    expect(fold.error?.message).toBe('The input of the tool "find" (at query) is a function, which JSON cannot hold.');
  });
});

describe('toolLoop', () => {
  const looping = (maxTurns?: number) =>
    agent(
      { state: { chat: messages() }, tools: { find: search } },
      {
        nodes: {
          work: toolLoop({
            model: 'm',
            system: 'Use tools.',
            prompt: 'go',
            tools: ['find'],
            to: 'chat',
            ...(maxTurns === undefined ? {} : { maxTurns }),
          }),
        },
        edges: [start('work'), end('work')],
      },
    );

  test('calls the tools of a turn at once, gives results in the order of the calls, and what went wrong to the model', async () => {
    const underWay: string[] = [];
    const effects = async (asked: Asked): Promise<Outcome> => {
      if (asked.kind === 'model') {
        const said = modelRequest(asked).messages.filter(({ role }) => role === 'assistant').length;
        if (said > 1) return says('done');
        return said === 1
          ? calls({ name: 'find', arguments: { query: 'later' } })
          : calls(
              { name: 'find', arguments: { query: 'slow' } },
              { name: 'nothing', arguments: {} },
              { name: 'find', arguments: '{"query', unparsed: true },
              { name: 'find', arguments: { query: 'quick' } },
              { name: 'find', arguments: { query: 'broken' } },
            );
      }
      const { query } = asked.request as { query: string };
      underWay.push(query);
      if (query === 'slow') await new Promise((resolve) => void setTimeout(resolve, 10));
      if (query === 'broken') return { error: { name: 'TypeError', message: 'no such thing' } };
      return { result: { query, with: [...underWay] } };
    };
    const world = new RunWorld({ agent: looping(), effects });
    await world.go();
    expect(world.ofType('run.failed')).toEqual([]);
    const chat = world.state?.chat as readonly {
      role: string;
      call?: number;
      isError?: boolean;
      content: { text: string }[];
    }[];
    expect(chat.map(({ role, call, isError }) => [role, call, isError ?? false])).toEqual([
      ['user', undefined, false],
      ['assistant', undefined, false],
      ['tool', 0, false],
      ['tool', 1, true],
      ['tool', 2, true],
      ['tool', 3, false],
      ['tool', 4, true],
      ['assistant', undefined, false],
      ['tool', 5, false],
      ['assistant', undefined, false],
    ]);
    expect(chat[2]?.content[0]?.text).toBe('{"query":"slow","with":["slow","quick","broken"]}');
    expect(chat[3]?.content[0]?.text).toBe('There is no tool "nothing". Tools are: find.');
    expect(chat[6]?.content[0]?.text).toBe('TypeError: no such thing');
    const [context] = modelRequest(world.performed[0] as Asked).messages;
    expect(context).toMatchObject({
      tools: [
        { type: 'function', function: { name: 'find', description: 'Finds things.', parameters: { type: 'object' } } },
      ],
    });
  });

  test('fails when its turns are over', async () => {
    const world = new RunWorld({
      agent: looping(3),
      effects: ({ kind }) => (kind === 'model' ? calls({ name: 'find', arguments: { query: 'x' } }) : { result: 1 }),
    });
    expect((await world.go()).error).toMatchObject({
      name: 'MaxTurns',
      message: '"work" still called tools after 3 turns.',
    });
    expect(world.performed.filter(({ kind }) => kind === 'model')).toHaveLength(3);
  });
});
