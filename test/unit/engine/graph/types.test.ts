// The types of agent files: what reads well compiles, each kind of mistake is an error where it stands.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agent,
  append,
  attempt,
  branch,
  code,
  defineTool,
  edge,
  end,
  human,
  input,
  llm,
  loop,
  map,
  otherwise,
  start,
  subgraph,
  tool,
  undoable,
  weighted,
  when,
} from '#engine/graph/atelier';

const search = defineTool({
  name: 'search',
  description: 'Finds notes.',
  input: z.object({ query: z.string() }),
  output: z.array(z.string()),
  effect: 'read',
  run: ({ query }) => [query],
});

const inner = agent(
  { state: { word: input(z.string()), count: z.number().optional() } },
  {
    nodes: { measure: code(({ state }) => ({ count: state.word.length })) },
    edges: [start('measure'), end('measure')],
  },
);

const state = {
  question: input(z.string()),
  notes: append(z.string()),
  answer: z.string().optional(),
  score: z.number().default(0),
};

describe('an agent file', () => {
  test('reads well and keeps what it says', () => {
    const made = agent(
      {
        state,
        tools: { search },
        version: '2',
        // A function whose parameter has no type of its own does not hold up what the nodes are given.
        migrate: { '1': (old) => ({ ...old, notes: [] }) },
      },
      {
        nodes: {
          research: llm({ model: 'scripted/any', prompt: ({ state }) => state.question, to: 'answer' }),
          check: code(async ({ state, tools, signal }) => {
            const found = await tools.search({ query: state.question });
            return { notes: found, answer: `${state.question}${signal.aborted}` };
          }),
          look: tool({ use: 'search', input: ({ state }) => ({ query: state.question }), to: 'notes' }),
          first: tool({
            use: 'search',
            input: { query: 'x' },
            result: (found, { state }) => ({ answer: `${state.question}${found[0] ?? ''}` }),
          }),
          shaped: llm({
            model: 'scripted/any',
            schema: z.object({ sure: z.number() }),
            result: ({ value, text }) => ({ score: value.sure, answer: text }),
          }),
          each: map(
            'notes',
            code(({ item }) => ({ answer: item.toUpperCase() })),
            { atOnce: 2 },
          ),
          found: map(
            'notes',
            tool({ use: 'search', input: ({ item }) => ({ query: item }), result: (found) => ({ notes: found }) }),
          ),
          inTurn: loop(
            { over: 'notes' },
            code(({ item, state }) => ({ answer: item.toUpperCase() + state.question })),
          ),
          again: loop(
            { while: ({ state }) => state.score < 3 },
            code(({ state }) => ({ score: state.score + 1 })),
          ),
          measure: subgraph(inner, {
            input: ({ state }) => ({ word: state.question }),
            result: (value) => ({ score: value.count ?? 0 }),
          }),
          approve: human(z.object({ ok: z.boolean() }), {
            ask: 'Send it?',
            result: ({ ok }) => ({ score: ok ? 1 : 0 }),
          }),
          book: attempt(
            {
              reserve: undoable(
                code(() => ({ score: 1 })),
                code(() => ({ score: 0 })),
              ),
              pay: code(() => undefined),
            },
            { catch: code(({ item }) => ({ answer: item.message })) },
          ),
          way: branch(({ state }) => (state.answer === undefined ? 'no' : 'yes'), { yes: 'end', no: 'research' }),
        },
        edges: [
          start('research', 'look'),
          edge(['research', 'look'], 'check'),
          edge(
            'check',
            ['each', 'again'],
            when(({ state }) => state.answer === undefined),
          ),
          edge('check', 'approve', otherwise),
          edge('approve', weighted({ measure: 3, book: 1 })),
          edge('each', ['way', 'first', 'shaped', 'found', 'inTurn']),
          end('measure'),
          end('book'),
          end(
            'again',
            when(({ state }) => state.score > 2),
          ),
        ],
      },
    );
    expect(Object.keys(made.definition.nodes)).toHaveLength(13);
    expect(made.definition.state['notes']?.channel).toBe('append');
    expect(made.definition.edges[0]).toEqual({ kind: 'start', to: ['research', 'look'] });
  });

  test('is refused by the compiler for each kind of mistake', () => {
    agent(
      { state, tools: { search } },
      {
        nodes: {
          // @ts-expect-error there is no such key
          key: llm({ model: 'scripted/any', prompt: 'x', to: 'anser' }),
          // @ts-expect-error a number is no answer
          value: code(() => ({ answer: 3 })),
          // @ts-expect-error no such key in the patch
          patch: code(() => ({ answr: 'x' })),
          // @ts-expect-error no such tool
          use: tool({ use: 'serch', input: {} }),
          // @ts-expect-error the query of the tool is a string
          given: tool({ use: 'search', input: { query: 3 } }),
          // @ts-expect-error the query of the tool is a string
          made: tool({ use: 'search', input: ({ state }) => ({ query: state.score }) }),
          // @ts-expect-error what the tool gives is a list
          got: tool({ use: 'search', input: { query: 'x' }, result: (found) => ({ answer: found.text }) }),
          inTurn: loop(
            { over: 'notes' },
            // @ts-expect-error items of notes are strings
            code(({ item }) => ({ score: item.size })),
          ),
          // @ts-expect-error the query is a string
          call: code(async ({ tools }) => ({ notes: await tools.search({ query: 3 }) })),
          // @ts-expect-error no such way
          way: branch(({ state }) => (state.score > 1 ? 'yes' : 'maybe'), { yes: 'key', no: 'value' }),
          each: map(
            'notes',
            // @ts-expect-error items of notes are strings
            code(({ item }) => ({ score: item.size })),
          ),
          // @ts-expect-error a word is a string
          inner: subgraph(inner, { input: () => ({ word: 3 }) }),
        },
        edges: [
          start('key'),
          // @ts-expect-error no such node
          edge('key', 'vlue'),
          edge(
            'key',
            'value',
            // @ts-expect-error no such key of the state
            when(({ state }) => state.anser === 'x'),
          ),
          // @ts-expect-error no such node
          end('nowhere'),
        ],
      },
    );
    expect.assertions(0);
  });
});
