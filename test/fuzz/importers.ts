// Fuzzing of the importers: fixtures mutated as bytes and as JSON, in every format; whatever comes in must go out equal.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/sqlite/store';
import { fileFormats, type ImportFormat, type ImportSummary } from '#contract/import';
import type { Json } from '#contract/turn';
import { newTask } from '#engine/jobs';
import type { Store } from '#engine/ports';
import { traceDetail } from '#engine/trace/detail';
import { parseJson, writeJson } from '#engine/trace/exact-json';
import { exportTranscripts } from '#engine/trace/export/run';
import { importFiles } from '#engine/trace/import/run';
import { numbers } from '#test/transcripts';
import { mutateBytes, mutateValue } from './mutate.ts';

export interface FuzzReport {
  readonly seed: number;
  readonly seconds: number;
  readonly inputs: number;
  readonly traces: number;
  readonly setAside: number;
  readonly failedFiles: number;
  readonly crashes: readonly FuzzCrash[];
}

export interface FuzzCrash {
  /** Gives the input back: `--seed`. */
  readonly seed: number;
  readonly format: ImportFormat;
  /** The input, kept. */
  readonly path: string;
  readonly what: string;
}

interface Corpus {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Mutates and imports until the time is up or `crashLimit` inputs crashed. Each input has a seed of its own, from `seed` on. */
export async function fuzzImporters(options: {
  readonly seconds: number;
  readonly seed: number;
  readonly crashLimit?: number;
}): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-fuzz-'));
  const corpus = fixtures();
  const started = performance.now();
  const counts = { inputs: 0, traces: 0, setAside: 0, failedFiles: 0 };
  const crashes: FuzzCrash[] = [];
  const elapsed = (): number => (performance.now() - started) / 1000;
  const crashLimit = options.crashLimit ?? 5;
  while (elapsed() < options.seconds && crashes.length < crashLimit) {
    const database = join(folder, `${counts.inputs}.db`);
    const store = openStore(database);
    // A store for some inputs: they meet each other's turns, and none grows without end.
    const until = counts.inputs + 200;
    while (counts.inputs < until && elapsed() < options.seconds && crashes.length < crashLimit) {
      const seed = options.seed + counts.inputs;
      const { bytes, format } = inputFor(corpus, seed);
      const path = join(folder, 'input');
      writeFileSync(path, bytes);
      counts.inputs += 1;
      try {
        const summary = await tryInput(store, path, format);
        counts.traces += summary.traces;
        counts.setAside += summary.rejected;
        counts.failedFiles += summary.state === 'failed' ? 1 : 0;
      } catch (error) {
        const kept = join(tmpdir(), `atelier-fuzz-${seed}.input`);
        writeFileSync(kept, bytes);
        crashes.push({
          seed,
          format,
          path: kept,
          what: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    }
    store.close();
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
  }
  rmSync(folder, { recursive: true, force: true });
  return { seed: options.seed, seconds: elapsed(), ...counts, crashes };
}

async function tryInput(store: Store, path: string, format: ImportFormat): Promise<ImportSummary> {
  const task = newTask(new AbortController().signal, () => {});
  const [summary] = await importFiles(store, { now: () => 1 }, [path], { format }, task);
  if (summary === undefined || !['done', 'failed'].includes(summary.state))
    throw new Error(`It ended as ${summary?.state}.`);
  const rejects = store.imports.rejects(summary.id, 0, 1000).items;
  // What the importer did not foresee would be a reject that says so; it is a crash here.
  const unforeseen = rejects.find(({ cause }) => cause.startsWith('Atelier could not read it'));
  if (unforeseen !== undefined) throw new Error(`${unforeseen.cause} (line ${unforeseen.line})`);
  await checkEqual(store, summary, path);
  const [again] = await importFiles(store, { now: () => 2 }, [path], { format }, task);
  if (again?.newTraces !== 0 || again.newTurns !== 0)
    throw new Error(`A second import added ${again?.newTraces} traces, ${again?.newTurns} turns.`);
  return summary;
}

/** Every conversational record that came in goes out again; of recorded spans only that they can be shown. */
async function checkEqual(store: Store, summary: ImportSummary, path: string): Promise<void> {
  const task = newTask(new AbortController().signal, () => {});
  const out = new Set<string>();
  const filter = { importId: summary.id };
  for (const trace of store.traces.list(filter, { by: 'position', descending: false }, 0, 1000).items)
    traceDetail(store, trace.id);
  await exportTranscripts(store, filter, 'source', (json) => void out.add(json), task);
  await exportTranscripts(store, filter, 'openai-chat', (json) => void JSON.parse(json), task);
  if (summary.format === 'otlp' || summary.format === undefined || out.size === 0) return;
  const source = new Set(recordsOf(readFileSync(path)));
  const lost = [...out].find((json) => !source.has(json));
  if (lost !== undefined) throw new Error(`A record went out that never came in: ${lost.slice(0, 500)}`);
}

/** The records of a file as the importer may see them: lines, or elements of an array, or the whole. */
function recordsOf(bytes: Buffer): string[] {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const whole = parsed(text);
  const elements = Array.isArray(whole) ? (whole as readonly Json[]) : [];
  const lines = text.split('\n').map(parsed);
  const found = [...elements, ...lines, whole].filter((value) => value !== undefined);
  // Broken arrays give elements no reader but ours finds; they are checked by their own text.
  const loose = [...text.matchAll(/\{.*\}/g)].map(([one]) => parsed(one.replace(/,\s*$/, '')));
  return [...found, ...loose.filter((value) => value !== undefined), ...balanced(text)].map((value) =>
    writeJson(value),
  );
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text).value;
  } catch {
    return undefined;
  }
}

/** Every balanced object or list of the text that is JSON by itself, from any bracket that is not inside one of them. */
function balanced(text: string): Json[] {
  const found: Json[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '{' && text[at] !== '[') continue;
    const end = closing(text, at);
    const value = end === undefined ? undefined : parsed(text.slice(at, end));
    if (value === undefined || end === undefined) continue;
    found.push(value);
    if (text[at] === '{') at = end - 1;
  }
  return found;
}

function closing(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth === 0 && !inString) return at + 1;
  }
  return undefined;
}

function fixtures(): Corpus[] {
  const folder = join(import.meta.dirname, '../fixtures/import');
  return readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

/** The input of a seed: a fixture, mutated. */
function inputFor(corpus: readonly Corpus[], seed: number): { readonly bytes: Buffer; readonly format: ImportFormat } {
  const next = numbers(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const { bytes } = pick(corpus);
  const format: ImportFormat = next() < 0.7 ? 'auto' : pick(fileFormats.options);
  const other = pick(corpus).bytes;
  const mutated = next() < 0.5 ? mutateBytes(bytes, other, next) : mutateJson(bytes, next);
  return { bytes: mutated, format };
}

/** Each record of the fixture with some of its values exchanged, dropped, doubled or made odd. */
function mutateJson(bytes: Buffer, next: () => number): Buffer {
  const text = bytes.toString('utf8');
  const whole = parsed(text);
  const records = Array.isArray(whole)
    ? (whole as readonly Json[])
    : whole === undefined
      ? text
          .trim()
          .split('\n')
          .flatMap((line) => parsed(line) ?? [])
      : [whole];
  const mutated = records.map((record) => JSON.stringify(mutateValue(record, next)));
  return Buffer.from(next() < 0.3 ? `[${mutated.join(',\n')}]` : `${mutated.join('\n')}\n`);
}
