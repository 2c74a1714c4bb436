// Templates of agents: folders as they are put into a workspace, with NAME for the agent's name.
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { agentFileOf, agentNamePattern } from './agent-file.ts';
import { Problem, sentenceOf } from '../problem.ts';

const aboutFile = 'template.json';
const aboutSchema = z.object({ summary: z.string() });

/** The simplest first, then by name. */
export async function templatesIn(
  folder: string,
): Promise<readonly { readonly name: string; readonly summary: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const templates = await Promise.all(
    names.map(async (name) => {
      const { summary } = aboutSchema.parse(JSON.parse(await readFile(join(folder, name, aboutFile), 'utf8')));
      return { name, summary };
    }),
  );
  const order = (name: string): string => (name === 'blank' ? '' : name);
  return templates.toSorted((one, two) => order(one.name).localeCompare(order(two.name)));
}

/**
 * Puts the template's files into the workspace. The agent's own file must not be there yet; other files that are there (a tool that several
 * agents share) are left as they are. Paths are relative to the workspace. Throws NOT_FOUND, CONFLICT, BAD_INPUT, REFUSED.
 */
export async function createFrom(
  templates: string,
  template: string,
  folder: string,
  name: string,
): Promise<{ readonly file: string; readonly made: readonly string[]; readonly kept: readonly string[] }> {
  if (!agentNamePattern.test(name)) {
    const rule = 'Names are of small letters, digits and hyphens, and begin with a letter: "mail-triage".';
    throw new Problem('BAD_INPUT', `"${name}" cannot be the name of an agent.`, rule);
  }
  const known = (await templatesIn(templates)).map((one) => one.name);
  if (!known.includes(template))
    throw new Problem('NOT_FOUND', `There is no template "${template}".`, didYouMean(template, known, ''));
  const file = agentFileOf(name);
  if (await isThere(join(folder, file)))
    throw new Problem('CONFLICT', `There is an agent "${name}" already.`, 'Give the new one another name.');
  const made: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of await filesOf(join(templates, template), name)) {
    if (await isThere(join(folder, path))) {
      kept.push(path);
      continue;
    }
    await put(join(folder, path), text);
    made.push(path);
  }
  return { file, made, kept };
}

async function filesOf(folder: string, name: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => path !== aboutFile)
    .toSorted();
  return Promise.all(
    paths.map(async (path) => [named(path, name), named(await readFile(join(folder, path), 'utf8'), name)] as const),
  );
}

function named(text: string, name: string): string {
  return text.replaceAll(/\bNAME\b/gu, name);
}

/** Also where it is a link to nowhere. */
async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function put(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw new Problem(
      'REFUSED',
      `${path} could not be written: ${sentenceOf(error)}`,
      'Give yourself the right to write there.',
      {
        cause: error,
      },
    );
  }
}
