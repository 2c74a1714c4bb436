// `atelier init`: makes a folder a workspace for agents.
import { resolve } from 'node:path';
import { createWorkspace } from '#adapters/workspace';
import { scaffold } from '#engine/graph/scaffold';
import { resourcesFolder, typeSources } from '#hosts/type-sources';
import type { Command } from '../command.ts';
import { text } from '../values.ts';

export const initCommand: Command = {
  name: 'init',
  positionals: 'one',
  usage: 'atelier init [DIR]',
  summary: 'Makes a folder a workspace for agents; what is there is left as it is.',
  options: {},
  optionHelp: [['DIR', 'the folder; the current one where none is named']],
  run: async ({ positionals, values, cwd }) => {
    const folder = resolve(cwd, positionals[0] ?? text(values, 'workspace') ?? '.');
    createWorkspace(folder);
    const done = await scaffold(folder, typeSources(resourcesFolder()));
    const lines = [
      ...done.made.map((name) => `  made  ${name}`),
      ...done.kept.map((name) => `  kept  ${name}`),
      '',
      `${folder} is a workspace. Next: atelier new agent NAME --template blank${folder === cwd ? '' : ` --workspace ${positionals[0] ?? folder}`}`,
    ];
    return { json: done, text: lines.join('\n') };
  },
};
