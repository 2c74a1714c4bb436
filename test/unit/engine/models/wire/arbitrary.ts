// Random requests and answers of the internal form, each of what one dialect can say.
import fc from 'fast-check';
import type { Json, Message, Part, ToolCall } from '#contract/turn';
import type { ChatDialect, WireParameters, WireReply, WireRequest } from '#engine/models/wire/wire';

type Role = 'user' | 'system' | 'assistant' | 'tool';

const text = fc.oneof(
  fc.constantFrom('', 'Hello', ' ', 'é 漢 🦊\u2028"\\', '{"a":1}', 'line\nline\r\n'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const scalar = fc.oneof(text, fc.integer(), fc.constantFrom(0.5, -2.25e-7, true, false, null));
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'city', 'constructor', ''), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const object = fc.dictionary(fc.constantFrom('a', 'city', '10', '2'), json, { maxKeys: 3, noNullPrototype: true });
const name = fc.constantFrom('search', 'get_weather', 'f');

const textPart: fc.Arbitrary<Part> = text.map((said) => ({ type: 'text', text: said }));
const imagePart: fc.Arbitrary<Part> = fc
  .constantFrom('https://example.org/a.png', 'data:image/png;base64,iVBORw0KGgo=')
  .map((url) => ({ type: 'image', url }));
const reasoningPart: fc.Arbitrary<Part> = text.map((said) => ({ type: 'reasoning', text: said }));
const refusalPart: fc.Arbitrary<Part> = fc
  .string({ minLength: 1, maxLength: 9 })
  .map((value) => ({ type: 'other', kind: 'refusal', value }));

const otherParts: Readonly<Record<ChatDialect, Part>> = {
  'openai-chat': {
    type: 'other',
    kind: 'input_audio',
    value: { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
  },
  'openai-responses': {
    type: 'other',
    kind: 'input_file',
    value: { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
  },
  anthropic: {
    type: 'other',
    kind: 'document',
    value: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
  },
};

/** Calls whose arguments the dialect can say: anything as text, objects where they stand as JSON. */
function callOf(dialect: ChatDialect): fc.Arbitrary<ToolCall> {
  const said = fc.record({ name, arguments: dialect === 'anthropic' ? object : json });
  const unparsed = fc.constant<ToolCall>({ name: 'f', arguments: '{"a": ', unparsed: true });
  return dialect === 'anthropic' ? said : fc.oneof({ weight: 6, arbitrary: said }, { weight: 1, arbitrary: unparsed });
}

function partsOf(dialect: ChatDialect, role: Role): fc.Arbitrary<Part[]> {
  const images = role === 'user' || (role === 'tool' && dialect !== 'openai-chat');
  const others = role === 'user' ? [fc.constant(otherParts[dialect])] : [];
  const part = fc.oneof(
    { weight: 5, arbitrary: textPart },
    ...(images ? [{ weight: 1, arbitrary: imagePart }] : []),
    ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
  return fc.array(part, { maxLength: 3 });
}

interface Step {
  readonly role: Role;
  readonly content: Part[];
  readonly name: string | undefined;
  readonly calls: ToolCall[];
  readonly call: number;
  readonly isError: boolean;
}

function stepOf(dialect: ChatDialect): fc.Arbitrary<Step> {
  return fc.constantFrom<Role>('user', 'system', 'assistant', 'assistant', 'tool', 'tool').chain((role) =>
    fc.record({
      role: fc.constant(role),
      content: partsOf(dialect, role),
      name: dialect === 'openai-chat' ? fc.option(fc.constant('ana'), { nil: undefined }) : fc.constant(undefined),
      calls: fc.array(callOf(dialect), { maxLength: 3 }),
      call: fc.nat(20),
      isError: dialect === 'anthropic' ? fc.boolean() : fc.constant(false),
    }),
  );
}

/** The steps as a conversation that can be: results follow calls, and where a dialect runs messages together there is nothing to run together. */
function conversation(dialect: ChatDialect, context: Message, steps: readonly Step[]): Message[] {
  const messages: Message[] = [context];
  let calls = 0;
  const answered = new Set<number>();
  for (const step of steps) {
    const before = messages.at(-1);
    const named = step.name === undefined ? {} : { name: step.name };
    if (step.role === 'tool') {
      if (calls === 0 || answered.has(step.call % calls)) continue;
      answered.add(step.call % calls);
      const error = step.isError ? { isError: true as const } : {};
      messages.push({ role: 'tool', call: step.call % calls, content: step.content, ...error });
    } else if (step.role === 'system') {
      if (messages.length === 1 && context.content.length === 0) continue;
      messages.push({ role: 'system', content: step.content });
    } else if (step.role === 'user') messages.push({ role: 'user', content: step.content, ...named });
    else {
      if (dialect === 'openai-responses' && before?.role === 'assistant') continue;
      const made = step.calls.length === 0 ? {} : { toolCalls: step.calls };
      messages.push({ role: 'assistant', content: step.content, ...named, ...made });
      calls += step.calls.length;
    }
  }
  if (messages.length === 1) messages.push({ role: 'user', content: [{ type: 'text', text: 'Hi' }] });
  return messages;
}

const tool = fc
  .record({ name, description: fc.option(fc.string(), { nil: undefined }), parameters: object })
  .map(({ name: called, description, parameters }) => ({
    type: 'function',
    function: { name: called, parameters, ...(description === undefined ? {} : { description }) },
  }));

const number = fc.constantFrom(0, 0.25, 1);
const schema = fc.constantFrom<Record<string, Json>>(
  { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
  { type: 'object', properties: { a: { type: 'string' } } },
);
const toolChoice = fc.constantFrom<NonNullable<WireParameters['toolChoice']>>('auto', 'none', 'required', {
  name: 'f',
});

function parametersOf(dialect: ChatDialect): fc.Arbitrary<WireParameters> {
  const common = {
    temperature: number,
    topP: number,
    maxTokens: fc.integer({ min: 1, max: 9000 }),
    toolChoice,
    user: fc.constantFrom('u-1', 'ana'),
  };
  const record = (more: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<WireParameters> =>
    fc.record({ ...common, ...more }, { requiredKeys: dialect === 'anthropic' ? ['maxTokens'] : [] });
  const efforts = fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max', 'none');
  if (dialect === 'anthropic') {
    const stop = fc.array(fc.string(), { minLength: 1, maxLength: 3 });
    const reasoning = fc.oneof(efforts, fc.integer({ min: 1024, max: 4000 }));
    // Whether calls may be parallel is said with the choice of a tool.
    return record({ stop, reasoning, schema, parallelToolCalls: fc.boolean() }).map((made) => {
      const { parallelToolCalls: _, ...rest } = made;
      return rest.toolChoice === undefined || rest.toolChoice === 'none' ? rest : made;
    });
  }
  const openai = {
    parallelToolCalls: fc.boolean(),
    reasoning: fc.oneof(efforts, fc.constant('minimal')),
    logprobs: fc.nat(20),
  };
  const stop = fc.array(fc.string(), { minLength: 1, maxLength: 3 });
  const more = dialect === 'openai-chat' ? { stop, seed: fc.nat() } : {};
  const held = fc.record({ schema, schemaName: fc.constantFrom('answer', 'a-b_1'), strictSchema: fc.boolean() });
  const format = fc.oneof(fc.constant({}), held, fc.constant({ schema: { type: 'object' } }));
  return fc.tuple(record({ ...openai, ...more }), format).map(([one, two]) => ({ ...one, ...two }));
}

/** Any request of what the dialect can say. */
export function requestOf(dialect: ChatDialect): fc.Arbitrary<WireRequest> {
  const context = fc
    .record({ content: fc.array(textPart, { maxLength: 2 }), tools: fc.array(tool, { maxLength: 2 }) })
    .map((made): Message => ({ role: 'context', ...made }));
  return fc
    .record({
      context,
      steps: fc.array(stepOf(dialect), { maxLength: 10 }),
      parameters: parametersOf(dialect),
      stream: fc.boolean(),
    })
    .map(({ context: first, steps, parameters, stream }) => ({
      model: 'm-1',
      messages: conversation(dialect, first, steps),
      parameters,
      stream,
    }));
}

const usage = fc.record({
  inputTokens: fc.integer({ min: 50, max: 10_000 }),
  outputTokens: fc.integer({ min: 50, max: 10_000 }),
  cachedTokens: fc.nat(50),
  reasoningTokens: fc.nat(50),
});

/**
 * Any answer of what the dialect can say, with at most one piece of reasoning, text and refusal each, in this order: more of a kind are run
 * together where a dialect has one place for them.
 */
export function replyOf(dialect: ChatDialect): fc.Arbitrary<WireReply> {
  const some = (part: fc.Arbitrary<Part>): fc.Arbitrary<Part[]> =>
    fc.array(
      part.filter((one) => one.type === 'other' || ('text' in one && one.text !== '')),
      { maxLength: 1 },
    );
  const refusal = dialect === 'anthropic' ? fc.constant([]) : some(refusalPart);
  return fc
    .record({
      reasoning: some(reasoningPart),
      said: some(textPart),
      refusal,
      calls: fc.array(callOf(dialect), { maxLength: 3 }),
      isCut: fc.boolean(),
      usage,
    })
    .map(({ reasoning, said, refusal: refused, calls, isCut, usage: used }) => {
      const stop = isCut ? 'length' : refused.length > 0 ? 'refusal' : calls.length > 0 ? 'tools' : 'end';
      const made = calls.length === 0 ? {} : { toolCalls: calls };
      return {
        message: { role: 'assistant', content: [...reasoning, ...said, ...refused], ...made },
        stop,
        model: 'm-1',
        usage: used,
        callIds: calls.map((_, index) => `call_${index}x`),
      };
    });
}
