// Vercel's AI SDK with its provider for servers that speak as OpenAI does.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { describe, expect, test, vi } from 'vitest';
import { traceDetail } from '#engine/trace/detail';
import type { Piece, Played } from '#test/upstream/fake-upstream';
import { cutAfter, errorAfter, harmless } from '#test/upstream/quirks';
import { playJson, playStream } from '#test/upstream/said';
import {
  chatAnswer,
  chatStream,
  chatStreamError,
  embeddingsAnswer,
  openaiError,
  playChat,
} from '#test/upstream/wire-openai';
import { allOf, bothWays, openWorld, settled, waitingFor, type Play, type Way } from './two-ways.ts';
import { asking, instructions, knowing, member, parameters, question, saidTo, weatherIn } from './weather.ts';

const reasoning = 'It is about weather.';
const play = (): Play => (request) => {
  const said = saidTo(request);
  return playChat(said === asking ? { ...said, reasoning } : said)(request);
};

function provider({ origin, apiKey }: Way) {
  return createOpenAICompatible({
    name: 'atelier',
    baseURL: `${origin}/v1`,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
}

function options(way: Way) {
  return {
    model: provider(way)('gpt-5-mini'),
    instructions,
    prompt: question,
    maxRetries: 0,
    temperature: 0.5,
    tools: {
      get_weather: tool({
        description: 'Current weather',
        inputSchema: jsonSchema<{ city: string; note: string }>(parameters as never),
        execute: weatherIn,
      }),
    },
    stopWhen: stepCountIs(4),
  };
}

/** What a step came to, without the ids and times that are made here. */
function stepOf(step: Awaited<ReturnType<typeof generateText>>['steps'][number]) {
  const { text, reasoningText, toolCalls, toolResults, finishReason, usage, response } = step;
  return { text, reasoningText, toolCalls, toolResults, finishReason, usage, id: response.id, model: response.modelId };
}

test('tools in steps, at once', async () => {
  const { outcome, calls, requests, world } = await bothWays(play, async (way) => {
    const { text, steps, totalUsage } = await generateText(options(way));
    return { text, totalUsage, steps: steps.map(stepOf) };
  });
  expect(outcome.text).toBe('Both are warm.');
  expect(outcome.steps.map(({ reasoningText }) => reasoningText)).toEqual([reasoning, undefined]);
  expect(outcome.steps[0]?.toolResults).toHaveLength(2);
  expect(member(requests[1], 'messages')).toHaveLength(5);
  expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(1);
  const { trace } = traceDetail(world.store, calls[0]?.traceId ?? '');
  expect(trace).toMatchObject({ spanCount: 2, inputTokens: 61, outputTokens: 13 });
});

describe('tools in steps, streamed', () => {
  test.each(Object.entries(harmless))('%s', async (_, change) => {
    const { outcome } = await bothWays(
      () => (request) => playChat(saidTo(request), change)(request),
      async (way) => {
        const stream = streamText(options(way));
        const parts = await allOf(stream.fullStream);
        return {
          text: await stream.text,
          steps: (await stream.steps).map(stepOf),
          types: parts.map(({ type }) => type),
          usage: await stream.totalUsage,
        };
      },
    );
    expect(outcome.text).toBe('Both are warm.');
    expect(outcome.steps).toHaveLength(2);
    expect(outcome.types.filter((type) => type === 'tool-result')).toHaveLength(2);
    expect(outcome.usage).toMatchObject({ inputTokens: 61, outputTokens: 13 });
  });
});

test('an answer that is held to a schema', async () => {
  const { outcome } = await bothWays(
    () => playChat({ text: '{"city":"Porto","note":"sunny"}' }),
    async (way) => {
      const output = Output.object({ schema: jsonSchema<{ city: string }>(parameters as never) });
      const { tools: _, ...given } = options(way);
      return (await generateText({ ...given, output })).output;
    },
  );
  expect(outcome).toEqual({ city: 'Porto', note: 'sunny' });
});

test('embeddings', async () => {
  const { outcome, calls } = await bothWays(
    () => (request) => playJson(embeddingsAnswer(member(request, 'input') as string[])),
    async (way) => {
      const model = provider(way).embeddingModel('text-embedding-3-small');
      const { embeddings, usage } = await embedMany({ model, values: ['one', 'three'], maxRetries: 0 });
      return { embeddings, usage };
    },
  );
  expect(outcome).toEqual({
    embeddings: [
      [0.75, -0.375, 0.5, 1],
      [1.25, -0.625, 0.5, 1],
    ],
    usage: { tokens: 6 },
  });
  expect(calls).toMatchObject([{ endpoint: 'POST /v1/embeddings', inputTokens: 6 }]);
});

describe('what goes wrong', () => {
  test.each([400, 401, 404, 429, 500, 503])('status %i', async (status) => {
    const { outcome } = await bothWays(
      () => () => playJson(openaiError('It went wrong.'), status),
      (way) => settled(generateText(options(way))),
    );
    expect(outcome).toMatchObject({ message: 'It went wrong.', statusCode: status });
  });

  test('the client tries again by itself', async () => {
    const { outcome, calls } = await bothWays(
      () => {
        const answers: Played[] = [
          playJson(openaiError('Slow down.'), 429, [['retry-after-ms', '5']]),
          playJson(openaiError('Oh.'), 503, [['retry-after', '0.01']]),
        ];
        return () => answers.shift() ?? playJson(chatAnswer(knowing));
      },
      async (way) => (await generateText({ ...options(way), maxRetries: 2 })).text,
    );
    expect(outcome).toBe('Both are warm.');
    expect(calls.map(({ status }) => status)).toEqual([429, 503, 200]);
  });

  const pieces = chatStream(knowing);
  test.each<[string, readonly Piece[]]>([
    ['an error amid a stream', errorAfter(pieces, 2, chatStreamError)],
    ['a stream cut off', cutAfter(pieces, 3)],
    ['no JSON in a stream', [...pieces.slice(0, 2), 'data: {"id":\n\n', ...pieces.slice(2)]],
  ])('%s', async (_, body) => {
    const { outcome } = await bothWays(
      () => () => playStream(body),
      async (way) => {
        const errors: unknown[] = [];
        const stream = streamText({
          ...options(way),
          onError: ({ error }) => void errors.push(error instanceof Error ? error.message : error),
        });
        return { texts: await settled(allOf(stream.textStream)), end: await settled(stream.finishReason), errors };
      },
    );
    expect(JSON.stringify(outcome)).toMatch(/error|terminated/iu);
  });

  test('the client goes away', async () => {
    const world = await openWorld(({ gone }) => ({
      headers: [['content-type', 'text/event-stream']],
      body: (async function* (): AsyncGenerator<Piece> {
        for (const piece of pieces.slice(0, 3)) yield piece;
        await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
      })(),
    }));
    const stopping = new AbortController();
    const stream = streamText({ ...options(world.way()), abortSignal: stopping.signal });
    for await (const part of stream.fullStream) if (part.type === 'text-delta') stopping.abort();
    await vi.waitFor(() => expect(world.upstream.requests[0]?.gone.aborted).toBe(true), waitingFor);
    expect(await world.calls()).toMatchObject([{ state: 'cancelled' }]);
  });
});
