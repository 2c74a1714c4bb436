// The file with the sealed values: read whole and checked, written whole or not at all.
import { readFileSync, statSync } from 'node:fs';
import { Problem, sentenceOf } from '../problem.ts';
import { writeWhole } from '../write-whole.ts';
import { sealedSchema, type Sealed } from './sealing.ts';

const ownerOnly = 0o600;
/** A thousand of the longest values. */
const longestFile = 300 * 1024 * 1024;

/** undefined where there is no file. Throws REFUSED where it is not what was written: nothing is changed then. */
export function readSealed(path: string): Sealed | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  const sealed = parsed(text);
  // Only what reads the same when it is written again: another spelling is another file.
  if (sealed === undefined || JSON.stringify(sealed) !== text)
    throw damaged(path, 'it is not in the form that Atelier writes');
  return sealed;
}

/** On disk when it returns; the owner alone may read it. */
export function writeSealed(path: string, sealed: Sealed): void {
  try {
    writeWhole(path, JSON.stringify(sealed), ownerOnly);
  } catch (error) {
    throw new Problem(
      'REFUSED',
      `The sealed secrets could not be written to ${path}: ${sentenceOf(error)}.`,
      'Check that there is room on the disk and that you may write there. What was there before is untouched.',
      { cause: error },
    );
  }
}

export function damaged(path: string, what: string): Problem {
  return new Problem(
    'REFUSED',
    `The file with the sealed secrets, ${path}, was damaged or changed by another program: ${what}.`,
    'Nothing was overwritten. Put back a copy of its folder that you trust; or move the folder away and put the secrets in again.',
  );
}

function textOf(path: string): string | undefined {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    if (statSync(path).size > longestFile) throw damaged(path, 'it is far too large');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('REFUSED', `The sealed secrets in ${path} cannot be read: ${sentenceOf(error)}.`, undefined, {
      cause: error,
    });
  }
}

function parsed(text: string): Sealed | undefined {
  try {
    const result = sealedSchema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    // Whoever calls says what it means; the error would quote the file.
    return undefined;
  }
}
