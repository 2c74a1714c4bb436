// Requests, both ways: what a dialect can say comes back equal, and arrives in any other that can say it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject, Message, ToolCall } from '#contract/turn';
import { ModelError } from '#engine/models/model';
import type { WireRequest } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { parseJson } from '#engine/trace/exact-json';
import { requestOf } from './arbitrary.ts';
import { anthropicBody, chatBody, responsesBody } from './conversations.ts';

const dialects = ['openai-chat', 'openai-responses', 'anthropic'] as const;
const bodies = { 'openai-chat': chatBody, 'openai-responses': responsesBody, anthropic: anthropicBody } as const;

/** As it crosses the wire. */
function sent(body: JsonObject): Json {
  return parseJson(JSON.stringify(body)).value;
}

describe.each(dialects)('%s', (dialect) => {
  const wire = wireOf(dialect);

  test('a request that it can say comes back equal, and nothing of it is left', () => {
    fc.assert(
      fc.property(requestOf(dialect), (request) => {
        const read = wire.readRequest(sent(wire.writeRequest(request)));
        expect(read).toEqual({ request, left: [] });
      }),
      { numRuns: 600 },
    );
  });

  test('whatever a client adds that has no place is named by its path', () => {
    const plain = bodies[dialect];
    const known = wire.readRequest(plain).left;
    const paths = objectPaths(plain);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      const { left } = wire.readRequest(withMember(plain, path, 'x_made_up', { say: 1 }));
      const place = [...path, 'x_made_up'].reduce<string>(
        (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
        '',
      );
      expect([...left].filter((one) => !known.includes(one))).toEqual([place]);
    }
  });

  test('a real-looking conversation that is read and written reads the same again', () => {
    const { request } = wire.readRequest(bodies[dialect]);
    const omitted: string[] = [];
    const body = wire.writeRequest(request, (what) => omitted.push(what));
    const reasoning = (message: Message): Message =>
      message.role === 'assistant'
        ? { ...message, content: message.content.filter(({ type }) => type !== 'reasoning') }
        : message;
    expect(wire.readRequest(sent(body)).request.messages).toEqual(request.messages.map(reasoning));
    // Reasoning that came over the wire has lost its signature, as it has in an import.
    const unsigned = "messages[2].content[0] (reasoning without Anthropic's signature)";
    expect(omitted).toEqual(dialect === 'anthropic' ? [unsigned] : []);
  });
});

describe('from one dialect into another', () => {
  /** Responses runs answers that follow one another together. */
  const isTwice = (messages: readonly Message[]): boolean =>
    messages.some(({ role }, index) => role === 'assistant' && messages[index + 1]?.role === role);

  test.each(dialects.flatMap((from) => dialects.map((to) => [from, to] as const)))(
    '%s to %s: what is neither refused nor told as left out arrives',
    (from, to) => {
      let arrived = 0;
      const wire = wireOf(to);
      fc.assert(
        fc.property(fc.oneof(requestOf(from), requestOf(from).map(plain)), (request) => {
          fc.pre(to !== 'openai-responses' || !isTwice(request.messages));
          let body: JsonObject;
          try {
            body = wire.writeRequest(request);
          } catch (error) {
            if (error instanceof ModelError && error.status === 400) return;
            throw error;
          }
          const { request: read, left } = wire.readRequest(sent(body));
          expect(left).toEqual([]);
          expect(read.messages).toEqual(request.messages);
          // There it says nothing that calls may be parallel where none are to be made, or what a schema is called.
          const idle = to === 'anthropic' ? ['parallelToolCalls', 'schemaName', 'strictSchema'] : [];
          const said = Object.entries(request.parameters).filter(([key]) => !idle.includes(key));
          expect(read.parameters).toMatchObject(Object.fromEntries(said));
          arrived += 1;
        }),
        { numRuns: 300 },
      );
      expect(arrived).toBeGreaterThan(80);
    },
  );
});

/** Without what only some dialects can say. */
function plain(request: WireRequest): WireRequest {
  const { temperature, topP, maxTokens, user: by } = request.parameters;
  const messages = request.messages.map((message): Message => {
    const content = message.content.filter(
      ({ type }) => type === 'text' || (type === 'image' && message.role === 'user'),
    );
    if (message.role === 'user') return { role: 'user', content };
    if (message.role !== 'assistant') return { ...message, content };
    const isObject = ({ arguments: given }: ToolCall): boolean =>
      typeof given === 'object' && given !== null && !Array.isArray(given);
    const calls = message.toolCalls?.map((call) => (isObject(call) ? call : { name: call.name, arguments: {} }));
    return { role: 'assistant', content, ...(calls === undefined ? {} : { toolCalls: calls }) };
  });
  const parameters = { temperature, topP, maxTokens, user: by };
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
  return { ...request, messages, parameters: given };
}

/** Where objects stand whose members the wire reads one by one: not what is kept whole. */
function objectPaths(body: Json, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (Array.isArray(body)) return body.flatMap((item: Json, index) => objectPaths(item, [...path, index]));
  if (typeof body !== 'object' || body === null) return [];
  const object = body as JsonObject;
  if (object['type'] === 'redacted_thinking') return [];
  const inner = Object.entries(object).flatMap(([key, value]) => {
    const isWhole = ['parameters', 'input_schema'].includes(key) || (key === 'input' && path.length > 0);
    // Chat keeps its tools as they are.
    const isTools = key === 'tools' && typeof object['messages'] === 'object' && object['system'] === undefined;
    return isWhole || isTools ? [] : objectPaths(value, [...path, key]);
  });
  return [path, ...inner];
}

function withMember(value: Json, path: readonly (string | number)[], key: string, member: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return { ...(value as JsonObject), [key]: member };
  if (Array.isArray(value))
    return value.map((item: Json, index) => (index === step ? withMember(item, rest, key, member) : item));
  const object = value as JsonObject;
  return { ...object, [step]: withMember(object[step] ?? null, rest, key, member) };
}
