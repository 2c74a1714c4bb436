// Writes an answer as the events of a stream of Anthropic's messages: one block after the other.
import type { JsonObject } from '#contract/turn';
import { parsePlainJson } from '../../../trace/exact-json.ts';
import { argumentsText, callIdOf, newCallId, partKind } from '../writing.ts';
import { Told } from '../told.ts';
import type { ReplyFrame, StreamWriter, WireEvent, WireReply } from '../wire.ts';
import { answerBlock, messageFrame, signatureOf, writeAnthropicStop, writeAnthropicUsage } from './reply.ts';

interface Open {
  readonly kind: 'text' | 'thinking' | 'tool_use';
  /** Of a call: its position, and the text of its input so far. */
  readonly call?: number;
  text: string;
}

export class AnthropicStreamWriter implements StreamWriter {
  readonly #frame: ReplyFrame;
  /** What has been written; what comes out of turn is not, and is said at the end. */
  readonly #told = new Told();
  #open: Open | undefined;
  #index = -1;
  #isOutOfTurn = false;

  constructor(frame: ReplyFrame) {
    this.#frame = frame;
  }

  start(): string {
    const usage = { input_tokens: 0, output_tokens: 0 };
    const message = { ...messageFrame(this.#frame), content: [], stop_reason: null, stop_sequence: null, usage };
    return sse('message_start', { message });
  }

  write(event: WireEvent): string {
    if (event.type === 'arguments') return this.#arguments(event);
    // A block that has ended cannot be taken up again, so a call waits until the one before it is whole.
    this.#isOutOfTurn ||= this.#open?.kind === 'tool_use' && parsePlainJson(this.#open.text) === undefined;
    if (this.#isOutOfTurn) return '';
    this.#told.take(event);
    if (event.type === 'call') {
      const { name, index } = event;
      return this.#beginCall(index, name, event.id ?? newCallId(this.#frame.id, index));
    }
    if (event.text === '') return '';
    const kind = event.channel === 'text' ? 'text' : 'thinking';
    const begun = this.#open?.kind === kind ? '' : this.#begin(kind);
    return begun + this.#text(kind, event.text);
  }

  end(reply: WireReply): string {
    const pieces: string[] = [];
    const lastReasoning = reply.message.content.findLastIndex(({ type }) => type === 'reasoning');
    for (const untold of this.#told.rest(reply, argumentsText)) {
      if (untold.type === 'arguments') pieces.push(this.#input(untold.text));
      else if (untold.type === 'call') {
        const { call, index } = untold;
        pieces.push(
          this.#beginCall(index, call.name, callIdOf(reply, this.#frame, index)),
          this.#input(argumentsText(call)),
        );
      } else {
        const { part, index, isRest } = untold;
        if (part.type === 'text' || part.type === 'reasoning') {
          const kind = part.type === 'text' ? 'text' : 'thinking';
          if (!isRest || this.#open?.kind !== kind) pieces.push(this.#begin(kind));
          pieces.push(this.#text(kind, part.text));
          if (kind === 'thinking') pieces.push(this.#signed(signatureOf(reply, index)));
        } else {
          const block = answerBlock(part, reply, index);
          if (block === undefined) this.#frame.omitted?.(`content[${index}] (${partKind(part)})`);
          else pieces.push(this.#whole(block));
        }
      }
    }
    // Reasoning that was told as it came, and nothing after it.
    if (this.#open?.kind === 'thinking' && pieces.length === 0)
      pieces.push(this.#signed(signatureOf(reply, lastReasoning)));
    if (reply.message.name !== undefined) this.#frame.omitted?.('name');
    if (reply.logprobs !== undefined) this.#frame.omitted?.('logprobs');
    const delta = { stop_reason: writeAnthropicStop(reply.stop), stop_sequence: null };
    pieces.push(
      this.#close(),
      sse('message_delta', { delta, usage: writeAnthropicUsage(reply.usage) }),
      sse('message_stop', {}),
    );
    return pieces.join('');
  }

  fail(sentence: string): string {
    return sse('error', { error: { type: 'api_error', message: sentence } });
  }

  #arguments(event: WireEvent & { type: 'arguments' }): string {
    if (this.#open?.call !== event.index) {
      this.#isOutOfTurn = true;
      return '';
    }
    this.#told.take(event);
    return this.#input(event.text);
  }

  #begin(kind: 'text' | 'thinking'): string {
    const block: JsonObject =
      kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' };
    return this.#beginBlock(block, { kind, text: '' });
  }

  #beginCall(call: number, name: string, id: string): string {
    return this.#beginBlock({ type: 'tool_use', id, name, input: {} }, { kind: 'tool_use', call, text: '' });
  }

  #beginBlock(block: JsonObject, open: Open | undefined): string {
    const before = this.#close();
    this.#index += 1;
    this.#open = open;
    return before + sse('content_block_start', { index: this.#index, content_block: block });
  }

  #whole(block: JsonObject): string {
    const begun = this.#beginBlock(block, undefined);
    return begun + sse('content_block_stop', { index: this.#index });
  }

  #text(kind: 'text' | 'thinking', text: string): string {
    if (text === '') return '';
    const delta: JsonObject =
      kind === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text };
    return this.#delta(delta);
  }

  #input(text: string): string {
    if (this.#open === undefined || text === '') return '';
    this.#open.text += text;
    return this.#delta({ type: 'input_json_delta', partial_json: text });
  }

  #signed(signature: string): string {
    return signature === '' ? '' : this.#delta({ type: 'signature_delta', signature });
  }

  #delta(delta: JsonObject): string {
    return sse('content_block_delta', { index: this.#index, delta });
  }

  #close(): string {
    if (this.#open === undefined) return '';
    this.#open = undefined;
    return sse('content_block_stop', { index: this.#index });
  }
}

function sse(type: string, members: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}
