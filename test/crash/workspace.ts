// The workspace of the crash test: an agent whose tool appends lines to a file, which must never happen twice.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rounds of the agent; each appends four lines (one, and three side by side), asks a model and waits for a moment. */
export const rounds = 6;
export const agentFile = 'agents/clerk.agent.ts';

const agent = `import { agent, append, code, edge, end, input, llm, map, start, tool, wait, when } from 'atelier';
import { z } from 'zod';
import { write } from '../tools/write.ts';

export default agent(
  {
    state: {
      rounds: input(z.number()),
      round: z.number().default(0),
      words: z.array(z.string()).default([]),
      lines: append(z.string()),
      said: append(z.string()),
      clock: append(z.boolean()),
    },
    tools: { write },
  },
  {
    nodes: {
      plan: code(({ state, id, random, now }) => ({
        round: state.round + 1,
        words: [id(), id(), String(random())],
        clock: [now() > 0],
      })),
      one: tool({ use: 'write', input: ({ state }) => ({ line: \`\${state.round}:one\` }), result: (line) => ({ lines: [String(line)] }) }),
      three: map(
        'words',
        code(async ({ state, item, index, tools }) => ({ lines: [await tools.write({ line: \`\${state.round}:\${index}:\${item}\` })] })),
        { atOnce: 3 },
      ),
      talk: llm({ model: 'scripted/clerk', prompt: ({ state }) => \`round \${state.round}\`, result: ({ text }) => ({ said: [text] }) }),
      rest: wait({ for: '20ms' }),
    },
    edges: [
      start('plan'),
      edge('plan', ['one', 'three']),
      edge(['one', 'three'], 'talk'),
      edge('talk', 'rest'),
      edge('rest', 'plan', when(({ state }) => state.round < state.rounds)),
      end('rest', when(({ state }) => state.round >= state.rounds)),
    ],
  },
);
`;

/** It is slow before and after it writes, so that many a kill falls between the writing and the telling. */
const tool = `import { defineTool } from 'atelier';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';

export const write = defineTool({
  name: 'write',
  description: 'Appends a line to the ledger.',
  input: z.object({ line: z.string() }),
  output: z.string(),
  effect: 'write',
  idempotent: false,
  run: async ({ line }, { folder, key }) => {
    await setTimeout(Math.random() * 15);
    appendFileSync(join(folder, 'ledger.txt'), \`\${key} \${line}\\n\`);
    await setTimeout(Math.random() * 15);
    return line;
  },
});
`;

const model = {
  stream: { tokensPerSecond: 400 },
  rules: [{ when: { contains: 'round' }, reply: { text: 'Said of {{last}}.' } }],
};

/** Writes the workspace's files into an empty folder. */
export function makeWorkspace(folder: string): void {
  for (const name of ['agents', 'tools', 'models']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, agentFile), agent);
  writeFileSync(join(folder, 'tools/write.ts'), tool);
  writeFileSync(join(folder, 'models/clerk.model.json'), JSON.stringify(model));
  writeFileSync(join(folder, 'policies.json'), JSON.stringify({ rules: [{ tool: '*', decision: 'allow' }] }));
  writeFileSync(join(folder, 'ledger.txt'), '');
}

/** What the tool has written, each line with the key of the effect it was written for. */
export function ledgerOf(folder: string): { readonly key: string; readonly line: string }[] {
  const text = readFileSync(join(folder, 'ledger.txt'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return { key: line.slice(0, space), line: line.slice(space + 1) };
    });
}
