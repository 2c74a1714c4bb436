// Embeddings from an OpenAI-compatible server: vectors of texts.
import { randomUUID } from 'node:crypto';
import type { CallRecord } from '../network-ports.ts';
import { sentenceOf } from '../problem.ts';
import { jsonOf } from './answer.ts';
import { ModelError, type EmbedCall, type Embeddings } from './model.ts';
import { refusalOf } from './provider-error.ts';
import type { ProviderParts } from './provider-parts.ts';
import { isAbortError } from './timing.ts';
import { countTokens } from './tokens.ts';
import { readEmbeddingsReply, writeEmbeddingsRequest } from './wire/embeddings.ts';

const path = '/embeddings';
/** Texts in one request; some servers take no more. */
const most = 256;

/** Throws ModelError, AbortError. Each request is on record as a call. */
export async function embedWith(parts: ProviderParts, call: EmbedCall): Promise<Embeddings> {
  const { upstream } = parts;
  if (upstream.dialect !== 'openai') throw new ModelError(`${upstream.name} has no models for embeddings.`, 400);
  const vectors: Float32Array[] = [];
  let { model } = call;
  let inputTokens = 0;
  let costUsd: number | undefined;
  for (let from = 0; from < call.texts.length; from += most) {
    const some = await embedSome(parts, { ...call, texts: call.texts.slice(from, from + most) });
    vectors.push(...some.vectors);
    model = some.model;
    inputTokens += some.usage.inputTokens;
    if (some.usage.costUsd !== undefined) costUsd = (costUsd ?? 0) + some.usage.costUsd;
  }
  return { vectors, model, usage: { inputTokens, outputTokens: 0, ...(costUsd === undefined ? {} : { costUsd }) } };
}

async function embedSome(parts: ProviderParts, call: EmbedCall): Promise<Embeddings> {
  const { upstream, costOf, calls, redactor, timing } = parts;
  const { model, texts, signal, run } = call;
  const at = timing.now();
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const record = (more: Partial<CallRecord> & Pick<CallRecord, 'state'>): void =>
    calls.put([
      {
        id: randomUUID(),
        key: '',
        at,
        endpoint: `POST ${path}`,
        model,
        provider: upstream.name,
        stream: false,
        from: 'upstream',
        ms: timing.now() - at,
        ...(run === undefined ? {} : { run }),
        ...more,
      },
    ]);
  let answered: number | undefined;
  try {
    const response = await upstream.send({
      method: 'POST',
      path,
      headers: [
        ['content-type', 'application/json'],
        ['accept', 'application/json'],
        ['user-agent', 'atelier'],
      ],
      body: Buffer.from(JSON.stringify(writeEmbeddingsRequest({ model, texts }))),
      signal,
      cause: { purpose: 'embeddings', model, ...(run === undefined ? {} : { run }) },
      tokens,
    });
    const { status } = response;
    answered = status;
    if (status < 200 || status > 299) {
      const { name, settings } = upstream;
      const readError = (json: Parameters<typeof parts.wire.readError>[0]): string | undefined =>
        parts.wire.readError(json);
      upstream.used(tokens, 0);
      throw await refusalOf(response, { name, settings, model, redactor, now: timing.now(), readError });
    }
    const reply = readEmbeddingsReply(await jsonOf(response.body), texts.length);
    const inputTokens = reply.inputTokens > 0 ? reply.inputTokens : tokens;
    const costUsd = costOf(upstream.name, model, { inputTokens, outputTokens: 0 });
    upstream.used(tokens, inputTokens);
    const cost = costUsd === undefined ? {} : { costUsd };
    record({ state: 'done', status, inputTokens, outputTokens: 0, ...cost });
    return {
      vectors: reply.vectors,
      model: reply.model === '' ? model : reply.model,
      usage: { inputTokens, outputTokens: 0, ...cost },
    };
  } catch (error) {
    record({
      state: isAbortError(error) ? 'cancelled' : 'failed',
      ...(answered === undefined ? {} : { status: answered }),
      problem: redactor.text(sentenceOf(error)),
    });
    throw error;
  }
}
