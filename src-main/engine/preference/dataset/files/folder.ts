// Where an export goes: a folder of its own or one file, never over anything that Atelier did not write.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../../make-folder.ts';
import { Problem } from '../../../problem.ts';

/** What was written, in the folder beside it; also how a later export knows its own files. */
export const recordName = 'export.json';

const recordSchema = z.object({ files: z.array(z.object({ name: z.string(), sha256: z.string() })) });

export interface Hashed {
  readonly sha256: string;
  readonly bytes: number;
}

/** Files that are written aside and put in place together at the end. */
export class Destination {
  readonly folder: string;
  /** The one file's name, where a file and not a folder was asked for. */
  readonly single: string | undefined;
  readonly #suffix = `.${randomBytes(6).toString('hex')}.tmp`;
  readonly #staged = new Set<string>();
  readonly #made: boolean;
  /** Own files of an export before. */
  readonly #old: readonly string[];

  private constructor(folder: string, single: string | undefined, made: boolean, old: readonly string[]) {
    this.folder = folder;
    this.single = single;
    this.#made = made;
    this.#old = old;
  }

  /**
   * `out` is a folder, or a file where it ends in `.jsonl` or `.parquet`. Throws CONFLICT where something stands there that an export
   * did not write, or that was changed since.
   */
  static async open(out: string): Promise<Destination> {
    const single = /\.(?:jsonl|parquet)$/.test(out) && !(await isFolder(out)) ? basename(out) : undefined;
    const folder = single === undefined ? out : dirname(out);
    const made = !(await isFolder(folder));
    const old = single === undefined && !made ? await ownFiles(folder) : [];
    if (made) madeOrRefused(folder);
    return new Destination(folder, single, made, old);
  }

  /** Where to write a file of this name until `commit`. */
  stage(name: string): string {
    this.#staged.add(name);
    return join(this.folder, `.${name}${this.#suffix}`);
  }

  /** Puts the files in place, takes away those of an export before that are not written again. */
  async commit(): Promise<void> {
    if (this.single !== undefined) await this.#refuseOther(this.single);
    for (const name of this.#old) if (!this.#staged.has(name)) await rm(join(this.folder, name));
    for (const name of this.#staged) await rename(this.#stagedAt(name), join(this.folder, name));
    this.#staged.clear();
  }

  /** Takes away what was staged, and the folder where it was made for this. */
  async discard(): Promise<void> {
    for (const name of this.#staged) await rm(this.#stagedAt(name), { force: true });
    this.#staged.clear();
    if (this.#made) await rmdir(this.folder).catch(() => undefined);
  }

  #stagedAt(name: string): string {
    return join(this.folder, `.${name}${this.#suffix}`);
  }

  /** A file of the very same bytes may stand there already. */
  async #refuseOther(name: string): Promise<void> {
    const path = join(this.folder, name);
    if (!(await exists(path))) return;
    const [there, staged] = await Promise.all([hashFile(path), hashFile(this.#stagedAt(name))]);
    if (there.sha256 === staged.sha256) return;
    throw new Problem(
      'CONFLICT',
      `${path} exists already and holds something else.`,
      'Name another file, or remove this one.',
    );
  }
}

/**
 * A folder inside the picked one, named after `title` in plain letters, with a number behind where something stands there already:
 * exports stand beside each other, none replaces another.
 */
export async function folderWithin(picked: string, title: string): Promise<string> {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  for (let number = 1; ; number += 1) {
    const folder = join(picked, number === 1 ? plain : `${plain}-${number}`);
    if (await isFree(folder)) return folder;
  }
}

/** Whether nothing stands there, or an empty folder. */
async function isFree(path: string): Promise<boolean> {
  if (!(await exists(path))) return true;
  return (await isFolder(path)) && (await namesIn(path)).length === 0;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== '.DS_Store' && name !== 'Thumbs.db');
}

async function ownFiles(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  if (names.length === 0) return [];
  const record = await readRecord(folder);
  const known = new Map((record?.files ?? []).map((file) => [file.name, file.sha256]));
  for (const name of names) {
    if (name === recordName && record !== undefined) continue;
    const expected = known.get(name);
    const hint = 'Choose an empty folder or a new name.';
    if (expected === undefined) {
      throw new Problem('CONFLICT', `${folder} holds “${name}”, which is not from an export.`, hint);
    }
    if ((await hashFile(join(folder, name))).sha256 !== expected) {
      throw new Problem('CONFLICT', `“${name}” in ${folder} was changed since it was exported.`, hint);
    }
  }
  return names;
}

async function readRecord(folder: string): Promise<z.infer<typeof recordSchema> | undefined> {
  const text = await readFile(join(folder, recordName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** SHA-256 and length of a file, read in pieces. */
export async function hashFile(path: string): Promise<Hashed> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function madeOrRefused(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new Problem('REFUSED', `The folder ${folder} cannot be made.`, 'Choose a place that you may write to.', {
      cause,
    });
  }
}
