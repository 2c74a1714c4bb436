// An agent that does a bit of everything, its tools and its model: for tests of crashes, forks and replays.
import { z } from 'zod';
import { append, input } from '#engine/graph/channels';
import { agent } from '#engine/graph/define-agent';
import { edge, end, otherwise, start, when } from '#engine/graph/define-edges';
import { code, llm, map, subgraph } from '#engine/graph/define-nodes';
import { defineTool } from '#engine/graph/define-tool';
import type { ModelProvider } from '#engine/models/model';
import { Shelf } from './in-process-runners.ts';

export const busyFile = 'agents/busy.agent.ts';
export const toolsFile = 'tools/desk.ts';

/** What the tools have done to the world. */
export interface World {
  /** Lines that `note`, which must not be done twice, has written. */
  readonly notes: string[];
  lookups: number;
  asked: number;
  /** Called before each tool answers. */
  onTool: () => Promise<void>;
}

const inner = agent(
  { state: { word: input(z.string()), upper: z.string().default('') } },
  {
    nodes: { raise: code(({ state }) => ({ upper: state.word.toUpperCase() })) },
    edges: [start('raise'), end('raise')],
  },
);

/** `rounds`: how often it goes round. A definition that is told `flaw` adds it to its own text: a changed file. */
export function busy(world: World, flaw = ''): Shelf {
  const here = Reflect.set.bind(undefined, globalThis, Symbol.for('atelier.file'));
  here(toolsFile);
  const lookup = defineTool({
    name: 'lookup',
    description: 'Looks a word up.',
    effect: 'read',
    input: z.object({ word: z.string() }),
    async run({ word }) {
      world.lookups += 1;
      await world.onTool();
      return `${word}!`;
    },
  });
  const note = defineTool({
    name: 'note',
    description: 'Writes a line.',
    effect: 'write',
    input: z.object({ line: z.string() }),
    async run({ line }) {
      await world.onTool();
      world.notes.push(line);
      return world.notes.length;
    },
  });
  here(busyFile);
  const definition = agent(
    {
      state: {
        rounds: input(z.number().int().default(3)),
        round: z.number().default(0),
        words: z.array(z.string()).default([]),
        found: append(z.string()),
        log: append(z.string()),
        said: z.string().default(''),
        upper: z.string().default(''),
      },
      tools: { lookup, note },
      version: '1',
    },
    {
      nodes: {
        plan: code(({ state, random, id, now }) => ({
          words: [`w${Math.floor(random() * 1000)}`, id().slice(0, 4), `r${state.round}${flaw}`],
          log: [`at ${now() > 0 ? 'some' : 'no'} time`],
        })),
        find: map(
          'words',
          code(async ({ item, tools, index }) => ({
            found: [`${index}:${String(await tools.lookup({ word: item }))}`],
          })),
          { atOnce: 2 },
        ),
        raise: subgraph(inner, {
          input: ({ state }) => ({ word: state.words[0] ?? '' }),
          result: ({ upper }) => ({ upper }),
        }),
        ask: llm({ model: 'test/m', prompt: ({ state }) => `Say ${state.upper} ${state.round}`, to: 'said' }),
        write: code(async ({ state, tools }) => {
          const count = await tools.note({ line: `${state.round} ${state.said}` });
          return { round: state.round + 1, log: [`noted ${String(count)}`] };
        }),
      },
      edges: [
        start('plan'),
        edge('plan', ['find', 'raise']),
        edge(['find', 'raise'], 'ask'),
        edge('ask', 'write'),
        edge(
          'write',
          'plan',
          when(({ state }) => state.round < state.rounds),
        ),
        end('write', otherwise),
      ],
    },
  );
  const shelf = new Shelf();
  shelf.putTools(toolsFile, { lookup, note });
  shelf.putAgent(busyFile, definition, `the busy agent ${flaw}`, [toolsFile]);
  return shelf;
}

export function newWorld(): World {
  return { notes: [], lookups: 0, asked: 0, onTool: () => Promise.resolve() };
}

/** Says back what it was asked, and counts how often. */
export function parrot(world: World): ModelProvider {
  return {
    name: 'test',
    call({ messages, onText }) {
      world.asked += 1;
      const last = messages.at(-1)?.content.find((part) => part.type === 'text');
      const text = `You said: ${last?.type === 'text' ? last.text : 'nothing'}`;
      onText('text', text);
      const message = { role: 'assistant' as const, content: [{ type: 'text' as const, text }] };
      return Promise.resolve({ message, stop: 'end', model: 'parrot', usage: { inputTokens: 5, outputTokens: 7 } });
    },
  };
}
