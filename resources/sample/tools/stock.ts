// What is on the shelves, in shop/stock.json.
import { defineTool } from 'atelier';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Shelves = z.record(z.string(), z.int().nonnegative());
const Title = z.object({ title: z.string(), copies: z.int() });

export const stock = defineTool({
  name: 'stock',
  description: 'Says how many copies of a title are on the shelves.',
  input: z.object({ title: z.string() }),
  output: Title,
  effect: 'read',
  timeout: '5s',
  run: async ({ title }, { folder }) => ({ title, copies: (await shelvesOf(folder))[title] ?? 0 }),
});

/** Changes the shelves; the policy of this workspace has a person asked first. */
export const reserve = defineTool({
  name: 'reserve',
  description: 'Takes copies of a title off the shelves for a customer.',
  input: z.object({ title: z.string(), copies: z.int().positive() }),
  output: Title,
  effect: 'write',
  idempotent: false,
  timeout: '5s',
  run: async ({ title, copies }, { folder }) => {
    const shelves = await shelvesOf(folder);
    const left = (shelves[title] ?? 0) - copies;
    if (left < 0) throw new Error(`There are only ${shelves[title] ?? 0} copies of ${title}.`);
    await writeFile(fileIn(folder), `${JSON.stringify({ ...shelves, [title]: left }, undefined, 2)}\n`);
    return { title, copies: left };
  },
});

async function shelvesOf(folder: string): Promise<z.infer<typeof Shelves>> {
  return Shelves.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
}

function fileIn(folder: string): string {
  return join(folder, 'shop', 'stock.json');
}
