// A request to a provider that speaks another dialect, or to the scripted one: read into the internal form, asked, and written back.
import type { Json } from '#contract/turn';
import type { ReplyFrame, Wire, WireReply, WireRequest } from '#engine/models/wire/wire';
import type { HttpHeader } from '#engine/network-ports';
import { sentenceOf } from '#engine/problem';
import { askAcross, type Across } from './ask-across.ts';
import type { ClientAnswer } from './client-answer.ts';
import type { Written } from './pass-through.ts';
import { Refusal } from './refusal.ts';

export interface CrossDialect {
  /** The client's. */
  readonly wire: Wire;
  readonly across: Omit<Across, 'omitted'>;
  /** What was told as not carried, for the answer's header. */
  readonly notCarried: readonly string[];
  readonly frame: Omit<ReplyFrame, 'omitted'>;
  readonly answer: ClientAnswer;
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
  return options.across.request.stream ? await streamed(options) : await whole(options);
}

async function whole(options: CrossDialect): Promise<Written> {
  const { wire, across, answer, frame, onHead } = options;
  const omitted = [...options.notCarried];
  const tell = (what: string): void => void omitted.push(what);
  const reply = await askAcross({ ...across, omitted: tell }, () => undefined);
  const bytes = Buffer.from(JSON.stringify(wire.writeReply(reply, { ...frame, omitted: tell })));
  const headers: HttpHeader[] = [['content-type', 'application/json']];
  const written = { status: 200, headers };
  onHead(written);
  answer.head(200, '', [...headers, ...notCarriedHeader(omitted), ...options.headers], bytes.length);
  await answer.end(bytes);
  return { ...written, used: reply.usage };
}

async function streamed(options: CrossDialect): Promise<Written> {
  const { wire, across, answer, frame, onHead } = options;
  const before = [...options.notCarried];
  const late: string[] = [];
  const writer = wire.newWriter({ ...frame, omitted: (what) => late.push(what) });
  const headers: HttpHeader[] = [
    ['content-type', 'text/event-stream; charset=utf-8'],
    ['cache-control', 'no-cache'],
  ];
  const written = { status: 200, headers };
  // What a slow client leaves unread is held here: as much as the model says. Rejections come out where the end is awaited.
  const write = (text: string): Promise<void> | undefined => {
    if (text === '') return undefined;
    const drained = answer.write(Buffer.from(text));
    drained?.catch(() => undefined);
    return drained;
  };
  const begin = (): void => {
    if (answer.hasBegun) return;
    onHead(written);
    answer.head(200, '', [...headers, ...notCarriedHeader(before), ...options.headers]);
    void write(writer.start());
  };
  let reply: WireReply;
  try {
    reply = await askAcross({ ...across, omitted: (what) => before.push(what) }, (event) => {
      begin();
      void write(writer.write(event));
    });
    begin();
    const last = writer.end(reply);
    if (late.length > 0) void write(`: not carried: ${headerText(late)}\n\n`);
    await write(last);
  } catch (error) {
    if (answer.hasBegun && !across.signal.aborted) {
      void write(writer.fail(sentenceOf(error)));
      await answer.end();
    }
    throw error;
  }
  await answer.end();
  return { ...written, used: reply.usage };
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
