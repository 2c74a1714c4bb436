// One trace with everything a view of it shows.
import type { TraceDetail } from '#contract/trace';
import type { Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import { shownSpans } from './span-store.ts';
import { stepsOf } from './steps.ts';

/**
 * Summary, path and spans of a trace; steps derived from the path where no spans were recorded. Attributes that repeat the
 * messages of a span's turns are left out; the raw record has them. NOT_FOUND if unknown.
 */
export function traceDetail(store: Store, id: string): TraceDetail {
  const trace = store.traces.get(id)?.summary;
  if (trace === undefined)
    throw new Problem('NOT_FOUND', 'There is no such trace.', 'It may belong to another workspace.');
  const path = trace.leaf === undefined ? [] : store.turns.path(trace.leaf);
  const recorded = trace.spanCount > 0 ? store.traces.spans(id) : [];
  const spans = recorded.length > 0 ? shownSpans(recorded) : stepsOf(path, trace.model);
  return { trace, path, spans, timed: recorded.some((span) => span.startedAt !== undefined) };
}
