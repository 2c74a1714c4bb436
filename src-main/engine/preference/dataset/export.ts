// Export: plans, writes, reads back and only then puts the files in place.
import type { ExportedFile, ExportOptions, ExportPlan, ExportSummary, Recipe } from '#contract/dataset';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store, Task } from '../../ports.ts';
import { Problem, sentenceOf } from '../../problem.ts';
import { datasetCard, type CardFile } from './card.ts';
import { Destination, hashFile, recordName } from './files/folder.ts';
import { jsonlWriter, type RowWriter } from './files/jsonl.ts';
import { parquetWriter } from './files/parquet.ts';
import { prepare, type Prepared } from './prepare.ts';
import { rowOf } from './rows.ts';
import { validate, type WrittenFile } from './validate.ts';
import { sourceOf } from './versions.ts';

/** A frozen version by its hash, or a recipe on the labels as they are. */
export type ExportSource = { readonly version: string } | { readonly recipe: Recipe };
export type ExportRequest = ExportSource & { readonly options: ExportOptions };

/** Shares of the work, for its progress. */
const prepared = 0.5;
const written = 0.75;

/**
 * What an export would write, lose and find; writes nothing. Throws NOT_FOUND for an unknown version, BAD_INPUT where there is nothing
 * to write.
 */
export async function planExport(store: Store, request: ExportRequest, task: Task): Promise<ExportPlan> {
  return (await prepare(store, await sourceOf(store, request, task), request.options, task, 1)).plan;
}

/**
 * Writes a dataset into a folder (`train`, `test`, `README.md`, `export.json` and what the target needs) or, where `out` ends in
 * `.jsonl` or `.parquet`, into one file. All files are written aside, read back and compared with their source, and then put in place.
 * The same source and options give the same bytes. Throws CONFLICT where something foreign stands in the way, BAD_INPUT as
 * `planExport`, INTERNAL where a row read back differs, REFUSED where the disk does not take it; then, and when cancelled, nothing is left behind.
 */
export async function exportDataset(
  store: Store,
  request: ExportRequest & { readonly out: string },
  task: Task,
): Promise<ExportSummary> {
  const { options, out } = request;
  const source = await sourceOf(store, request, task);
  const destination = await Destination.open(out);
  try {
    refuseSplitFile(destination, options);
    const ready = await prepare(store, source, options, task, prepared);
    const files = await writeRows(store, ready, destination, task);
    const verified = await validate(store, ready, files, task, written);
    const hashed = await Promise.all(
      files.map(async (file): Promise<CardFile> => ({ ...file, ...(await hashFile(file.path)) })),
    );
    if (destination.single === undefined) await writeCompanions(ready, destination, hashed);
    task.signal.throwIfAborted();
    await destination.commit();
    return summaryOf(ready, destination, hashed, verified);
  } catch (error) {
    await destination.discard();
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new Problem(
      'REFUSED',
      `${out} could not be written: ${sentenceOf(error)}.`,
      'Check that there is room on its disk and that you may write there, or choose another place. Nothing was kept.',
      { cause: error },
    );
  }
}

function refuseSplitFile({ single }: Destination, options: ExportOptions): void {
  if (single === undefined) return;
  if (options.split > 0) {
    throw new Problem(
      'BAD_INPUT',
      'A train and a test file do not fit into one file.',
      'Name a folder, or leave the split out.',
    );
  }
  if (single.endsWith('.parquet') !== (options.format === 'parquet')) {
    throw new Problem(
      'BAD_INPUT',
      `The name ${single} does not fit the format ${options.format}.`,
      `End it in .${options.format}.`,
    );
  }
}

async function writeRows(store: Store, ready: Prepared, destination: Destination, task: Task): Promise<WrittenFile[]> {
  const { source, options, split, format, plan } = ready;
  const sides = [
    ...(plan.train > 0 ? [{ side: 'train' as const, rows: plan.train }] : []),
    ...(plan.test > 0 ? [{ side: 'test' as const, rows: plan.test }] : []),
  ];
  const files = sides.map(({ side, rows }) => {
    const name = destination.single ?? `${side}.${options.format}`;
    return { side, rows, name, path: destination.stage(name) };
  });
  const writers = new Map<'train' | 'test', RowWriter>();
  try {
    for (const { side, path } of files) {
      writers.set(
        side,
        options.format === 'parquet' ? await parquetWriter(path, ready.columns) : await jsonlWriter(path),
      );
    }
    for (const [index, choice] of source.choices.entries()) {
      const { examples } = ready.carried(rowOf(store.turns, choice));
      const writer = writers.get(split.test.has(choice.pairId) ? 'test' : 'train');
      for (const example of examples) await writer?.write(format.encode(example));
      await task.progress(prepared + (written - prepared) * (index / source.choices.length), 'Writing');
    }
    for (const writer of writers.values()) await writer.finish();
  } catch (error) {
    await Promise.allSettled([...writers.values()].map((writer) => writer.abort()));
    throw error;
  }
  return files;
}

/** The card, what the target needs, and the record by which a later export knows its own files. */
async function writeCompanions(ready: Prepared, destination: Destination, data: readonly CardFile[]): Promise<void> {
  const { source, options, format, plan } = ready;
  const train = data.find((file) => file.side === 'train')?.name;
  const test = data.find((file) => file.side === 'test')?.name;
  const names = { train: train ?? test ?? '', ...(train === undefined || test === undefined ? {} : { test }) };
  const texts = { 'README.md': datasetCard(ready, data), ...format.extras?.(names) };
  const records = data.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }));
  const companions: { name: string; bytes: number; sha256: string }[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const path = destination.stage(name);
    await writeFile(path, await ready.besides(text), { flag: 'wx', flush: true });
    companions.push({ name, ...(await hashFile(path)) });
  }
  const record = {
    format: 'atelier-export',
    versionHash: source.hash,
    recipe: await maskedRecipe(ready),
    options,
    rows: plan.rows,
    losses: plan.losses,
    findings: plan.findings.map(({ rule, kind, count, rows }) => ({ rule, kind, count, rows })),
    files: [...records, ...companions],
  };
  await writeFile(destination.stage(recordName), `${JSON.stringify(record, undefined, 2)}\n`, {
    flag: 'wx',
    flush: true,
  });
}

/** Groups, annotators and tags may be called after people. */
async function maskedRecipe(ready: Prepared): Promise<Recipe> {
  const { groups, annotators, tags, ...rest } = ready.source.recipe;
  const all = (names: readonly string[]): Promise<string[]> => Promise.all(names.map((name) => ready.besides(name)));
  return {
    ...rest,
    ...(groups === undefined ? {} : { groups: await all(groups) }),
    ...(annotators === undefined ? {} : { annotators: await all(annotators) }),
    ...(tags === undefined ? {} : { tags: await all(tags) }),
  };
}

function summaryOf(
  { source, options, plan }: Prepared,
  destination: Destination,
  data: readonly CardFile[],
  verified: number,
): ExportSummary {
  const files = data.map(({ name, rows, bytes, sha256 }): ExportedFile => ({
    path: join(destination.folder, name),
    rows,
    bytes,
    sha256,
  }));
  const single = destination.single !== undefined && options.target === 'llama-factory';
  return {
    target: options.target,
    format: options.format,
    rows: plan.rows,
    files,
    losses: plan.losses,
    findings: plan.findings,
    masked: options.mask,
    verified,
    nearDuplicates: plan.nearDuplicates.length,
    versionHash: source.hash,
    notes: single
      ? [...plan.notes, 'The dataset_info.json that LLaMA-Factory needs is written when a folder is named.']
      : plan.notes,
  };
}
