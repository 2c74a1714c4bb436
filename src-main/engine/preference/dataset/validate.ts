// The proof: every row is read back from the file and compared with its source, less what was declared lost.
import type { ExportedFile } from '#contract/dataset';
import type { Json } from '#contract/turn';
import type { Store, Task } from '../../ports.ts';
import { Problem, sentenceOf } from '../../problem.ts';
import type { Prepared } from './prepare.ts';
import { messagesOf, rowOf, type Row } from './rows.ts';
import { readJsonl } from './files/jsonl.ts';
import { readParquet } from './files/parquet.ts';
import { comparable, sourceExamples, type Example, type TargetFormat } from './targets/target.ts';

export interface WrittenFile {
  readonly side: 'train' | 'test';
  readonly path: string;
  /** Name for people, where the path is a temporary one. */
  readonly name: string;
  readonly rows: ExportedFile['rows'];
}

/**
 * Reads the files back with the target's decoder and compares each row with what the turn tree holds. A row for which no loss was
 * declared must equal its source as it is. Returns how many rows were proved; throws INTERNAL with file and row at the first that
 * differs, is missing or is too much. `from` is the progress before it.
 */
export async function validate(
  store: Store,
  prepared: Prepared,
  files: readonly WrittenFile[],
  task: Task,
  from: number,
): Promise<number> {
  const { source, split, options, format } = prepared;
  const readers = new Map(files.map((file) => [file.side, new Reader(file, options.format === 'parquet')]));
  let verified = 0;
  for (const [index, choice] of source.choices.entries()) {
    const row = rowOf(store.turns, choice);
    const { examples, losses } = prepared.carried(row);
    const reader = readers.get(split.test.has(choice.pairId) ? 'test' : 'train');
    const expected = losses.length === 0 && !options.mask ? fromSource(prepared, row) : examples;
    for (const example of expected) {
      if (reader === undefined) throw failed('A file', 0, 'was not written');
      const read = await reader.next();
      reader.compare(example, read, format);
      verified += 1;
    }
    await task.progress(from + ((1 - from) * index) / source.choices.length, 'Reading back and comparing');
  }
  for (const reader of readers.values()) await reader.end();
  return verified;
}

function fromSource({ format }: Prepared, row: Row): readonly Example[] {
  const { prompt, chosen, rejected } = row;
  const messages = { prompt: messagesOf(prompt), chosen: messagesOf(chosen), rejected: messagesOf(rejected) };
  return sourceExamples(format, row.choice, messages);
}

class Reader {
  readonly #file: WrittenFile;
  readonly #rows: AsyncGenerator<Json, void, void>;
  #number = 0;

  constructor(file: WrittenFile, parquet: boolean) {
    this.#file = file;
    this.#rows = parquet ? readParquet(file.path) : readJsonl(file.path);
  }

  async next(): Promise<Json> {
    const next = await this.#rows.next().catch((error: unknown) => {
      throw failed(this.#file.name, this.#number + 1, `cannot be read: ${sentenceOf(error)}`, error);
    });
    this.#number += 1;
    if (next.done === true) throw failed(this.#file.name, this.#number, 'is missing');
    return next.value;
  }

  compare(example: Example, row: Json, format: TargetFormat): void {
    let read: Example;
    try {
      read = format.decode(row);
    } catch (error) {
      throw failed(this.#file.name, this.#number, `is not of the format: ${sentenceOf(error)}`, error);
    }
    if (comparable(read) !== comparable(example))
      throw failed(this.#file.name, this.#number, 'differs from its source');
  }

  async end(): Promise<void> {
    const next = await this.#rows.next();
    if (next.done !== true) throw failed(this.#file.name, this.#number + 1, 'has no source');
    if (this.#number !== this.#file.rows)
      throw failed(this.#file.name, this.#number, `is not the last of ${this.#file.rows}`);
  }
}

function failed(file: string, row: number, what: string, cause?: unknown): Problem {
  return new Problem(
    'INTERNAL',
    `The export was stopped and nothing was kept: row ${row} of ${file} ${what}.`,
    'This is a defect of the exporter, not of your data. Please report it with the target and the format.',
    { cause },
  );
}
