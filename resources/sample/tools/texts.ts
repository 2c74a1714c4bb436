// Texts of the workspace: reading them, and putting drafts into drafts/.
import { defineTool } from 'atelier';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A name within the workspace: nothing leads out of it. */
const Name = z.string().regex(/^[\w-]+([./][\w-]+)*$/, 'a name such as feedback or feedback/note.md');

export const listTexts = defineTool({
  name: 'listTexts',
  description: 'Names the text files of a folder.',
  input: z.object({ folder: Name }),
  output: z.array(z.string()),
  effect: 'read',
  timeout: '5s',
  run: async (input, { folder }) => {
    const names = await readdir(join(folder, input.folder));
    return names
      .filter((name) => name.endsWith('.md') || name.endsWith('.txt'))
      .toSorted()
      .map((name) => `${input.folder}/${name}`);
  },
});

export const readText = defineTool({
  name: 'readText',
  description: 'Reads a text file.',
  input: z.object({ file: Name }),
  output: z.string(),
  effect: 'read',
  timeout: '5s',
  run: ({ file }, { folder }) => readFile(join(folder, file), 'utf8'),
});

/** Writing the same draft again changes nothing, so that it may be repeated after a crash. */
export const saveDraft = defineTool({
  name: 'saveDraft',
  description: 'Puts a text into drafts/, in place of the one of that name.',
  input: z.object({ name: z.string().regex(/^[\w-]+$/), text: z.string() }),
  output: z.object({ file: z.string() }),
  effect: 'write',
  idempotent: true,
  timeout: '5s',
  run: async ({ name, text }, { folder }) => {
    await mkdir(join(folder, 'drafts'), { recursive: true });
    const file = `drafts/${name}.md`;
    await writeFile(join(folder, file), `${text.trim()}\n`);
    return { file };
  },
});
