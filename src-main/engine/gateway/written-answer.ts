// An answer written anew in a client's dialect, for one that is known by its turn alone.
import { wireOf } from '../models/wire/wires.ts';
import type { ChatDialect, StreamWriter, WireReply } from '../models/wire/wire.ts';
import type { HttpHeader, WireDialect } from '../network-ports.ts';
import { member } from '../trace/json.ts';
import type { Json, Message } from '#contract/turn';

export interface WrittenAnswer {
  readonly status: number;
  readonly headers: readonly HttpHeader[];
  readonly body: Uint8Array;
}

interface Wanted {
  readonly id: string;
  readonly dialect: WireDialect;
  readonly stream: boolean;
  readonly body: Json;
}

/** The answer as an upstream of the request's dialect would have said it. Throws where the dialect has no words (embeddings). */
export function writtenAnswer({ id, dialect, stream, body }: Wanted, reply: WireReply, at: number): WrittenAnswer {
  const wire = wireOf(chatDialect(dialect));
  const includeUsage = member(member(body, 'stream_options'), 'include_usage') === true;
  const frame = { id: `atelier-${id}`, model: reply.model, at, includeUsage };
  if (!stream) {
    const text = JSON.stringify(wire.writeReply(reply, frame));
    return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(text) };
  }
  const text = streamed(wire.newWriter(frame), reply);
  return { status: 200, headers: [['content-type', 'text/event-stream; charset=utf-8']], body: Buffer.from(text) };
}

/** An assistant's turn as a reply: who answered and what it cost is not known of it. */
export function replyOf(message: Message & { readonly role: 'assistant' }, model: string): WireReply {
  const calls = message.toolCalls ?? [];
  return {
    message,
    stop: calls.length > 0 ? 'tools' : 'end',
    model,
    usage: { inputTokens: 0, outputTokens: 0 },
    callIds: calls.map(() => undefined),
  };
}

function streamed(writer: StreamWriter, reply: WireReply): string {
  const pieces = [writer.start()];
  for (const part of reply.message.content) {
    if (part.type === 'text' || part.type === 'reasoning')
      pieces.push(writer.write({ type: 'text', channel: part.type, text: part.text }));
  }
  for (const [index, call] of (reply.message.toolCalls ?? []).entries()) {
    const id = reply.callIds[index];
    pieces.push(writer.write({ type: 'call', index, name: call.name, ...(id === undefined ? {} : { id }) }));
    const { arguments: given } = call;
    const text = call.unparsed === true && typeof given === 'string' ? given : JSON.stringify(given);
    pieces.push(writer.write({ type: 'arguments', index, text }));
  }
  pieces.push(writer.end(reply));
  return pieces.join('');
}

function chatDialect(dialect: WireDialect): ChatDialect {
  if (dialect === 'openai-embeddings') throw new Error('Embeddings are not written anew.');
  return dialect;
}
