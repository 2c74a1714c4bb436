// OTLP from the Vercel AI SDK, Langfuse and LangSmith: their own attributes are read as messages, each turn once.
import { traceDetail } from '#engine/trace/detail';
import { rawRecord } from '#engine/trace/source';
import type { Turn } from '#contract/turn';
import { expect, test } from 'vitest';
import { jsonl, workbench } from './bench.ts';

const traceId = 'd'.repeat(32);

function spanOf(id: number, name: string, attributes: Record<string, unknown>): unknown {
  const valueOf = (value: unknown): unknown => {
    if (typeof value === 'number') return { intValue: String(value) };
    if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } };
    return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
  };
  return {
    traceId,
    spanId: id.toString(16).padStart(16, '0'),
    name,
    startTimeUnixNano: `${1_719_000_000 + id}000000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) })),
  };
}

function request(spans: readonly unknown[]): string {
  return jsonl([{ resourceSpans: [{ scopeSpans: [{ spans }] }] }]);
}

function lines(path: readonly Turn[]): string[] {
  return path.map(({ message }) => {
    const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
    const said = message.content.map((part) =>
      part.type === 'text' || part.type === 'reasoning' ? part.text : part.type,
    );
    return [message.role, ...said, ...calls.map((call) => `${call.name}${JSON.stringify(call.arguments)}`)].join(' ');
  });
}

/** As versions 4 (args as text, result) and 5 (input, output with a type) write the same two steps. */
const steps = {
  4: {
    call: { toolCallType: 'function', toolCallId: 'c1', toolName: 'weather', args: '{"city":"Oslo"}' },
    asked: { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', args: { city: 'Oslo' } },
    answered: { type: 'tool-result', toolCallId: 'c1', toolName: 'weather', result: 'cold' },
    tool: { type: 'function', name: 'weather', parameters: { type: 'object' } },
    usage: { 'ai.usage.promptTokens': 7, 'ai.usage.completionTokens': 2 },
  },
  5: {
    call: { toolCallId: 'c1', toolName: 'weather', input: '{"city":"Oslo"}' },
    asked: { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Oslo' } },
    answered: { type: 'tool-result', toolCallId: 'c1', toolName: 'weather', output: { type: 'text', value: 'cold' } },
    tool: { type: 'function', name: 'weather', inputSchema: { type: 'object' } },
    usage: { 'ai.usage.inputTokens': 7, 'ai.usage.outputTokens': 2 },
  },
};

test.each([4, 5] as const)('Vercel AI SDK %i: two steps of a call are one path', async (version) => {
  const { call, asked, answered, tool, usage } = steps[version];
  const before = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Weather in Oslo?' }] },
  ];
  const inner = (messages: readonly unknown[], answer: Record<string, unknown>): Record<string, unknown> => ({
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.id': 'gpt-4o',
    'ai.prompt.messages': JSON.stringify(messages),
    'ai.prompt.tools': [JSON.stringify(tool)],
    ...usage,
    ...answer,
  });
  const after = [...before, { role: 'assistant', content: [asked] }, { role: 'tool', content: [answered] }];
  const spans = [
    spanOf(1, 'ai.generateText', {
      'ai.operationId': 'ai.generateText',
      'ai.model.id': 'gpt-4o',
      'ai.prompt': { system: 'Be brief.', prompt: 'Weather in Oslo?' },
      'ai.response.text': 'Cold.',
    }),
    spanOf(
      2,
      'ai.generateText.doGenerate',
      inner(before, { 'ai.response.text': '', 'ai.response.toolCalls': JSON.stringify([call]) }),
    ),
    spanOf(3, 'ai.toolCall', {
      'ai.operationId': 'ai.toolCall',
      'ai.toolCall.name': 'weather',
      'ai.toolCall.id': 'c1',
      'ai.toolCall.args': { city: 'Oslo' },
      'ai.toolCall.result': 'cold',
    }),
    spanOf(4, 'ai.generateText.doGenerate', inner(after, { 'ai.response.text': 'Cold.' })),
  ];
  using bench = workbench();
  const { summary, rejects } = await bench.take(request(spans));
  expect(rejects).toEqual([]);
  expect(summary).toMatchObject({ traces: 1, spans: 4, turns: 5 });
  const detail = traceDetail(bench.store, traceId);
  expect(lines(detail.path)).toEqual([
    'context Be brief.',
    'user Weather in Oslo?',
    'assistant weather{"city":"Oslo"}',
    'tool cold',
    'assistant Cold.',
  ]);
  expect(detail.path[0]?.message).toMatchObject({ tools: [{ type: 'function', function: { name: 'weather' } }] });
  expect(detail.trace).toMatchObject({ model: 'gpt-4o', inputTokens: 14, outputTokens: 4, toolCallCount: 1 });
  expect(detail.spans.map(({ kind }) => kind)).toEqual(['code', 'model', 'tool', 'model']);
  expect(detail.spans[2]).toMatchObject({ read: detail.path[2]?.id, wrote: detail.path[3]?.id });
  expect(JSON.parse(rawRecord(bench.store, traceId))).toEqual({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
});

test('Langfuse: a generation with its messages, a tool beside it', async () => {
  using bench = workbench();
  const spans = [
    spanOf(1, 'turn', { 'langfuse.observation.type': 'span', 'langfuse.observation.input': 'anything' }),
    spanOf(2, 'llm', {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-4o',
      'langfuse.observation.input': '[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}]',
      'langfuse.observation.output': { role: 'assistant', content: 'Hello' },
      'langfuse.observation.usage_details': { input: 5, output: 1 },
    }),
    spanOf(3, 'search', { 'langfuse.observation.type': 'tool', 'langfuse.observation.output': 'found' }),
  ];
  await bench.take(request(spans));
  const { path, spans: stored, trace } = traceDetail(bench.store, traceId);
  expect(lines(path)).toEqual(['context Be kind.', 'user Hi', 'assistant Hello']);
  expect(stored.map(({ kind }) => kind)).toEqual(['code', 'model', 'tool']);
  expect(trace).toMatchObject({ model: 'gpt-4o', inputTokens: 5, outputTokens: 1 });
});

const constructor = (name: string, kwargs: object): object => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain', 'schema', 'messages', name],
  kwargs,
});

test.each([
  [
    'a request and a response',
    { messages: [{ role: 'user', content: 'Hi' }] },
    { choices: [{ message: { role: 'assistant', content: 'Hello' } }] },
  ],
  [
    'messages of LangChain in batches',
    { messages: [[constructor('HumanMessage', { content: 'Hi', type: 'human' })]] },
    { generations: [[{ text: 'Hello', message: constructor('AIMessage', { content: 'Hello' }) }]] },
  ],
  [
    'the whole conversation as the answer',
    { messages: [{ type: 'human', content: 'Hi' }] },
    {
      messages: [
        { type: 'human', content: 'Hi' },
        { type: 'ai', content: 'Hello', tool_calls: [] },
      ],
    },
  ],
  ['a prompt and an output', { prompt: 'Hi' }, { output: 'Hello' }],
])('LangSmith: %s', async (_, prompt, completion) => {
  using bench = workbench();
  const attributes = { 'langsmith.span.kind': 'llm', 'gen_ai.prompt': prompt, 'gen_ai.completion': completion };
  await bench.take(request([spanOf(1, 'ChatOpenAI', attributes)]));
  expect(lines(traceDetail(bench.store, traceId).path)).toEqual(['context', 'user Hi', 'assistant Hello']);
});
