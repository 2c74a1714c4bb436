// A request to a provider that speaks another dialect, or to the scripted one: read into the internal form, asked, and written back.
import { randomInt } from 'node:crypto';
import type { Json, JsonObject, ToolCall } from '#contract/turn';
import type { ModelReply } from '#engine/models/model';
import type { Models } from '#engine/models/models';
import type { ReplyFrame, StreamWriter, Wire, WireReply, WireRequest } from '#engine/models/wire/wire';
import type { HttpHeader } from '#engine/network-ports';
import type { ClientAnswer } from './client-answer.ts';
import type { Written } from './pass-through.ts';
import { Refusal } from './refusal.ts';

export interface CrossDialect {
  readonly wire: Wire;
  readonly models: Models;
  /** "anthropic/claude-x". */
  readonly model: string;
  readonly request: WireRequest;
  /** What was told as not carried, for the answer's header. */
  readonly notCarried: readonly string[];
  readonly frame: Omit<ReplyFrame, 'omitted'>;
  readonly answer: ClientAnswer;
  readonly signal: AbortSignal;
  readonly headers: readonly HttpHeader[];
  readonly onHead: (written: Written) => void;
}

/**
 * Members that change nothing of what is answered: labels, storage, caches, tiers, and how much a stream tells beside the answer. They are told
 * in the header `x-atelier-not-carried`; any other that has no place is refused.
 */
const harmless =
  /^(?:metadata|user|store|service_tier|safety_identifier|prompt_cache_key|prompt_cache_retention|stream_options|include)(?:[.[]|$)|(?:^|\.)cache_control(?:\.|$)/u;

/** Throws a Refusal 400 that names what cannot be carried, and Problem where it is no request of the dialect. */
export function readForeign(
  wire: Wire,
  body: Json,
  provider: string,
): { readonly request: WireRequest; readonly notCarried: readonly string[] } {
  const { request, left } = wire.readRequest(body);
  const lost = left.filter((name) => !harmless.test(name));
  if (lost.length === 0) return { request, notCarried: left };
  throw new Refusal(
    400,
    `${provider} speaks another dialect, which has no place for: ${lost.slice(0, 20).join(', ')}.`,
    'Leave that out, or ask a provider of the same dialect.',
  );
}

/** Rejects with ModelError, ClientGone, AbortError. After the head of a stream an error is told in the stream, and rejects too. */
export async function crossDialect(options: CrossDialect): Promise<Written> {
  return options.request.stream ? await streamed(options) : await whole(options);
}

async function whole(options: CrossDialect): Promise<Written> {
  const { wire, answer, notCarried, frame, onHead } = options;
  const reply = await ask(options, () => undefined);
  const omitted: string[] = [...notCarried];
  const body = wire.writeReply(asWireReply(reply), { ...frame, omitted: (what) => omitted.push(what) });
  const bytes = Buffer.from(JSON.stringify(body));
  const headers: HttpHeader[] = [['content-type', 'application/json']];
  const written = { status: 200, headers };
  onHead(written);
  answer.head(200, '', [...headers, ...notCarriedHeader(omitted), ...options.headers], bytes.length);
  await answer.end(bytes);
  return written;
}

async function streamed(options: CrossDialect): Promise<Written> {
  const { wire, answer, notCarried, frame, onHead } = options;
  const omitted: string[] = [];
  const writer = wire.newWriter({ ...frame, omitted: (what) => omitted.push(what) });
  const headers: HttpHeader[] = [
    ['content-type', 'text/event-stream; charset=utf-8'],
    ['cache-control', 'no-cache'],
  ];
  const written = { status: 200, headers };
  const begin = (): void => {
    if (answer.hasBegun) return;
    onHead(written);
    answer.head(200, '', [...headers, ...notCarriedHeader(notCarried), ...options.headers]);
    void write(writer.start());
  };
  // Rejections come out where the end is awaited.
  const write = (text: string): Promise<void> | undefined => {
    const drained = answer.write(Buffer.from(text));
    drained?.catch(() => undefined);
    return drained;
  };
  const said = new Set<string>();
  try {
    const reply = await ask(options, (channel, text) => {
      begin();
      said.add(channel);
      void write(writer.write({ type: 'text', channel, text }));
    });
    begin();
    for (const text of rest(writer, reply, said)) await write(text);
    await write(writer.end(asWireReply(reply)));
    if (omitted.length > 0) await write(`: not carried: ${headerText(omitted)}\n\n`);
  } catch (error) {
    if (answer.hasBegun && !options.signal.aborted) {
      await write(writer.fail(error instanceof Error ? error.message : String(error)));
      await answer.end();
    }
    throw error;
  }
  await answer.end();
  return written;
}

function ask(
  { models, model, request, signal }: CrossDialect,
  onText: (channel: 'text' | 'reasoning', text: string) => void,
): Promise<ModelReply> {
  const { messages, parameters } = request;
  return models.call(model, {
    messages,
    parameters: asJson(parameters),
    seed: parameters.seed ?? randomInt(2 ** 31),
    try: 1,
    signal,
    onText,
  });
}

/** What the reply holds and was not said while it came. */
function* rest(writer: StreamWriter, { message }: ModelReply, said: ReadonlySet<string>): Generator<string> {
  for (const part of message.content) {
    if ((part.type === 'text' || part.type === 'reasoning') && !said.has(part.type)) {
      yield writer.write({ type: 'text', channel: part.type, text: part.text });
    }
  }
  for (const [index, call] of (message.toolCalls ?? []).entries()) {
    yield writer.write({ type: 'call', index, name: call.name });
    yield writer.write({ type: 'arguments', index, text: argumentsText(call) });
  }
}

function argumentsText({ arguments: value, unparsed }: ToolCall): string {
  return unparsed === true && typeof value === 'string' ? value : JSON.stringify(value);
}

function asWireReply(reply: ModelReply): WireReply {
  return { ...reply, callIds: (reply.message.toolCalls ?? []).map(() => undefined) };
}

function asJson(parameters: WireRequest['parameters']): JsonObject {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

function notCarriedHeader(names: readonly string[]): HttpHeader[] {
  return names.length === 0 ? [] : [['x-atelier-not-carried', headerText(names)]];
}

/** Names come from the client's JSON: only what a header can hold. */
function headerText(names: readonly string[]): string {
  return names
    .join(', ')
    .replaceAll(/[^\u0020-\u007e]/gu, '?')
    .slice(0, 1000);
}
