// Agents of @openai/agents in a loop with tools: straight, through the gateway, and once more from its records with no provider there.
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { traceDetail } from '#engine/trace/detail';
import { harmless } from '#test/upstream/quirks';
import { playJson, type Said } from '#test/upstream/said';
import { openaiError, playChat } from '#test/upstream/wire-openai';
import { playResponses } from '#test/upstream/wire-responses';
import type { Piece } from '#test/upstream/fake-upstream';
import { allOf, bothWays, openWorld, settled, type Play, type Way, type World } from './two-ways.ts';
import { instructions, parameters, question, saidTo, weatherIn } from './weather.ts';

type Change = (pieces: readonly string[]) => readonly Piece[];

const apis = [
  ['responses', true, (said: Said, change?: Change) => playResponses(said, change)],
  ['chat completions', false, (said: Said, change?: Change) => playChat(said, change)],
] as const;

const agent = new Agent({
  name: 'Guide',
  instructions,
  model: 'gpt-5-mini',
  modelSettings: { temperature: 0.5 },
  tools: [
    tool({ name: 'get_weather', description: 'Current weather', parameters: parameters as never, execute: weatherIn }),
  ],
});

function runner({ origin, apiKey }: Way, useResponses: boolean): Runner {
  const openAIClient = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
  // Its own traces would go to a server of the vendor's.
  return new Runner({ modelProvider: new OpenAIProvider({ openAIClient, useResponses }), tracingDisabled: true });
}

/** Connections that stand in the ledger. */
function opened({ store }: World): number {
  return store.ledger.list({ kind: 'open' }, 0, 1).total;
}

async function run(way: Way, useResponses: boolean, asked = question) {
  const { finalOutput, history, rawResponses } = await runner(way, useResponses).run(agent, asked);
  return { finalOutput, history, rawResponses };
}

async function runStreamed(way: Way, useResponses: boolean, asked = question) {
  const result = await runner(way, useResponses).run(agent, asked, { stream: true });
  const events = await allOf(result);
  await result.completed;
  const { finalOutput, history, rawResponses } = result;
  return { finalOutput, history, rawResponses, types: events.map(({ type }) => type) };
}

describe.each(apis)('%s', (_, useResponses, playing) => {
  const play = (): Play => (request) => playing(saidTo(request))(request);

  test('a loop with a tool', async () => {
    const { outcome, calls, world } = await bothWays(play, (way) => run(way, useResponses));
    expect(outcome.finalOutput).toBe('Both are warm.');
    expect(outcome.rawResponses).toHaveLength(2);
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
    expect(trace).toMatchObject({ name: question, spanCount: 2, inputTokens: 61, outputTokens: 13 });
  });

  test.each(Object.entries(harmless))('streamed: %s', async (_name, change) => {
    const { outcome } = await bothWays(
      () => (request) => playing(saidTo(request), change)(request),
      (way) => runStreamed(way, useResponses),
    );
    expect(outcome.finalOutput).toBe('Both are warm.');
    expect(outcome.types.length).toBeGreaterThan(20);
  });

  test('an error of the provider', async () => {
    const { outcome } = await bothWays(
      () => () => playJson(openaiError('Not today.', 'server_error'), 500),
      (way) => settled(run(way, useResponses)),
    );
    expect(outcome).toMatchObject({ status: 500, message: '500 Not today.' });
  });

  test.each([
    ['at once', run],
    ['streamed', runStreamed],
  ] as const)('recorded, then run again with no provider there: %s', async (_how, program) => {
    const world = await openWorld(play());
    const first = await program(world.way(), useResponses);
    await world.calls();
    const replay = world.way({ mode: 'replay' });
    const left = opened(world);
    await world.upstream.close();
    expect(await program(replay, useResponses)).toEqual(first);
    const calls = await world.calls();
    expect(calls.map(({ from, state }) => [from, state])).toEqual([
      ['upstream', 'done'],
      ['upstream', 'done'],
      ['record', 'done'],
      ['record', 'done'],
    ]);
    expect(calls.slice(2).map(({ costUsd }) => costUsd)).toEqual([0, 0]);
    // Nothing left: no connection stands in the ledger, and nobody was asked.
    expect([left, opened(world)]).toEqual([2, 2]);
    expect(world.upstream.requests).toHaveLength(2);
    expect(world.failures).toEqual([]);
  });

  test('another prompt is no record: what is nearest, and where it differs', async () => {
    const world = await openWorld(play());
    await run(world.way(), useResponses);
    await world.calls();
    await world.upstream.close();
    const replay = world.way({ mode: 'replay' });
    const missed = await settled(run(replay, useResponses, 'Is it cold?'));
    expect(missed).toMatchObject({
      status: 404,
      message: expect.stringMatching(
        /nearest recorded prompt differs in message 1 \(user\): recorded is “Is it warm\?”, asked is “Is it cold\?”/,
      ) as string,
    });
    const { origin, apiKey } = replay;
    const answer = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-5-mini',
        messages: [
          { role: 'system', content: instructions },
          { role: 'user', content: 'Is it cold?' },
        ],
      }),
    });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ nearest: { messages: expect.any(Array) as unknown[] } });
  });

  test('what is recorded comes from the record, what is not from the provider', async () => {
    const world = await openWorld(play());
    await run(world.way(), useResponses);
    await world.calls();
    const both = world.way({ mode: 'replay-then-live' });
    await run(both, useResponses);
    await run(both, useResponses, 'Is it cold?');
    expect((await world.calls()).map(({ from }) => from)).toEqual([
      'upstream',
      'upstream',
      'record',
      'record',
      'upstream',
      'upstream',
    ]);
    expect(world.upstream.requests).toHaveLength(4);
  });
});
