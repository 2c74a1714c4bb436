// What came in goes out again equal, field for field and in the same key order, whatever odd shape it has.
import type { ImportFormat } from '#contract/import';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonl, workbench } from './bench.ts';

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom('__proto__', 'constructor', '', '10', '$number', 'name', 'id'),
);
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((members) => Object.fromEntries(members)),
})).value;
const text = fc.oneof(fc.constantFrom('', 'Hello', ' ', 'é\u2028"\\'), fc.string({ maxLength: 20 }));

/** Members in any order, some left out. */
function shuffled(members: Record<string, fc.Arbitrary<unknown>>, extra = true): fc.Arbitrary<unknown> {
  const known = fc
    .record(members, { requiredKeys: 'role' in members ? ['role'] : [] })
    .chain((record) => fc.shuffledSubarray(Object.entries(record), { minLength: Object.keys(record).length }));
  const more = fc.array(fc.tuple(key, anyJson), { maxLength: extra ? 2 : 0 });
  return fc.tuple(known, more).map(([first, rest]) => Object.fromEntries([...rest, ...first]));
}

const json = anyJson.map((value) => JSON.stringify(value));
const python = anyJson.map((value) => JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' '));
const openaiPart = fc.oneof(
  shuffled({ type: fc.constant('text'), text }),
  shuffled({
    type: fc.constant('image_url'),
    image_url: fc.oneof(text, fc.record({ url: text, detail: fc.constant('low') })),
  }),
  shuffled({ type: fc.constantFrom('input_audio', 'refusal', 'thinking', 'odd'), thinking: text }),
  anyJson,
);
const openaiContent = fc.oneof(text, fc.constant(null), fc.array(openaiPart, { maxLength: 3 }), anyJson);
const callId = fc.constantFrom('call_1', 'call_2', 'call_abc', '');
const openaiCall = fc
  .record({
    id: fc.oneof(callId, fc.constant(undefined)),
    type: fc.constantFrom('function', undefined),
    function: fc.record({ name: fc.constantFrom('search', 'book'), arguments: fc.oneof(json, python, text, anyJson) }),
  })
  .map((call) => JSON.parse(JSON.stringify(call)) as unknown);
const openaiMessage = fc.oneof(
  shuffled({ role: fc.constantFrom('system', 'developer', 'user', 'human'), content: openaiContent, name: text }),
  shuffled({
    role: fc.constant('assistant'),
    content: openaiContent,
    tool_calls: fc.oneof(fc.array(openaiCall, { maxLength: 3 }), fc.constant(null)),
    refusal: fc.oneof(text, fc.constant(null)),
    reasoning_content: text,
    reasoning: text,
    function_call: fc.oneof(fc.record({ name: fc.constant('search'), arguments: json }), fc.constant(null)),
  }),
  shuffled({
    role: fc.constantFrom('tool', 'function'),
    content: openaiContent,
    tool_call_id: callId,
    name: fc.constantFrom('search', 'x'),
  }),
);
const openaiMessages = fc.array(openaiMessage, { maxLength: 8 });
const tools = fc.array(fc.oneof(fc.record({ type: fc.constant('function'), function: anyJson }), anyJson), {
  maxLength: 2,
});
const openaiRecord = fc.oneof(
  shuffled({ messages: openaiMessages, tools, model: text, functions: tools }),
  shuffled({
    request: shuffled({ messages: openaiMessages, tools }),
    response: fc.record({ choices: fc.array(fc.record({ message: openaiMessage }), { maxLength: 2 }) }),
  }),
  fc.array(openaiMessage, { minLength: 1, maxLength: 4 }),
);

