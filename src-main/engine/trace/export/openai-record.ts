// A trace as an OpenAI chat record, whatever it came in as.
import type { TraceSummary } from '#contract/trace';
import type { JsonObject } from '#contract/turn';
import type { Store } from '../../ports.ts';
import { openaiDialect } from '../import/openai-dialect.ts';
import { rebuildSource } from '../import/rebuild.ts';

/** Its transcript from the root to its leaf; no messages where it has none. */
export function openaiRecord(store: Store, trace: Pick<TraceSummary, 'leaf' | 'model'>): JsonObject {
  const path = trace.leaf === undefined ? [] : store.turns.path(trace.leaf).map((turn) => turn.message);
  const { head, messages } = rebuildSource(openaiDialect, path, [], undefined);
  return {
    ...(trace.model === undefined ? {} : { model: trace.model }),
    messages,
    ...(head['tools'] === undefined ? {} : { tools: head['tools'] }),
  };
}
