// A run's calls of a real provider: each is on record for its run with its cost, its span has the cost, and the run's budget ends them.
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Message } from '#contract/turn';
import { input } from '#engine/graph/channels';
import { agent } from '#engine/graph/define-agent';
import { edge, end, start } from '#engine/graph/define-edges';
import { llm } from '#engine/graph/define-nodes';
import type { ModelProvider } from '#engine/models/model';
import { RunTraces } from '#engine/trace/run/run-traces';
import { Shelf, workshop } from '#test/in-process-runners';
import { temporaryStore } from '#test/store';
import { playChat } from '#test/upstream/wire-openai';
import { fakeUpstream, openService } from './model-world.ts';

const file = 'agents/ask.agent.ts';

function asking(): Shelf {
  const shelf = new Shelf();
  shelf.putAgent(
    file,
    agent(
      { state: { topic: input(z.string()) } },
      {
        nodes: {
          one: llm({ model: 'p/small', prompt: 'Say one.' }),
          two: llm({ model: 'p/small', prompt: 'Say two.' }),
        },
        edges: [start('one'), edge('one', 'two'), end('two')],
      },
    ),
  );
  return shelf;
}

async function open(budget: number, more: readonly Message[] = []) {
  const server = await fakeUpstream(playChat({ text: 'Well.', usage: { input: 1000, output: 100 } }));
  const { service, ...way } = openService({
    models: { providers: { p: { dialect: 'openai', url: `${server.origin}/v1` } }, budgets: { run: { usd: budget } } },
    prices: { models: { 'p/small': { input: 1, output: 10 } } },
  });
  const provider: ModelProvider = {
    name: 'p',
    call: ({ model, ...call }) => service.models.call(`p/${model}`, { ...call, messages: [...call.messages, ...more] }),
  };
  const store = temporaryStore();
  return { server, way, ...workshop({ store, shelf: asking(), providers: [provider] }) };
}

it('are on record for the run, and their cost is on their spans', async () => {
  const { control, until, store, way } = await open(1);
  const { id } = await control.start({ file, input: { topic: 'tea' }, seed: 1 });
  await until(id, 'finished');
  const cost = { inputTokens: 1000, outputTokens: 100, costUsd: 0.002 };
  expect(way.store.calls.list({ run: id }, 10)).toMatchObject([cost, cost]);
  expect(way.asked.map(({ cause }) => cause.run)).toEqual([id, id]);
  expect(control.get(id).run.usage).toEqual({ inputTokens: 2000, outputTokens: 200, costUsd: 0.004 });
  const traces = new RunTraces(store, { onChange: () => undefined, onFailure: () => undefined });
  traces.settled(id);
  await traces.close();
  const spans = store.traces.spans(id).filter(({ kind }) => kind === 'model');
  expect(spans.map(({ attributes }) => attributes?.['atelier.cost_usd'])).toEqual([0.002, 0.002]);
});

it('end where the run’s budget is used up, with what to do', async () => {
  const { control, store, until, server } = await open(0.001);
  const { id } = await control.start({ file, input: { topic: 'tea' }, seed: 1 });
  await until(id, 'failed');
  expect(control.get(id).run.error).toMatchObject({
    name: 'ModelError 429',
    message: expect.stringContaining("The run's budget of 0.001 USD is used up") as string,
    hint: 'It is set in atelier.json at models.budgets.run.usd.',
  });
  expect(server.requests).toHaveLength(1);
  expect(store.runs.get(id)?.usage.costUsd).toBe(0.002);
});

it('say on their spans what of a request the provider’s dialect could not carry', async () => {
  const { control, until, store, server } = await open(1, [
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'so' },
      ],
    },
    { role: 'user', content: [{ type: 'text', text: 'and?' }] },
  ]);
  const { id } = await control.start({ file, input: { topic: 'tea' }, seed: 1 });
  await until(id, 'finished');
  expect(server.requests[0]?.body).not.toContain('hm');
  const traces = new RunTraces(store, { onChange: () => undefined, onFailure: () => undefined });
  traces.settled(id);
  await traces.close();
  const span = store.traces.spans(id).find(({ kind }) => kind === 'model');
  expect(span?.attributes?.['atelier.not_carried']).toEqual([expect.stringMatching(/content\[0\] \(reasoning/u)]);
});
