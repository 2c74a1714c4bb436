// Lays the sample's files down, and those of a newer version beside them, without touching what the user has changed or removed.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Path → SHA-256 of the file as it was laid down. */
const laidDownSchema = z.record(z.string(), z.string());

/**
 * A file that was never laid down is put there unless something has its name; one that is still as it was laid down is replaced by the
 * newer one; one that the user changed or removed stays so.
 */
export function laySampleDown(source: string, folder: string): void {
  const listFile = join(folder, '.atelier', 'sample.json');
  const before = listed(listFile);
  const after: Record<string, string> = { ...before };
  for (const name of filesIn(source)) {
    const bytes = readFileSync(join(source, name));
    const target = join(folder, name);
    const shipped = hashOf(bytes);
    const known = before[name];
    const found = bytesOf(target);
    const present = found === undefined ? undefined : hashOf(found);
    if (present === undefined ? known === undefined : present === known && known !== shipped) {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
    } else if (present !== shipped) continue;
    after[name] = shipped;
  }
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  mkdirSync(dirname(listFile), { recursive: true });
  writeFileSync(listFile, `${JSON.stringify(after, undefined, 2)}\n`);
}

/** Relative, with / between. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** undefined where there is nothing of this name; of a folder nothing that any file could be equal to. */
function bytesOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR' || code === 'ENOTDIR') return new Uint8Array();
    throw error;
  }
}

/** Empty where the list is missing or spoilt: then files that are there count as the user's. */
function listed(file: string): Readonly<Record<string, string>> {
  try {
    return laidDownSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