const block = fc.oneof(
  shuffled({ type: fc.constant('text'), text, cache_control: anyJson }),
  shuffled({ type: fc.constant('thinking'), thinking: text, signature: text }),
  shuffled({
    type: fc.constant('image'),
    source: fc.oneof(
      fc.record({ type: fc.constant('base64'), media_type: fc.constant('image/png'), data: fc.base64String() }),
      anyJson,
    ),
  }),
  anyJson,
);
const toolUse = shuffled({
  type: fc.constant('tool_use'),
  id: callId,
  name: fc.constant('search'),
  input: anyJson,
}).filter((value) => typeof value === 'object' && value !== null && 'name' in value);
const toolResult = shuffled({
  type: fc.constant('tool_result'),
  tool_use_id: callId,
  content: fc.oneof(text, fc.array(block, { maxLength: 2 })),
  is_error: fc.boolean(),
});
const anthropicMessage = fc.oneof(
  shuffled({
    role: fc.constant('user'),
    content: fc.oneof(text, fc.array(fc.oneof(block, toolResult), { maxLength: 4 }), anyJson),
  }),
  shuffled({
    role: fc.constant('assistant'),
    content: fc.oneof(text, fc.array(fc.oneof(block, toolUse), { maxLength: 4 })),
  }),
);
const anthropicTool = fc.record({ name: text, description: text, input_schema: anyJson });
const anthropicRecord = shuffled({
  messages: fc.array(anthropicMessage, { maxLength: 8 }),
  system: fc.oneof(text, fc.array(block, { maxLength: 2 })),
  tools: fc.array(fc.oneof(anthropicTool, anyJson), { maxLength: 2 }),
  response: fc.oneof(
    anyJson,
    fc.record({ role: fc.constant('assistant'), content: fc.array(block, { maxLength: 2 }) }),
  ),
});

const trlRecord = fc.oneof(
  shuffled({ prompt: text, chosen: text, rejected: text, tools }),
  shuffled({ chosen: text, rejected: text }),
  shuffled({ prompt: fc.oneof(openaiMessages, text), chosen: openaiMessages, rejected: openaiMessages, tools }),
  shuffled({ prompt: text, completion: text, label: fc.boolean() }),
);
const openaiPreferenceRecord = shuffled({
  input: shuffled({ messages: openaiMessages, tools, parallel_tool_calls: fc.boolean() }),
  preferred_output: openaiMessages,
  non_preferred_output: openaiMessages,
});
const spoken = fc
  .array(fc.tuple(fc.constantFrom('\n\nHuman:', '\n\nAssistant:', '\n\nHuman: ', '\n\nAssistant: '), text), {
    maxLength: 4,
  })
  .chain((said) => fc.constantFrom('', 'Human: ', 'x').map((start) => start + said.flat().join('')));
const tauRecord = shuffled({
  task_id: fc.nat(),
  trial: fc.nat(),
  reward: fc.double({ noNaN: true }),
  traj: openaiMessages,
  info: anyJson,
});

const formats: readonly (readonly [ImportFormat, fc.Arbitrary<unknown>])[] = [
  ['openai-chat', openaiRecord],
  ['anthropic', anthropicRecord],
  ['trl', trlRecord],
  ['openai-preference', openaiPreferenceRecord],
  ['hh-rlhf', shuffled({ chosen: spoken, rejected: spoken, score_chosen: fc.nat() })],
  ['tau-bench', tauRecord],
];

describe('arbitrary records', () => {
  test.each(formats)('%s', { timeout: 60_000 }, async (format, record) => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 12 }), async (records) => {
        using bench = workbench();
        // Twice, once cut: transcripts that begin alike share what they store.
        const lines = jsonl([...records, ...records.slice(0, 1)])
          .trimEnd()
          .split('\n');
        const { rejects } = await bench.take(`${lines.join('\n')}\n`, format);
        const unread = new Set(rejects.filter(isSetAside).map((reject) => reject.line));
        const taken = lines.filter((_, index) => !unread.has(index + 1));
        expect(await bench.give()).toEqual(taken.map((line) => JSON.stringify(JSON.parse(line))));
      }),
      { numRuns: 40 },
    );
  });
});

/** Notes about records that came in all the same are no rejects of the record. */
function isSetAside(reject: { readonly cause: string }): boolean {
  return !/equal|only the beginning|share no context|prefers the other/.test(reject.cause);
}
