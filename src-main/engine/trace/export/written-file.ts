// A file that appears only once it is complete, written under a name of its own beside its place.
import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Problem, sentenceOf } from '../../problem.ts';

/** Text gathered before it is written: characters. */
const bufferSize = 256 * 1024;

export type WriteText = (text: string) => Promise<void>;

/**
 * Writes the file at `path` from what `body` hands on, and returns what `body` returns. A file that stands there already is
 * replaced where `overwrite` says so; else it stays, and CONFLICT is thrown at the first byte that differs. BAD_INPUT where
 * the place is no file, REFUSED where the disk does not take it. Whatever is thrown, nothing new is left behind.
 */
export async function writeFileAside<T>(
  path: string,
  { overwrite }: { readonly overwrite: boolean },
  body: (write: WriteText) => Promise<T>,
): Promise<T> {
  let staged: string | undefined;
  try {
    const place = await placeOf(path);
    // A name nobody else has: a file of theirs must not be taken for one left behind.
    staged = join(dirname(place.path), `.${basename(place.path).slice(0, 100)}.${randomUUID()}.partial`);
    const keeps = place.exists && !overwrite;
    const result = await writeStaged(staged, keeps ? place.path : undefined, path, body);
    if (keeps) await rm(staged);
    else await rename(staged, place.path);
    return result;
  } catch (error) {
    if (staged !== undefined) await rm(staged, { force: true });
    throw fileProblem(path, error);
  }
}

/** What an error of the file system means to a person; anything else as it is. */
export function fileProblem(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const code = 'code' in error ? error.code : undefined;
  const [cause, hint] = causes.get(typeof code === 'string' ? code : '') ?? [
    sentenceOf(error),
    'Choose another place.',
  ];
  return new Problem('REFUSED', `${path} could not be written: ${cause}.`, hint, { cause: error });
}

const noRights: readonly [string, string] = [
  'you may not write there',
  'Choose another place, or change its permissions.',
];
const noRoom: readonly [string, string] = [
  'there is no room left on its disk',
  'Free some room, or choose another disk.',
];
const causes: ReadonlyMap<string, readonly [string, string]> = new Map<string, readonly [string, string]>([
  ['EACCES', noRights],
  ['EPERM', noRights],
  ['ENOSPC', noRoom],
  ['EDQUOT', noRoom],
  ['EROFS', ['its disk is read-only', 'Choose another place.']],
  ['ENOENT', ['there is no such folder', 'Make the folder first, or choose another place.']],
  ['ENOTDIR', ['what should be a folder on the way is a file', 'Choose another place.']],
  ['EISDIR', ['a folder stands there', 'Name a file in it.']],
  ['ENAMETOOLONG', ['its name is too long', 'Choose a shorter name.']],
  ['EFBIG', ['it grew larger than a file may be there', 'Choose another disk.']],
]);

/** The file itself where `path` is a link, and whether there is one. */
async function placeOf(path: string): Promise<{ readonly path: string; readonly exists: boolean }> {
  const info = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (info === undefined) return { path, exists: false };
  if (info.isDirectory()) throw new Problem('BAD_INPUT', `${path} is a folder.`, 'Name a file in it.');
  if (!info.isFile())
    throw new Problem('BAD_INPUT', `${path} is a pipe or a device, not a file.`, 'Name a file, and read that.');
  return { path: await realpath(path), exists: true };
}

async function writeStaged<T>(
  staged: string,
  kept: string | undefined,
  path: string,
  body: (write: WriteText) => Promise<T>,
): Promise<T> {
  const file = await open(staged, 'wx');
  try {
    const before = kept === undefined ? undefined : await open(kept, 'r');
    try {
      const result = await writeBody(file, before, path, body);
      await file.sync();
      return result;
    } finally {
      await before?.close();
    }
  } finally {
    await file.close();
  }
}

/** Throws CONFLICT where the bytes are not those of `before`. */
async function writeBody<T>(
  file: FileHandle,
  before: FileHandle | undefined,
  path: string,
  body: (write: WriteText) => Promise<T>,
): Promise<T> {
  let buffer = '';
  let written = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(buffer);
    buffer = '';
    if (before !== undefined && !(await holds(before, written, bytes))) throw standsAlready(path);
    await file.appendFile(bytes);
    written += bytes.length;
  };
  const result = await body(async (text) => {
    buffer += text;
    if (buffer.length >= bufferSize) await flush();
  });
  await flush();
  if (before !== undefined && (await before.stat()).size !== written) throw standsAlready(path);
  return result;
}

/** Whether exactly these bytes stand in the file from `position` on. */
async function holds(file: FileHandle, position: number, bytes: Buffer): Promise<boolean> {
  const found = Buffer.alloc(bytes.length);
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await file.read(found, read, bytes.length - read, position + read);
    if (bytesRead === 0) return false;
    read += bytesRead;
  }
  return found.equals(bytes);
}

function standsAlready(path: string): Problem {
  return new Problem('CONFLICT', `${path} exists already and holds something else.`, 'Choose another name.');
}
