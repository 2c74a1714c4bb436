// OpenAI's own client at responses and embeddings, and what it asks beside them.
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { traceDetail } from '#engine/trace/detail';
import { harmless } from '#test/upstream/quirks';
import { playJson, type Said } from '#test/upstream/said';
import { embeddingsAnswer, openaiError } from '#test/upstream/wire-openai';
import { playResponses, responsesAnswer } from '#test/upstream/wire-responses';
import { allOf, bothWays, openWorld, settled, type Play, type Way } from './two-ways.ts';
import { asking, instructions, knowing, member, parameters, question, saidTo, weatherIn } from './weather.ts';

const always = (said: Said, change?: Parameters<typeof playResponses>[1]) => (): Play => playResponses(said, change);

function client({ origin, apiKey }: Way): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
}

const tools: OpenAI.Responses.FunctionTool[] = [{ type: 'function', name: 'get_weather', parameters, strict: true }];
const common = { model: 'gpt-5-mini', instructions, tools };

test('tool calls with reasoning before them, and their results, in one conversation', async () => {
  const { outcome, calls, world } = await bothWays(
    () => (request) => {
      const said = saidTo(request);
      return playResponses(said === asking ? { reasoning: 'About weather.', signature: 'gAAAA', ...said } : said)(
        request,
      );
    },
    async (way) => {
      const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }];
      const first = await client(way).responses.create({ ...common, input, include: ['reasoning.encrypted_content'] });
      const results = first.output.flatMap((item) =>
        item.type === 'function_call'
          ? [
              {
                type: 'function_call_output' as const,
                call_id: item.call_id,
                output: weatherIn(JSON.parse(item.arguments)),
              },
            ]
          : [],
      );
      const again = [...input, ...(first.output as OpenAI.Responses.ResponseInput), ...results];
      return [first, await client(way).responses.create({ ...common, input: again, store: false })];
    },
  );
  expect(outcome[0]?.output.map(({ type }) => type)).toEqual([
    'reasoning',
    'message',
    'function_call',
    'function_call',
  ]);
  expect(outcome[1]?.output_text).toBe('Both are warm.');
  expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(1);
  const { path } = traceDetail(world.store, calls[0]?.traceId ?? '');
  expect(path.map(({ message: { role } }) => role)).toEqual([
    'context',
    'user',
    'assistant',
    'tool',
    'tool',
    'assistant',
  ]);
});

test('what the provider keeps is gone on from by its id alone', async () => {
  const { calls, world } = await bothWays(always(knowing), async (way) => {
    const first = await client(way).responses.create({ ...common, input: question });
    const second = await client(way).responses.create({
      ...common,
      input: 'And rain?',
      previous_response_id: first.id,
    });
    return [first, second];
  });
  expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(1);
  const { path } = traceDetail(world.store, calls[0]?.traceId ?? '');
  expect(path.map(({ message: { role } }) => role)).toEqual(['context', 'user', 'assistant', 'user', 'assistant']);
});

describe('a stream', () => {
  test.each(Object.entries(harmless))('%s', async (_, change) => {
    const { outcome } = await bothWays(always({ reasoning: 'Hm.', ...asking }, change), async (way) => {
      const stream = client(way).responses.stream({ ...common, input: question });
      return { events: await allOf(stream), final: await stream.finalResponse() };
    });
    expect(outcome.final.output.map(({ type }) => type)).toEqual([
      'reasoning',
      'message',
      'function_call',
      'function_call',
    ]);
    expect(outcome.events.length).toBeGreaterThan(20);
  });
});

test('an answer that is held to a schema is parsed', async () => {
  const schema = z.object({ city: z.string(), degrees: z.number() });
  const { outcome } = await bothWays(always({ text: '{"city":"Porto","degrees":21.5}' }), async (way) => {
    const text = { format: zodTextFormat(schema, 'weather') };
    return (await client(way).responses.parse({ ...common, input: question, text })).output_parsed;
  });
  expect(outcome).toEqual({ city: 'Porto', degrees: 21.5 });
});

test('what is below a response goes through: fetched again, cancelled, counted', async () => {
  const kept = responsesAnswer(knowing);
  const { outcome, requests } = await bothWays(
    () =>
      ({ method, path }) =>
        path.endsWith('/input_tokens')
          ? playJson({ object: 'response.input_tokens', input_tokens: 11 })
          : method === 'GET' || path.endsWith('/cancel')
            ? playJson(kept)
            : playJson(openaiError('not played'), 404),
    async (way) => {
      const { responses } = client(way);
      return [
        await responses.retrieve('resp_1', { include: ['reasoning.encrypted_content'] }),
        await responses.cancel('resp_1'),
        await responses.inputTokens.count({ model: 'gpt-5-mini', input: 'x' }),
      ];
    },
    { recorded: ({ method }) => method === 'POST' },
  );
  expect(outcome[2]).toMatchObject({ input_tokens: 11 });
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/responses/resp_1?include%5B%5D=reasoning.encrypted_content',
    'POST /v1/responses/resp_1/cancel',
    'POST /v1/responses/input_tokens',
  ]);
});

test('embeddings, as floats and packed', async () => {
  const { outcome, calls } = await bothWays(
    () => (request) => {
      const given = member(request, 'input');
      const texts = Array.isArray(given) ? (given as string[]) : [given as string];
      return playJson(embeddingsAnswer(texts, { base64: member(request, 'encoding_format') === 'base64' }));
    },
    async (way) => {
      const { embeddings } = client(way);
      const model = 'text-embedding-3-small';
      return [
        // Unasked, this client asks for base64 and unpacks it.
        await embeddings.create({ model, input: ['one', 'three'] }),
        await embeddings.create({ model, input: 'one', encoding_format: 'float', dimensions: 4 }),
      ];
    },
  );
  expect(outcome[0]?.data.map(({ embedding }) => embedding)).toEqual([
    [0.75, -0.375, 0.5, 1],
    [1.25, -0.625, 0.5, 1],
  ]);
  expect(calls.map(({ inputTokens, endpoint }) => [inputTokens, endpoint])).toEqual([
    [6, 'POST /v1/embeddings'],
    [3, 'POST /v1/embeddings'],
  ]);
});

test('the list of models is the workspace’s own, and nobody is asked for it', async () => {
  const world = await openWorld(() => playJson({}), { models: ['gpt-5-mini', 'org/other'] });
  const { models } = client(world.way());
  const ids = (await allOf(models.list())).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['openai/gpt-5-mini', 'openai/org/other', 'scripted/echo']));
  expect(await models.retrieve('openai/gpt-5-mini')).toMatchObject({ id: 'openai/gpt-5-mini', object: 'model' });
  expect(await settled(models.retrieve('openai/nothing'))).toMatchObject({ class: 'NotFoundError', status: 404 });
  expect(world.upstream.requests).toEqual([]);
});

test('what is not carried is refused in words, and not sent', async () => {
  const world = await openWorld(() => playJson({}));
  const one = client(world.way());
  const refused = await settled(one.files.list().then((page) => page.data));
  expect(refused).toMatchObject({
    status: 404,
    message: expect.stringMatching(/does not carry \/v1\/files/) as string,
  });
  expect(world.upstream.requests).toEqual([]);
});
