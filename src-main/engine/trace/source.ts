// A trace's source record as it came in, put together again from turns and residues.
import type { Json, JsonObject } from '#contract/turn';
import type { Store, StoredTrace } from '../ports.ts';
import { Problem } from '../problem.ts';
import { applyPatch } from '../turns/residue.ts';
import { writeJson } from './exact-json.ts';
import { otlpRequest } from './export/otlp-request.ts';
import { conversationFormat } from './import/formats.ts';
import type { ConversationFormat, SourceSide } from './import/format.ts';
import { rebuildSource } from './import/rebuild.ts';
import { unpackSpans } from './span-store.ts';
import { isArray, isObject, member } from './json.ts';

/**
 * The record a trace came from, as JSON text: equal to what was imported, key order and numbers included. A trace of recorded
 * spans, which may have come in many records, is one OTLP/JSON request. NOT_FOUND if unknown.
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
  return sourceRecord(store, trace.recordId, summary.source);
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
