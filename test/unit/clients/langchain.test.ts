// LangChain's models of OpenAI: chat completions and responses, tools, schemas, embeddings.
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { describe, expect, test } from 'vitest';
import { traceDetail } from '#engine/trace/detail';
import type { Piece, Played, PlayedRequest } from '#test/upstream/fake-upstream';
import { cutAfter, errorAfter, harmless } from '#test/upstream/quirks';
import { playJson, playStream, type Said } from '#test/upstream/said';
import {
  chatAnswer,
  chatStream,
  chatStreamError,
  embeddingsAnswer,
  openaiError,
  playChat,
} from '#test/upstream/wire-openai';
import { playResponses } from '#test/upstream/wire-responses';
import { allOf, bothWays, settled, type Play, type Way } from './two-ways.ts';
import { instructions, knowing, member, parameters, question, saidTo, weatherIn } from './weather.ts';

type Change = (pieces: readonly string[]) => readonly Piece[];

const apis = [
  ['chat completions', false, (said: Said, change?: Change) => playChat(said, change)],
  ['responses', true, (said: Said, change?: Change) => playResponses(said, change)],
] as const;

function model({ origin, apiKey }: Way, useResponsesApi: boolean, maxRetries = 0): ChatOpenAI {
  const configuration = { baseURL: `${origin}/v1` };
  return new ChatOpenAI({ model: 'gpt-5-mini', apiKey, configuration, useResponsesApi, maxRetries });
}

const tools = [
  { type: 'function' as const, function: { name: 'get_weather', description: 'Current weather', parameters } },
];
const opening = [
  { role: 'system', content: instructions },
  { role: 'user', content: question },
];

/** As JSON, which is how LangChain keeps messages. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe.each(apis)('%s', (_, useResponsesApi, playing) => {
  const play = (): Play => (request: PlayedRequest) => playing(saidTo(request))(request);

  test('bound tools, their results, and the answer, in one conversation', async () => {
    const { outcome, calls, world } = await bothWays(play, async (way) => {
      const bound = model(way, useResponsesApi).bindTools(tools);
      const first = await bound.invoke(opening);
      const results = (first.tool_calls ?? []).map(({ id, args }) => ({
        role: 'tool',
        tool_call_id: id ?? '',
        content: weatherIn(args),
      }));
      const second = await bound.invoke([...opening, first, ...results]);
      return { text: second.text, calls: first.tool_calls, all: plain([first, second]) };
    });
    expect(outcome.text).toBe('Both are warm.');
    expect(outcome.calls).toMatchObject([{ args: { city: 'Zürich' } }, { args: { city: 'Porto' } }]);
    expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(1);
    const { path, trace } = traceDetail(world.store, calls[0]?.traceId ?? '');
    expect(path.map(({ message: { role } }) => role)).toEqual([
      'context',
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
    ]);
    expect(trace).toMatchObject({ inputTokens: 61, outputTokens: 13 });
  });

  test.each(Object.entries(harmless))('streamed: %s', async (_name, change) => {
    const { outcome } = await bothWays(
      () => (request) => playing(saidTo(request), change)(request),
      async (way) => {
        const chunks = await allOf(await model(way, useResponsesApi).bindTools(tools).stream(opening));
        const [first, ...rest] = chunks;
        const whole = rest.reduce((sum, chunk) => sum?.concat(chunk), first);
        return { count: chunks.length, text: whole?.text, calls: whole?.tool_calls, usage: whole?.usage_metadata };
      },
    );
    expect(outcome.calls).toHaveLength(2);
    expect(outcome.usage).toMatchObject({ input_tokens: 21, output_tokens: 9 });
    expect(outcome.count).toBeGreaterThan(5);
  });

  test('an answer that is held to a schema', async () => {
    const { outcome } = await bothWays(
      () => playing({ text: '{"city":"Porto","note":"sunny"}' }),
      (way) =>
        model(way, useResponsesApi)
          .withStructuredOutput({ title: 'weather', ...parameters }, { method: 'jsonSchema', strict: true })
          .invoke(opening),
    );
    expect(outcome).toEqual({ city: 'Porto', note: 'sunny' });
  });

  test('several at once', async () => {
    const { outcome } = await bothWays(
      () => (request) => playing({ text: `So: ${/city \d/u.exec(request.body)?.[0]}` })(request),
      async (way) => {
        const asked = Array.from({ length: 10 }, (_one, index) => `Is city ${index} warm?`);
        return (await model(way, useResponsesApi).batch(asked)).map(({ text }) => text);
      },
      { inAnyOrder: true },
    );
    expect(outcome[7]).toBe('So: city 7');
  });

  test('errors of the provider', async () => {
    const { outcome } = await bothWays(
      () => {
        const statuses = [400, 401, 404, 500];
        return () => playJson(openaiError('It went wrong.', 'some_error', 'odd'), statuses.shift() ?? 418);
      },
      async (way) => {
        const told: unknown[] = [];
        for (let asks = 0; asks < 4; asks += 1) told.push(await settled(model(way, useResponsesApi).invoke(opening)));
        return told;
      },
    );
    expect(outcome).toMatchObject([{ status: 400 }, { status: 401 }, { status: 404 }, { status: 500 }]);
  });
});

test('the client tries again by itself', async () => {
  const { outcome, calls } = await bothWays(
    () => {
      const answers: Played[] = [playJson(openaiError('Oh.'), 503)];
      return () => answers.shift() ?? playJson(chatAnswer(knowing));
    },
    async (way) => (await model(way, false, 1).invoke(opening)).text,
  );
  expect(outcome).toBe('Both are warm.');
  expect(calls.map(({ status }) => status)).toEqual([503, 200]);
});

test('streams that go wrong', async () => {
  const pieces = chatStream(knowing);
  const { outcome } = await bothWays(
    () => {
      const bodies = [errorAfter(pieces, 2, chatStreamError), cutAfter(pieces, 3)];
      return () => playStream(bodies.shift() ?? []);
    },
    async (way) => {
      const read = async () => allOf(await model(way, false).stream(opening));
      return [await settled(read()), await settled(read())];
    },
  );
  expect(outcome).toMatchObject([{ message: expect.any(String) as string }, { message: expect.any(String) as string }]);
});

test('embeddings, in batches', async () => {
  const { outcome, calls } = await bothWays(
    () => (request) =>
      playJson(
        embeddingsAnswer(member(request, 'input') as string[], {
          base64: member(request, 'encoding_format') === 'base64',
        }),
      ),
    ({ origin, apiKey }) => {
      const configuration = { baseURL: `${origin}/v1` };
      const given = { model: 'text-embedding-3-small', apiKey, configuration, batchSize: 2, maxConcurrency: 1 };
      return new OpenAIEmbeddings({ ...given, maxRetries: 0 }).embedDocuments(['one', 'three', 'seven']);
    },
    { inAnyOrder: true },
  );
  expect(outcome).toHaveLength(3);
  expect(outcome[1]).toEqual([1.25, -0.625, 0.5, 1]);
  expect(calls).toHaveLength(2);
});
