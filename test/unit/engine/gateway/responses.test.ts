// OpenAI's responses API through a capture: items are kept once, answers are remembered by their id, what was sent comes back equal.
import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import { traceDetail } from '#engine/trace/detail';
import { rawRecord } from '#engine/trace/source';
import { captureWorld } from '#test/captured';
import { maskingRedactor } from '#test/redaction';

const asked = { dialect: 'openai-responses', endpoint: 'POST /v1/responses' } as const;

function said(text: string): JsonObject {
  return {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
}

function response(id: string, output: readonly JsonObject[]): JsonObject {
  return {
    id,
    object: 'response',
    created_at: 1_750_000_000,
    status: 'completed',
    model: 'gpt-5',
    output,
    usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
  };
}

const tools = [{ type: 'function', name: 'weather', parameters: { type: 'object' }, strict: true }];
const called = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'weather',
  arguments: '{"city":"Oslo"}',
  status: 'completed',
};
const result = { type: 'function_call_output', call_id: 'call_1', output: 'cold' };
const question = { role: 'user', content: [{ type: 'input_text', text: 'Weather in Oslo?' }] };

test('a conversation with a tool, its items sent each time: one trace, raw equal', async () => {
  const { store, call } = captureWorld();
  const first = { instructions: 'Be brief.', model: 'gpt-5', tools, input: [question], temperature: 0.2 };
  const one = await call(first, response('resp_1', [called]), asked);
  const second = { ...first, input: [question, called, result], parallel_tool_calls: true };
  const answer = response('resp_2', [said('It is cold.')]);
  const two = await call(second, answer, asked);
  expect(two.traceId).toBe(one.traceId);
  const { trace, path } = traceDetail(store, one.traceId);
  expect(trace).toMatchObject({
    name: 'Weather in Oslo?',
    spanCount: 2,
    toolCallCount: 1,
    inputTokens: 18,
    model: 'gpt-5',
  });
  expect(path.map(({ message: { role } }) => role)).toEqual(['context', 'user', 'assistant', 'tool', 'assistant']);
  expect(path[3]?.message).toMatchObject({ call: 0 });
  expect(rawRecord(store, one.traceId)).toBe(JSON.stringify({ request: second, response: answer }));
  // Each item of the longer request is stored once: the residues of both requests are one chain.
  const exchanges = [one, two].map(({ id }) => store.calls.exchange(id)?.residue ?? '');
  const [short, long] = exchanges.map((residue) => store.traces.residues(residue));
  expect(long?.slice(0, short?.length)).toEqual(short);
});

test('a request that names the answer before it goes on from there', async () => {
  const { store, call } = captureWorld();
  const first = { model: 'gpt-5', input: 'Weather in Oslo?', tools };
  const one = await call(first, response('resp_1', [called]), asked);
  const second = { model: 'gpt-5', previous_response_id: 'resp_1', input: [result], tools };
  const answer = response('resp_2', [said('It is cold.')]);
  const two = await call(second, answer, asked);
  expect(two.traceId).toBe(one.traceId);
  const { path } = traceDetail(store, one.traceId);
  expect(path.map(({ message: { role } }) => role)).toEqual(['context', 'user', 'assistant', 'tool', 'assistant']);
  expect(path[3]?.message).toMatchObject({ call: 0 });
  expect(rawRecord(store, one.traceId)).toBe(JSON.stringify({ request: second, response: answer }));
});

test('a plain text for input comes back as it was', async () => {
  const { store, call } = captureWorld();
  const body = { input: 'Hi', model: 'gpt-5' };
  const answer = response('resp_1', [said('Hello.')]);
  const { traceId } = await call(body, answer, asked);
  expect(rawRecord(store, traceId)).toBe(JSON.stringify({ request: body, response: answer }));
});

test('a streamed answer is remembered by its id, too', async () => {
  const { call } = captureWorld();
  const whole = response('resp_1', [said('Hello.')]);
  const events = [
    { type: 'response.created', response: { ...whole, output: [], status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...said(''), content: [] } },
    {
      type: 'response.content_part.added',
      output_index: 0,
      content_index: 0,
      item_id: 'msg_1',
      part: { type: 'output_text', text: '', annotations: [] },
    },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'msg_1', delta: 'Hello.' },
    { type: 'response.output_text.done', output_index: 0, content_index: 0, item_id: 'msg_1', text: 'Hello.' },
    { type: 'response.output_item.done', output_index: 0, item: said('Hello.') },
    { type: 'response.completed', response: whole },
  ];
  const stream = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  const one = await call({ model: 'gpt-5', input: 'Hi', stream: true }, stream, asked);
  const two = await call(
    { model: 'gpt-5', previous_response_id: 'resp_1', input: 'More.' },
    response('resp_2', [said('Fine.')]),
    asked,
  );
  expect(two.traceId).toBe(one.traceId);
});

test('items and instructions are masked', async () => {
  const secret = 'sk-canary-0123456789';
  const { store, call } = captureWorld({ redactor: maskingRedactor([secret]) });
  const body = {
    model: 'gpt-5',
    instructions: secret,
    input: [{ role: 'user', content: secret }],
    tools: [{ type: 'function', name: 'f', description: secret }],
  };
  const { traceId } = await call(body, response('resp_1', [said(secret)]), asked);
  await call(
    { model: 'gpt-5', previous_response_id: 'resp_1', input: secret },
    response('resp_2', [said(secret)]),
    asked,
  );
  const written = rawRecord(store, traceId) + JSON.stringify(traceDetail(store, traceId));
  expect(written.includes(secret)).toBe(false);
});

test('what is no request of this API keeps its call', async () => {
  const { store, call } = captureWorld();
  const { id, traceId } = await call(
    { model: 'gpt-5', input: [{ type: 'message', role: 'robot', content: 'x' }] },
    { error: { message: 'bad' } },
    asked,
    { state: 'failed', status: 400 },
  );
  expect(traceId).toBe('');
  expect(store.calls.get(id)?.problem).toMatch(/could not be read as messages/);
});
