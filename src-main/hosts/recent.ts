// The recent workspaces, in a small file of the user's; a file that cannot be read is set aside.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import type { RecentWorkspace } from '#contract/workspace';

const fileSchema = z.object({
  workspaces: z.array(z.object({ path: z.string().min(1), openedAt: z.number() })),
});
type Entry = z.infer<typeof fileSchema>['workspaces'][number];

const longest = 30;

export class RecentList {
  readonly #file: string;

  /** `file`: where the list is kept; its folder need not be there yet. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Newest first. */
  list(): RecentWorkspace[] {
    return this.#read().map((entry) => ({ ...entry, name: basename(entry.path), exists: isFolder(entry.path) }));
  }

  has(path: string): boolean {
    return this.#read().some((entry) => entry.path === path);
  }

  /** Puts a workspace first. `at`: epoch ms. */
  opened(path: string, at: number): void {
    const others = this.#read().filter((entry) => entry.path !== path);
    this.#write([{ path, openedAt: at }, ...others].slice(0, longest));
  }

  forget(path: string): void {
    this.#write(this.#read().filter((entry) => entry.path !== path));
  }

  #read(): Entry[] {
    if (!existsSync(this.#file)) return [];
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8'))).workspaces;
    } catch {
      // A list of shortcuts is not worth a refusal to start; what is left of it stays for whoever wants to look.
      renameSync(this.#file, `${this.#file}.broken`);
      return [];
    }
  }

  #write(workspaces: readonly Entry[]): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    // Whole or not at all: a crash in between leaves the old list.
    const scratch = `${this.#file}.${process.pid}`;
    writeFileSync(scratch, `${JSON.stringify({ workspaces }, undefined, 2)}\n`);
    renameSync(scratch, this.#file);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
