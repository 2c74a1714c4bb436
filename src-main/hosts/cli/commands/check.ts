// `atelier check`: what is wrong in agent files, with places and suggestions.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '#contract/agent';
import { isAgentFile } from '#engine/graph/agent-file';
import { SourceText } from '#engine/graph/source-text';
import { LoadCheck } from '#hosts/load-check';
import { namedAgentFile, type NamedFile } from '../agent-files.ts';
import type { Command, CommandContext, Outcome } from '../command.ts';
import { findingText } from '../finding-text.ts';
import { count } from '../table.ts';
import { flag, text, usage } from '../values.ts';

export const checkCommand: Command = {
  name: 'check',
  positionals: 'many',
  usage: 'atelier check [FILE]… [--static]',
  summary: 'Says what is wrong in agent files: where, why, and what to write instead.',
  options: { static: { type: 'boolean' } },
  optionHelp: [
    ['FILE', 'an agent file or the name of an agent; all of the workspace where none is named'],
    ['--static', 'only reads them; otherwise files without an error are loaded too, in a process with few rights'],
    ['exit code', '1 where there is an error; warnings alone are 0'],
  ],
  run: async (context) => {
    const files = await filesOf(context);
    const checked = await checkAll(files, flag(context.values, 'static'));
    return outcome(checked);
  },
};

interface Checked {
  readonly named: NamedFile;
  readonly findings: readonly Finding[];
}

async function filesOf({ positionals, values, cwd, workspace }: CommandContext): Promise<readonly NamedFile[]> {
  if (positionals.length > 0) {
    const from = text(values, 'workspace') === undefined ? cwd : workspace();
    return Promise.all(positionals.map((named) => namedAgentFile(named, cwd, from)));
  }
  const folder = workspace();
  const names = readdirSync(join(folder, 'agents'), { withFileTypes: true }).filter((entry) => entry.isFile());
  const files = names.map((entry) => `agents/${entry.name}`).filter((file) => isAgentFile(file));
  if (files.length === 0) throw usage(`There is no agent file in ${join(folder, 'agents')}.`);
  return Promise.all(files.toSorted().map((file) => namedAgentFile(file, folder)));
}

async function checkAll(files: readonly NamedFile[], onlyStatic: boolean): Promise<readonly Checked[]> {
  const { readAgent } = await import('#engine/graph/read');
  const loaders = new Map<string, LoadCheck>();
  const checked: Checked[] = [];
  try {
    for (const named of files) {
      const { findings } = readAgent(named.file, named.text);
      const isWrong = findings.some(({ severity }) => severity === 'error');
      if (isWrong || onlyStatic) checked.push({ named, findings });
      else {
        const loader = loaders.get(named.folder) ?? new LoadCheck(named.folder);
        loaders.set(named.folder, loader);
        checked.push({ named, findings: [...findings, ...(await loader.findings(named.file))] });
      }
    }
    return checked;
  } finally {
    for (const loader of loaders.values()) await loader.close();
  }
}

function outcome(checked: readonly Checked[]): Outcome {
  const all = checked.flatMap(({ findings }) => findings);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  const warnings = all.length - errors;
  const texts = checked.flatMap(({ named, findings }) => {
    const source = new SourceText(named.file, named.text);
    return findings.map((finding) => findingText(finding, finding.file === named.file ? source : undefined));
  });
  const sum =
    all.length === 0
      ? `${count(checked.length, 'agent')}: nothing is wrong.`
      : `${count(errors, 'error')}, ${count(warnings, 'warning')} in ${count(checked.length, 'agent')}.`;
  return {
    json: { files: checked.map(({ named }) => named.file), errors, warnings, findings: all },
    text: [...texts, sum].join('\n\n'),
    code: errors > 0 ? 1 : 0,
  };
}
