// Writes traces out as transcripts: each record as it came in, or every trace as an OpenAI chat record.
import type { TraceFilter, TraceSummary, TranscriptTarget } from '#contract/trace';
import { extname } from 'node:path';
import type { Store, StoredTrace, Task } from '../../ports.ts';
import { Problem } from '../../problem.ts';
import { writeJson } from '../exact-json.ts';
import { sourceOf } from '../source.ts';
import { openaiRecord } from './openai-record.ts';
import { writeFileAside } from './written-file.ts';

const pageSize = 500;

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
        const json =
          target === 'openai-chat' ? JSON.stringify(openaiRecord(store, trace)) : sourceText(store, trace, stored);
        records += 1;
        bytes += Buffer.byteLength(json);
        await write(json);
      }
      await task.progress((offset + index + 1) / Math.max(1, total), 'Writing transcripts');
    }
    if (items.length < pageSize) return { records, bytes };
  }
}

/**
 * The same into a file: a JSON array where its name ends in .json, else JSONL. The file appears only once it is complete; see
 * `writeFileAside` for what is thrown.
 */
export async function exportTranscriptsTo(
  store: Store,
  filter: TraceFilter,
  target: TranscriptTarget,
  destination: { readonly path: string; readonly overwrite: boolean },
  task: Task,
): Promise<ExportedTranscripts> {
  const asArray = extname(destination.path).toLowerCase() === '.json';
  return writeFileAside(destination.path, destination, async (write) => {
    let first = true;
    if (asArray) await write('[');
    const result = await exportTranscripts(
      store,
      filter,
      target,
      async (json) => {
        await write(asArray ? `${first ? '' : ','}\n${json}` : `${json}\n`);
        first = false;
      },
      task,
    );
    if (asArray) await write('\n]\n');
    return result;
  });
}

function sourceText(store: Store, trace: TraceSummary, stored: StoredTrace | undefined): string {
  if (stored === undefined) throw new Problem('NOT_FOUND', `The source of the trace "${trace.name}" is not stored.`);
  return writeJson(sourceOf(store, stored));
}
