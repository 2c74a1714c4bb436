// The source of a captured trace: its last exchange, the request equal to what was sent (secrets masked), put together again.
import type { Json, JsonObject } from '#contract/turn';
import type { Exchange } from '../../network-ports.ts';
import type { Store, StoredTrace } from '../../ports.ts';
import { parsePlainJson } from '../exact-json.ts';
import { openaiRecord } from '../export/openai-record.ts';
import { anthropicDialect } from '../import/anthropic-dialect.ts';
import { anthropicShape } from '../import/anthropic.ts';
import { openaiDialect } from '../import/openai-dialect.ts';
import { openaiShape } from '../import/openai.ts';
import { rebuildSource } from '../import/rebuild.ts';
import { joinRequest } from '../import/request.ts';
import { isArray, isObject, member, textMember } from '../json.ts';
import { capturedKey } from './attributes.ts';
import { joinResponses } from './responses-request.ts';

/**
 * {"request", "response"}: the JSON that was sent and what came, of the trace's last call that is recorded whole. The answer to a streaming
 * request is the text of its events. Of a trace without such a call, its transcript.
 */
export function capturedRecord(store: Store, { summary }: StoredTrace): Json {
  for (const span of store.traces.spans(summary.id).toReversed()) {
    const call = textMember(span.attributes, capturedKey);
    const exchange = call === undefined ? undefined : store.calls.exchange(call);
    if (exchange !== undefined) return { request: requestOf(store, exchange), response: responseOf(exchange) };
  }
  return openaiRecord(store, summary);
}

/** The request as it was sent, secrets masked: equal JSON, key order included. */
export function requestOf(store: Store, { dialect, read, rest, residue }: Exchange): JsonObject {
  const chain = residue === undefined ? [] : store.traces.residues(residue);
  switch (dialect) {
    case 'openai-responses':
      return joinResponses(rest, chain);
    case 'openai-embeddings': {
      const [part] = store.turns.get(read)?.message.content ?? [];
      return { ...rest, input: part?.type === 'other' ? part.value : null };
    }
    case 'openai-chat':
    case 'anthropic': {
      const path = store.turns.path(read).map((turn) => turn.message);
      const source = rebuildSource(
        dialect === 'anthropic' ? anthropicDialect : openaiDialect,
        path,
        chain,
        sizesIn(rest),
      );
      const frame = { at: ['messages'], record: rest };
      const shape = dialect === 'anthropic' ? anthropicShape : openaiShape;
      const joined = joinRequest({ frame, sides: [{ side: '', ...source }] }, shape);
      return isObject(joined) ? joined : {};
    }
  }
}

function responseOf({ rest, body }: Exchange): Json {
  const text = Buffer.from(body).toString('utf8');
  return member(rest, 'stream') === true ? text : (parsePlainJson(text) ?? text);
}

/** In the place of the messages stands how many turns each made, where that is not as usual. */
function sizesIn(rest: JsonObject): readonly number[] | undefined {
  const sizes = rest['messages'];
  return isArray(sizes) ? sizes.filter((size) => typeof size === 'number') : undefined;
}
