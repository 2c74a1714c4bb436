// `atelier new agent NAME`: a new agent from a template.
import { join } from 'node:path';
import { scaffold } from '#engine/graph/scaffold';
import { createFrom, templatesIn } from '#engine/graph/templates';
import { resourcesFolder, typeSources } from '#hosts/type-sources';
import type { Command } from '../command.ts';
import { table } from '../table.ts';
import { flag, text, usage } from '../values.ts';

export const newCommand: Command = {
  name: 'new',
  positionals: 'many',
  usage: 'atelier new agent NAME [--template TEMPLATE] | atelier new --list',
  summary: 'Makes a new agent from a template.',
  options: { template: { type: 'string' }, list: { type: 'boolean' } },
  optionHelp: [
    ['NAME', 'small letters, digits and hyphens; the file is agents/NAME.agent.ts'],
    ['--template TEMPLATE', 'what it begins as (blank)'],
    ['--list', 'lists the templates'],
  ],
  run: async ({ positionals, values, workspace }) => {
    const resources = resourcesFolder();
    const templates = join(resources, 'templates');
    if (flag(values, 'list')) {
      const known = await templatesIn(templates);
      return {
        json: { templates: known },
        text: table(
          ['TEMPLATE', 'WHAT IT IS'],
          known.map((one) => [one.name, one.summary]),
        ),
      };
    }
    const [what, name, extra] = positionals;
    if (what !== 'agent') throw usage(`new makes an agent, so write: atelier new agent ${what ?? 'NAME'}.`);
    if (name === undefined) throw usage('Give the agent a name: atelier new agent mail-triage.');
    if (extra !== undefined) throw usage(`An agent has one name, so what is "${extra}"?`);
    const folder = workspace();
    const { file, made, kept } = await createFrom(templates, text(values, 'template') ?? 'blank', folder, name);
    // A workspace that only took logs so far has no folders, settings and types for agents.
    await scaffold(folder, typeSources(resources));
    const lines = [...made.map((path) => `  made  ${path}`), ...kept.map((path) => `  kept  ${path}`)];
    return {
      json: { name, file, made, kept },
      text: [...lines, '', `Next: atelier check ${file}, then atelier run ${file}`].join('\n'),
    };
  },
};
