// Writes traces out as transcripts: each record as it came in, or every trace as an OpenAI chat record.
import type { TraceFilter, TraceSummary, TranscriptTarget } from '#contract/trace';
import type { Json } from '#contract/turn';
import { open, rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Store, StoredTrace, Task } from '../../ports.ts';
import { Problem, sentenceOf } from '../../problem.ts';
import { writeJson } from '../exact-json.ts';
import { openaiDialect } from '../import/openai-dialect.ts';
import { rebuildSource } from '../import/rebuild.ts';
import { sourceOf } from '../source.ts';

const pageSize = 500;
/** Text gathered before it is written: characters. */
const bufferSize = 256 * 1024;

export interface ExportedTranscripts {
  readonly records: number;
  /** UTF-8 bytes of the records, without what stands between them. */
  readonly bytes: number;
}

/** Hands each record that the filter lets through to `write` as one line of JSON, in the order they came in. */
export async function exportTranscripts(
  store: Store,
  filter: TraceFilter,
  target: TranscriptTarget,
  write: (json: string) => void | Promise<void>,
  task: Task,
): Promise<ExportedTranscripts> {
  let records = 0;
  let bytes = 0;
  let previous: string | undefined;
  for (let offset = 0; ; offset += pageSize) {
    const { items, total } = store.traces.list(filter, { by: 'position', descending: false }, offset, pageSize);
    for (const [index, trace] of items.entries()) {
      // Both sides of a preference stand next to each other and are one record.
      const stored = store.traces.get(trace.id);
      const written = target === 'source' && stored !== undefined && stored.recordId === previous;
      previous = stored?.recordId;
      if (!written) {
        const json = target === 'openai-chat' ? openaiRecord(store, trace) : sourceText(store, trace, stored);
        records += 1;
        bytes += Buffer.byteLength(json);
        await write(json);
      }
      await task.progress((offset + index + 1) / Math.max(1, total), 'Writing transcripts');
    }
    if (items.length < pageSize) return { records, bytes };
  }
}

/** The same into a file: a JSON array where its name ends in .json, else JSONL. The file appears only once it is complete. */
export async function exportTranscriptsTo(
  store: Store,
  filter: TraceFilter,
  target: TranscriptTarget,
  path: string,
  task: Task,
): Promise<ExportedTranscripts> {
  const asArray = extname(path).toLowerCase() === '.json';
  const partial = `${path}.partial`;
  try {
    const file = await open(partial, 'w');
    let result: ExportedTranscripts;
    try {
      let buffer = asArray ? '[' : '';
      let first = true;
      const write = async (json: string): Promise<void> => {
        if (asArray) buffer += `${first ? '' : ','}\n${json}`;
        else buffer += `${json}\n`;
        first = false;
        if (buffer.length < bufferSize) return;
        await file.write(buffer);
        buffer = '';
      };
      result = await exportTranscripts(store, filter, target, write, task);
      await file.write(asArray ? `${buffer}\n]\n` : buffer);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof Problem || task.signal.aborted) throw error;
    throw new Problem('REFUSED', `${path} could not be written: ${sentenceOf(error)}`, 'Choose another place.', {
      cause: error,
    });
  }
}

function sourceText(store: Store, trace: TraceSummary, stored: StoredTrace | undefined): string {
  if (stored === undefined) throw new Problem('NOT_FOUND', `The source of the trace "${trace.name}" is not stored.`);
  return writeJson(sourceOf(store, stored));
}

/** A trace as an OpenAI chat record, whatever it came in as. */
function openaiRecord(store: Store, trace: TraceSummary): string {
  const path = trace.leaf === undefined ? [] : store.turns.path(trace.leaf).map((turn) => turn.message);
  const { head, messages } = rebuildSource(openaiDialect, path, [], undefined);
  const record: Json = {
    ...(trace.model === undefined ? {} : { model: trace.model }),
    messages,
    ...(head['tools'] === undefined ? {} : { tools: head['tools'] }),
  };
  return JSON.stringify(record);
}
