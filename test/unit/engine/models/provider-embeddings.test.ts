// What goes into a call beside its messages, and embeddings.
import { describe, expect, it } from 'vitest';
import { playJson } from '#test/upstream/said';
import { chatStream, embeddingsAnswer, playChat, vectorOf } from '#test/upstream/wire-openai';
import { failureOf, fakeUpstream, openService, saying, valueOf } from './model-world.ts';

describe('parameters', () => {
  it('reach the wire', async () => {
    const server = await fakeUpstream(playChat({ text: 'Good day' }));
    const { service } = openService({
      models: { providers: { p: { dialect: 'openai', url: `${server.origin}/v1` } } },
    });
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const parameters = { topP: 0.5, stop: 'END', seed: 7, schema, logprobs: 2, toolChoice: 'auto', maxTokens: 10 };
    await service.models.call('p/small', saying('Hello', { parameters }).call);
    const body: unknown = JSON.parse(server.requests[0]?.body ?? '');
    expect(body).toMatchObject({ top_p: 0.5, stop: ['END'], seed: 7, logprobs: true, top_logprobs: 2, max_tokens: 10 });
    expect(body).toMatchObject({ response_format: { type: 'json_schema', json_schema: { schema } } });
  });

  it('let log probabilities come back', async () => {
    const server = await fakeUpstream(() => {
      const pieces = chatStream({ text: 'a' });
      const logprobs = { content: [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }], refusal: null };
      return {
        body: pieces.map((piece) =>
          piece.includes('"content":"a"')
            ? piece.replace('"logprobs":null', `"logprobs":${JSON.stringify(logprobs)}`)
            : piece,
        ),
      };
    });
    const { service } = openService({
      models: { providers: { p: { dialect: 'openai', url: `${server.origin}/v1` } } },
    });
    const reply = await service.models.call('p/small', saying('a', { parameters: { logprobs: 0 } }).call);
    expect(JSON.stringify(reply.logprobs)).toContain('-0.1');
  });
});

describe('embeddings', () => {
  it('come in the order of the texts, many requests if there are many, with usage and cost', async () => {
    const server = await fakeUpstream(({ body }) => {
      const { input } = JSON.parse(body) as { input: string[] };
      return playJson(embeddingsAnswer(input));
    });
    const { service, store } = openService({
      models: { providers: { p: { dialect: 'openai', url: `${server.origin}/v1` } } },
      prices: { models: { 'p/embed': { input: 1000, output: 0 } } },
    });
    const texts = Array.from({ length: 300 }, (_, index) => `text ${index}`);
    const { signal } = new AbortController();
    const { vectors, usage } = await service.models.embed('p/embed', { texts, signal, run: 'r1' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/embeddings', '/v1/embeddings']);
    expect(vectors).toHaveLength(300);
    expect(vectors[299]?.[0]).toBeCloseTo(vectorOf('text 299')[0] ?? 0, 5);
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(usage.costUsd).toBeCloseTo(usage.inputTokens / 1000, 6);
    expect(store.calls.list({ run: 'r1' }, 10)).toHaveLength(2);
    expect(valueOf(server.requests[0] ?? ({ headers: [] } as never), 'content-type')).toBe('application/json');
  });

  it('are refused where the provider has none, or answers for another number of texts', async () => {
    const server = await fakeUpstream(() => playJson(embeddingsAnswer(['one'])));
    const { service, store } = openService({
      models: {
        providers: {
          p: { dialect: 'openai', url: `${server.origin}/v1` },
          a: { dialect: 'anthropic', url: `${server.origin}/v1` },
        },
      },
    });
    const { signal } = new AbortController();
    await expect(failureOf(service.models.embed('a/x', { texts: ['a'], signal }))).resolves.toMatchObject({
      status: 400,
    });
    await expect(failureOf(service.models.embed('scripted/echo', { texts: ['a'], signal }))).resolves.toMatchObject({
      status: 400,
    });
    await expect(failureOf(service.models.embed('p/x', { texts: ['a', 'b'], signal }))).resolves.toMatchObject({
      status: 502,
    });
    expect(store.calls.list({}, 10)).toMatchObject([{ state: 'failed' }]);
  });
});
