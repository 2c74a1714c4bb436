// Drafts an announcement, asks a person, and publishes it when they say so.
import { agent, branch, edge, end, human, input, llm, start, tool } from 'atelier';
import { z } from 'zod';
import { publish } from '../tools/publish.ts';

const Decision = z.object({
  decision: z.enum(['publish', 'again', 'drop']).meta({ title: 'What shall become of it?' }),
  note: z.string().default('').meta({ title: 'What should be different' }),
});

export default agent(
  {
    description: 'Drafts an announcement, asks a person, and publishes it when they say so.',
    state: {
      about: input(z.string().min(1).meta({ title: 'What it is about' })),
      draft: z.string().default(''),
      decision: Decision.optional(),
    },
    tools: { publish },
  },
  {
    nodes: {
      write: llm({
        model: 'scripted/NAME',
        system: 'You write short announcements.',
        prompt: ({ state }) => [state.about, state.decision?.note ?? ''].join('\n').trim(),
        to: 'draft',
        timeout: '60s',
        retry: { max: 2 },
      }),
      approve: human(Decision, {
        ask: 'May this be published?',
        details: ({ state }) => state.draft,
        to: 'decision',
      }),
      way: branch(({ state }) => state.decision?.decision ?? 'drop', { publish: 'publish', again: 'write', drop: 'end' }),
      publish: tool({ use: 'publish', input: ({ state }) => ({ text: state.draft }) }),
    },
    edges: [start('write'), edge('write', 'approve'), edge('approve', 'way'), end('publish')],
  },
);
