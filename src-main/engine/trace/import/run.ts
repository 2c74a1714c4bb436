// Imports files: record by record, in small transactions; a bad record is set aside and stops nothing.
import type { ImportFormat, ImportSummary, Reject } from '#contract/import';
import type { Format } from '#contract/trace';
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Clock, Store, Task } from '../../ports.ts';
import { Problem, sentenceOf } from '../../problem.ts';
import { noRedaction, type Redactor } from '../../redactor.ts';
import { parseJson } from '../exact-json.ts';
import { ConversationIntake } from './conversations.ts';
import { conversationFormat, detectFormat } from './formats.ts';
import type { Intake } from './intake.ts';
import { OtlpIntake } from './otlp.ts';
import { openRecords, readRecords, rejectOf, textOf, type Opened } from './reader.ts';
import type { RawRecord } from './split.ts';
import { noCounts } from '../no-counts.ts';

/** A transaction takes at most so many bytes of source and so many records, so that nobody waits long for the store. */
const batchBytes = 1024 * 1024;
const batchRecords = 1000;
/** The report lists at most so many records that were set aside; all are counted. */
const listedRejects = 10_000;

/**
 * Imports each file and returns what came of it. Nothing a file holds throws: a file that cannot be read at all is a summary
 * in the state 'failed'. When the task is cancelled, what was taken stays and the rest of the files is left out; importing
 * them again completes them and doubles nothing. Values that the redactor knows are masked before anything is made of them.
 */
export async function importFiles(
  store: Store,
  clock: Clock,
  paths: readonly string[],
  options: { readonly format: ImportFormat; readonly redactor?: Redactor },
  task: Task,
): Promise<ImportSummary[]> {
  const summaries: ImportSummary[] = [];
  for (const [index, path] of paths.entries()) {
    if (task.signal.aborted) break;
    const progress = (share: number): Promise<void> =>
      task.progress((index + share) / paths.length, `Reading ${basename(path)}`);
    summaries.push(
      await new FileImport(
        { store, clock, redactor: options.redactor ?? noRedaction },
        path,
        progress,
        task.signal,
      ).run(options.format),
    );
  }
  return summaries;
}

type Progress = (share: number) => Promise<void>;

interface ImportParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

class FileImport {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #redactor: Redactor;
  readonly #path: string;
  readonly #progress: Progress;
  readonly #signal: AbortSignal;
  #summary: ImportSummary;
  #rejects: Reject[] = [];
  #rejected = 0;
  #position = 0;

  constructor(parts: ImportParts, path: string, progress: Progress, signal: AbortSignal) {
    const { store, clock, redactor } = parts;
    this.#store = store;
    this.#clock = clock;
    this.#redactor = redactor;
    this.#path = path;
    this.#progress = progress;
    this.#signal = signal;
    this.#summary = newSummary(path, clock.now());
  }

  async run(wanted: ImportFormat): Promise<ImportSummary> {
    try {
      const file = await openRecords(this.#path);
      this.#summary = { ...this.#summary, bytes: file.bytes };
      const format = wanted === 'auto' ? await detectFormat(file) : wanted;
      this.#summary = { ...this.#summary, format };
      this.#store.imports.put(this.#summary);
      await this.#read(file, intakeFor(format, this.#store, this.#clock, this.#summary.id));
      return this.#finish({ state: 'done' });
    } catch (error) {
      if (this.#signal.aborted) return this.#finish({ state: 'cancelled' });
      const problem = foreseen(error);
      const said = this.#finish({ state: 'failed', problem: problem ?? sentenceOf(error) });
      if (problem === undefined) throw error;
      return said;
    }
  }

  async #read(file: Opened, intake: Intake): Promise<void> {
    let bytes = 0;
    let records = 0;
    for await (const { records: raws, position } of readRecords(file)) {
      for (const found of raws) {
        const raw = this.#masked(found);
        this.#take(raw, intake);
        bytes += raw.end - raw.start;
        records += 1;
        if (bytes < batchBytes && records < batchRecords) continue;
        const share = Math.min(1, raw.end / Math.max(1, file.bytes));
        // Reading and writing hold the event loop long enough, each for itself.
        try {
          await this.#progress(share);
        } finally {
          this.#flush(intake);
        }
        bytes = 0;
        records = 0;
        await this.#progress(share);
      }
      await this.#progress(Math.min(1, position / Math.max(1, file.bytes)));
    }
    this.#flush(intake);
  }

  #take(raw: RawRecord, intake: Intake): void {
    const position = this.#position;
    this.#position += 1;
    try {
      const { value } = parseJson(textOf(raw));
      intake.take(value, position, {
        note: (cause, hint) => this.#setAside(raw, new Problem('BAD_INPUT', cause, hint)),
      });
    } catch (error) {
      this.#setAside(raw, error);
    }
  }

  /** Without the values that the vault knows. What only has a key's shape stays: what came in is given out again as it was. */
  #masked(record: RawRecord): RawRecord {
    const mask = this.#redactor.bytes();
    const head = mask.push(record.bytes);
    const tail = mask.end();
    return head === record.bytes && tail.length === 0 ? record : { ...record, bytes: Buffer.concat([head, tail]) };
  }

  #setAside(raw: RawRecord, error: unknown): void {
    this.#rejected += 1;
    if (this.#rejected <= listedRejects) this.#rejects.push(rejectOf(this.#path, raw, error));
  }

  #flush(intake: Intake): void {
    const { imports } = this.#store;
    // What is rolled back counts nowhere.
    this.#summary = this.#store.transaction(() => {
      intake.flush();
      imports.addRejects(this.#summary.id, this.#rejects);
      const summary = { ...this.#summary, ...intake.counts(), rejected: this.#rejected };
      imports.put(summary);
      return summary;
    });
    this.#rejects = [];
  }

  #finish(end: Pick<ImportSummary, 'state' | 'problem'>): ImportSummary {
    this.#summary = { ...this.#summary, ...end, finishedAt: this.#clock.now() };
    this.#store.imports.put(this.#summary);
    return this.#summary;
  }
}

function intakeFor(format: Format, store: Store, clock: Clock, importId: string): Intake {
  if (format === 'otlp') return new OtlpIntake(store, clock, importId);
  const conversation = conversationFormat(format);
  if (conversation === undefined) throw new Problem('BAD_INPUT', `The format ${format} cannot be read.`);
  return new ConversationIntake(store, clock, conversation, importId);
}

function newSummary(path: string, now: number): ImportSummary {
  return {
    id: randomUUID(),
    file: path,
    bytes: 0,
    startedAt: now,
    state: 'running',
    ...noCounts,
  };
}

/** What to say of an error that concerns this file only; undefined where it is a fault of Atelier's. */
function foreseen(error: unknown): string | undefined {
  if (error instanceof Problem) return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  const isSystem = error instanceof Error && 'syscall' in error;
  return isSystem ? `The file could not be read to its end: ${error.message}.` : undefined;
}
