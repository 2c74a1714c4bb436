// Random conversations for property tests: every part, role and oddity that the internal form allows.
import fc from 'fast-check';
import type { Json, Message, Part } from '#contract/turn';

const words = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '',
    'hello',
    '\n\nHuman: x',
    '<think>\na\n</think>\n\n{}',
    '{"a":1}',
    'é\u0000\u2028"',
    '\n',
    'Assistant:',
    'a\n',
    ' b',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const name = fc.constantFrom('search', 'book', 'f');
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 12, arbitrary: words.map((text): Part => ({ type: 'text', text })) },
  { weight: 1, arbitrary: fc.constant<Part>({ type: 'image', url: 'data:image/png;base64,AAAA' }) },
);
const assistantPart: fc.Arbitrary<Part> = fc.oneof(
  { weight: 4, arbitrary: part },
  { weight: 1, arbitrary: words.map((text): Part => ({ type: 'reasoning', text })) },
);
const content = fc.oneof(
  { weight: 6, arbitrary: fc.array(part, { minLength: 1, maxLength: 1 }) },
  fc.array(part, { maxLength: 2 }),
);

const call = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ name, arguments: fc.oneof(fc.dictionary(fc.constantFrom('a', 'b', 'c'), json), json) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ name, arguments: fc.constantFrom('{"a":', 'none'), unparsed: fc.constant(true as const) }),
  },
);

const optionally = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

const user = fc.record({ role: fc.constant('user' as const), content, name: optionally(fc.constant('mia')) });
const assistant = fc.record({
  role: fc.constant('assistant' as const),
  content: fc.array(assistantPart, { maxLength: 2 }),
  toolCalls: optionally(fc.array(call, { maxLength: 2 })),
  name: optionally(fc.constant('bot')),
});
const tool = fc.record({
  role: fc.constant('tool' as const),
  content,
  call: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.constant(undefined)),
  isError: optionally(fc.constant(true as const)),
});
const system = fc.record({ role: fc.constant('system' as const), content });

export const message: fc.Arbitrary<Message> = fc
  .oneof(
    { weight: 4, arbitrary: user },
    { weight: 5, arbitrary: assistant },
    { weight: 2, arbitrary: tool },
    { weight: 1, arbitrary: system },
  )
  .map((value) => defined(value) as Message);

const toolSchema: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 4,
    arbitrary: name.map((called): Json => ({
      type: 'function',
      function: { name: called, parameters: { type: 'object' } },
    })),
  },
  fc.constant<Json>({ name: 'find', description: 'Finds.', input_schema: { type: 'object' } }),
  fc.constant<Json>({ type: 'web_search' }),
);

export const context: fc.Arbitrary<Message> = fc
  .record({
    content: fc.array(
      words.map((text): Part => ({ type: 'text', text })),
      { maxLength: 1 },
    ),
    tools: fc.array(toolSchema, { maxLength: 2 }),
  })
  .map((value) => ({ role: 'context', ...value }));

/** Tool results name calls that were made, as every importer sees to. */
export function linked(messages: readonly Message[], from = 0): Message[] {
  let calls = from;
  const next: Message[] = [];
  for (const item of messages) {
    if (item.role === 'assistant') calls += item.toolCalls?.length ?? 0;
    if (item.role !== 'tool' || item.call === undefined) {
      next.push(item);
      continue;
    }
    const { call: given, ...rest } = item;
    next.push(calls === 0 ? { ...rest, name: 'search' } : { ...rest, call: given % calls });
  }
  return next;
}

export function callsIn(messages: readonly Message[]): number {
  return messages.reduce((count, item) => count + (item.role === 'assistant' ? (item.toolCalls?.length ?? 0) : 0), 0);
}

const unruly = fc.record({
  context,
  prompt: fc.array(message, { maxLength: 5 }),
  chosen: fc.array(message, { minLength: 1, maxLength: 3 }),
  rejected: fc.array(message, { minLength: 1, maxLength: 3 }),
});

/** An assistant turn with a result for each of its calls. */
const answered = assistant.map((turn): Message[] => {
  const asked = defined(turn) as Message;
  const calls = turn.toolCalls ?? [];
  return [
    asked,
    ...calls.map((_, index): Message => ({
      role: 'tool',
      content: [{ type: 'text', text: `result ${index}` }],
      call: index,
    })),
  ];
});

/** As most conversations are: user, assistant, results in order, user …; the sides begin with the assistant. */
const tidy = fc
  .record({
    context,
    asked: fc.array(fc.tuple(user, answered), { maxLength: 2 }),
    last: user,
    chosen: assistant,
    rejected: assistant,
    after: fc.array(message, { maxLength: 1 }),
  })
  .map(({ context: root, asked, last, chosen, rejected, after }) => {
    const prompt: Message[] = [];
    let calls = 0;
    for (const [question, answer] of asked) {
      const from = calls;
      prompt.push(defined(question));
      for (const item of answer) prompt.push(item.role === 'tool' ? { ...item, call: from + (item.call ?? 0) } : item);
      calls += callsIn(answer);
      if (prompt.at(-1)?.role === 'tool') prompt.push({ role: 'assistant', content: [{ type: 'text', text: 'done' }] });
    }
    prompt.push(defined(last));
    return {
      context: root,
      prompt,
      chosen: [defined(chosen), ...after],
      rejected: [defined(rejected)],
    };
  });

export const conversation = fc.oneof(unruly, tidy).map((drawn) => {
  const prompt = [drawn.context, ...linked(drawn.prompt)];
  const calls = callsIn(prompt);
  return { prompt, chosen: linked(drawn.chosen, calls), rejected: linked(drawn.rejected, calls) };
});
