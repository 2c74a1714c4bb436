// A trace's source record as it came in, put together again from turns and residues.
import type { TraceSummary } from '#contract/trace';
import type { Json, JsonObject } from '#contract/turn';
import type { Store, StoredTrace } from '../ports.ts';
import { Problem } from '../problem.ts';
import { applyPatch } from '../turns/residue.ts';
import { capturedRecord } from './captured/raw.ts';
import { writeJson } from './exact-json.ts';
import { openaiRecord } from './export/openai-record.ts';
import { otlpRequest } from './export/otlp-request.ts';
import { conversationFormat } from './import/formats.ts';
import type { ConversationFormat, SourceSide } from './import/format.ts';
import { rebuildSource } from './import/rebuild.ts';
import { unpackSpans } from './span-store.ts';
import { isArray, isObject, member } from './json.ts';

/**
 * The record a trace came from, as JSON text: equal to what was imported, key order and numbers included. A trace of recorded
 * spans, which may have come in many records, is one OTLP/JSON request; of a run, its transcript and what leads to its journal; of what went through the
 * gateway, its last request and the answer.
 * NOT_FOUND if unknown.
 */
export function rawRecord(store: Store, traceId: string): string {
  const trace = store.traces.get(traceId);
  if (trace === undefined) throw new Problem('NOT_FOUND', 'There is no such trace.');
  return writeJson(sourceOf(store, trace));
}

/** The same as a value; numbers that fit no double are marked (see exact-json.ts). */
export function sourceOf(store: Store, trace: StoredTrace): Json {
  const { summary } = trace;
  if (summary.source === 'otlp') return otlpRequest(summary.id, unpackSpans(store.traces.spans(summary.id)));
  if (summary.source === 'atelier') return runRecord(store, summary);
  if (summary.source === 'gateway') return capturedRecord(store, trace);
  return sourceRecord(store, trace.recordId, summary.source);
}

/** A run's source is its journal: this is its transcript, and by what the journal is found and the run can be done again. */
function runRecord(store: Store, trace: TraceSummary): Json {
  const run = store.runs.get(trace.id);
  if (run === undefined) throw new Problem('NOT_FOUND', 'The run of this trace is not stored.');
  const { id, agent, file, hash, version, seed, status, seq } = run;
  const [started] = store.runs.events(id, 0, 1);
  return {
    ...openaiRecord(store, trace),
    run: {
      id,
      agent,
      file,
      hash,
      ...(version === undefined ? {} : { version }),
      seed,
      ...(started?.event.type === 'run.started' ? { input: started.event.input } : {}),
      status,
      events: seq,
    },
  };
}

function sourceRecord(store: Store, recordId: string, source: StoredTrace['summary']['source']): Json {
  const format = conversationFormat(source);
  const record = store.traces.record(recordId);
  if (format === undefined || record === undefined)
    throw new Problem('NOT_FOUND', 'The source of this trace is not stored.');
  const bare = store.traces.ofRecord(recordId).map((trace) => rebuildSide(store, format, trace, undefined));
  const framed = applyPatch({ frame: format.blank(bare) }, record.patch);
  const groups = member(framed, 'groups');
  const sides = isArray(groups)
    ? store.traces.ofRecord(recordId).map((trace, index) => rebuildSide(store, format, trace, sizesOf(groups[index])))
    : bare;
  const frame = member(framed, 'frame');
  return format.join({ frame: isObject(frame) ? frame : ({} satisfies JsonObject), sides });
}

function rebuildSide(
  store: Store,
  format: ConversationFormat,
  trace: StoredTrace,
  sizes: readonly number[] | undefined,
): SourceSide {
  const { leaf } = trace.summary;
  const path = leaf === undefined ? [] : store.turns.path(leaf).map((turn) => turn.message);
  const chain = trace.residue === undefined ? [] : store.traces.residues(trace.residue);
  return { side: trace.side, ...rebuildSource(format.dialect, path, chain, sizes) };
}

function sizesOf(value: Json | undefined): number[] {
  return isArray(value) ? value.filter((size) => typeof size === 'number') : [];
}
