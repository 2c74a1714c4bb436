// Reads every note of a folder at the same time, and puts what they say into one page.
import { agent, append, code, edge, end, input, llm, map, start, tool } from 'atelier';
import { z } from 'zod';
import { listTexts, readText, saveDraft } from '../tools/texts.ts';

const Note = z.object({ file: z.string(), text: z.string() });
const Gist = z.object({ mood: z.enum(['glad', 'mixed', 'cross']), gist: z.string() });

export default agent(
  {
    description: 'One page about all the notes of a folder.',
    state: {
      folder: input(z.string().default('feedback').meta({ title: 'Folder', description: 'A folder of .md or .txt files' })),
      files: z.array(z.string()).default([]),
      notes: append(Note),
      gists: append(Gist.extend({ file: z.string() })),
      digest: z.string().default(''),
    },
    tools: { listTexts, readText, saveDraft },
    budget: { tokens: 50_000, time: '10m' },
  },
  {
    nodes: {
      list: tool({ use: 'listTexts', input: ({ state }) => ({ folder: state.folder }), to: 'files' }),
      read: map(
        'files',
        code(async ({ item, tools }) => ({ notes: [{ file: item, text: await tools.readText({ file: item }) }] })),
        { atOnce: 8, retry: { max: 2 } },
      ),
      sum: map(
        'notes',
        llm({
          model: 'scripted/digest',
          system: 'You read one note from a customer: its mood, and its gist in one sentence.',
          prompt: ({ item }) => item.text,
          schema: Gist,
          result: (answer, { item }) => ({ gists: [{ ...Gist.parse(answer.value), file: item.file }] }),
          timeout: '30s',
          retry: { max: 3, on: ['ModelError 429', 'Timeout'] },
        }),
        { atOnce: 3 },
      ),
      merge: llm({
        model: 'scripted/digest',
        system: 'You write one page from the gists of many notes.',
        prompt: ({ state }) => state.gists.map(({ file, mood, gist }) => `- ${gist} (${mood}, ${file})`).join('\n') || 'No notes.',
        to: 'digest',
        timeout: '60s',
        retry: { max: 3, on: ['ModelError 429', 'Timeout'] },
      }),
      keep: tool({ use: 'saveDraft', input: ({ state }) => ({ name: 'digest', text: state.digest }) }),
    },
    edges: [
      start('list'),
      edge('list', 'read'),
      edge('read', 'sum'),
      edge('sum', 'merge'),
      edge('merge', 'keep'),
      end('keep'),
    ],
  },
);
