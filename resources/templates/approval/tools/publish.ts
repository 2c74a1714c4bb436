// Publishing, which here means a file.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineTool } from 'atelier';
import { z } from 'zod';

export const publish = defineTool({
  name: 'publish',
  description: 'Publishes a text: writes it to published/latest.md.',
  input: z.object({ text: z.string().min(1) }),
  output: z.object({ file: z.string() }),
  effect: 'write',
  // Writing the same text again changes nothing.
  idempotent: true,
  run: async ({ text }, { folder }) => {
    await mkdir(join(folder, 'published'), { recursive: true });
    await writeFile(join(folder, 'published', 'latest.md'), `${text}\n`);
    return { file: 'published/latest.md' };
  },
});
