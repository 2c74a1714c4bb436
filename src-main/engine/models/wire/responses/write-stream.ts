// Writes an answer as the numbered events of a stream of OpenAI's responses.
import type { Json, JsonObject } from '#contract/turn';
import { argumentsText, callIdOf, newCallId, partKind, refusalText } from '../writing.ts';
import { Told } from '../told.ts';
import type { ReplyFrame, StreamWriter, WireEvent, WireReply } from '../wire.ts';
import { isOwnItem, wholeValue } from './answer-items.ts';
import {
  callItem,
  incompleteReason,
  itemId,
  messageItem,
  reasoningItemOf,
  reasoningTie,
  refusalPart,
  responseOf,
  textPart,
  withLogprobs,
} from './reply.ts';

interface Spoken {
  readonly kind: 'message' | 'reasoning';
  readonly index: number;
  readonly id: string;
  text: string;
}

interface Calling {
  readonly index: number;
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  text: string;
}

export class ResponsesStreamWriter implements StreamWriter {
  readonly #frame: ReplyFrame;
  readonly #told = new Told();
  /** Items as they ended, by their place; a call's place is empty until it has. */
  readonly #output: (JsonObject | undefined)[] = [];
  readonly #calls = new Map<number, Calling>();
  #open: Spoken | undefined;
  #sequence = 0;

  constructor(frame: ReplyFrame) {
    this.#frame = frame;
  }

  start(): string {
    const response = responseOf(this.#frame, [], undefined);
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  write(event: WireEvent): string {
    this.#told.take(event);
    switch (event.type) {
      case 'text':
        return event.text === '' ? '' : this.#say(event.channel === 'text' ? 'message' : 'reasoning', event.text);
      case 'call':
        return this.#call(event.index, event.name, event.id ?? newCallId(this.#frame.id, event.index));
      case 'arguments':
        return this.#arguments(event.index, event.text);
    }
  }

  end(reply: WireReply): string {
    const pieces: string[] = [];
    for (const untold of this.#told.rest(reply, argumentsText)) {
      if (untold.type === 'arguments') pieces.push(this.#arguments(untold.index, untold.text));
      else if (untold.type === 'call') {
        const { call, index } = untold;
        pieces.push(
          this.#call(index, call.name, callIdOf(reply, this.#frame, index)),
          this.#arguments(index, argumentsText(call)),
        );
      } else pieces.push(this.#part(untold.part, untold.index, untold.isRest, reply));
    }
    pieces.push(this.#close());
    for (const call of this.#calls.values()) pieces.push(this.#closeCall(call));
    if (reply.message.name !== undefined) this.#frame.omitted?.('name');
    const output = withLogprobs(
      this.#output.flatMap((item) => item ?? []),
      reply.logprobs,
    );
    const response = responseOf(this.#frame, output, reply);
    const state = incompleteReason(reply) === undefined ? 'completed' : 'incomplete';
    pieces.push(this.#event(`response.${state}`, { response }));
    return pieces.join('');
  }

  fail(sentence: string): string {
    return this.#event('error', { code: 'server_error', message: sentence, param: null });
  }

  #part(part: WireReply['message']['content'][number], index: number, isRest: boolean, reply: WireReply): string {
    if (part.type === 'text') return (isRest ? '' : this.#close()) + this.#say('message', part.text);
    if (part.type === 'reasoning') {
      if (isRest) return this.#say('reasoning', part.text);
      const item = reasoningItemOf(
        itemId(this.#frame, 'rs', this.#output.length),
        part.text,
        reasoningTie(reply, index + 1),
      );
      return this.#close() + this.#whole(item);
    }
    const whole = wholeValue(part);
    if (part.type === 'other' && part.kind === 'refusal') return this.#close() + this.#refuse(refusalText(part.value));
    if (whole !== undefined && isOwnItem(whole)) return this.#close() + this.#whole(whole);
    this.#frame.omitted?.(`content[${index}] (${partKind(part)})`);
    return '';
  }

  #say(kind: Spoken['kind'], text: string): string {
    const begun = this.#open?.kind === kind ? '' : this.#close() + this.#begin(kind);
    const open = this.#open;
    if (open === undefined) return begun;
    open.text += text;
    const place = { item_id: open.id, output_index: open.index };
    if (text === '') return begun;
    return (
      begun +
      (kind === 'message'
        ? this.#event('response.output_text.delta', { ...place, content_index: 0, delta: text, logprobs: [] })
        : this.#event('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta: text }))
    );
  }

  #begin(kind: Spoken['kind']): string {
    const index = this.#output.length;
    const id = itemId(this.#frame, kind === 'message' ? 'msg' : 'rs', index);
    this.#output.push(undefined);
    this.#open = { kind, index, id, text: '' };
    const place = { item_id: id, output_index: index };
    if (kind === 'message') {
      const item = { ...messageItem(id, []), status: 'in_progress' };
      return (
        this.#event('response.output_item.added', { output_index: index, item }) +
        this.#event('response.content_part.added', { ...place, content_index: 0, part: textPart('') })
      );
    }
    const item = { id, type: 'reasoning', summary: [] };
    const part = { type: 'summary_text', text: '' };
    return (
      this.#event('response.output_item.added', { output_index: index, item }) +
      this.#event('response.reasoning_summary_part.added', { ...place, summary_index: 0, part })
    );
  }

  #close(): string {
    const open = this.#open;
    if (open === undefined) return '';
    this.#open = undefined;
    const { kind, index, id, text } = open;
    const place = { item_id: id, output_index: index };
    if (kind === 'message') {
      const part = textPart(text);
      const at = { ...place, content_index: 0 };
      return (
        this.#event('response.output_text.done', { ...at, text, logprobs: [] }) +
        this.#event('response.content_part.done', { ...at, part }) +
        this.#done(index, messageItem(id, [part]))
      );
    }
    const at = { ...place, summary_index: 0 };
    return (
      this.#event('response.reasoning_summary_text.done', { ...at, text }) +
      this.#event('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } }) +
      this.#done(index, reasoningItemOf(id, text, undefined))
    );
  }

  #refuse(refusal: string): string {
    const index = this.#output.length;
    const id = itemId(this.#frame, 'msg', index);
    this.#output.push(undefined);
    const at = { item_id: id, output_index: index, content_index: 0 };
    const item = { ...messageItem(id, []), status: 'in_progress' };
    return (
      this.#event('response.output_item.added', { output_index: index, item }) +
      this.#event('response.content_part.added', { ...at, part: refusalPart('') }) +
      this.#event('response.refusal.delta', { ...at, delta: refusal }) +
      this.#event('response.refusal.done', { ...at, refusal }) +
      this.#event('response.content_part.done', { ...at, part: refusalPart(refusal) }) +
      this.#done(index, messageItem(id, [refusalPart(refusal)]))
    );
  }

  #whole(item: JsonObject): string {
    const index = this.#output.length;
    this.#output.push(undefined);
    return this.#event('response.output_item.added', { output_index: index, item }) + this.#done(index, item);
  }

  #call(position: number, name: string, callId: string): string {
    const closed = this.#close();
    const index = this.#output.length;
    this.#output.push(undefined);
    const id = itemId(this.#frame, 'fc', index);
    this.#calls.set(position, { index, id, callId, name, text: '' });
    const item = { ...callItem(id, callId, name, ''), status: 'in_progress' };
    return closed + this.#event('response.output_item.added', { output_index: index, item });
  }

  #arguments(position: number, text: string): string {
    const call = this.#calls.get(position);
    if (call === undefined || text === '') return '';
    call.text += text;
    const place = { item_id: call.id, output_index: call.index };
    return this.#event('response.function_call_arguments.delta', { ...place, delta: text });
  }

  #closeCall({ index, id, callId, name, text }: Calling): string {
    const place = { item_id: id, output_index: index };
    return (
      this.#event('response.function_call_arguments.done', { ...place, name, arguments: text }) +
      this.#done(index, callItem(id, callId, name, text))
    );
  }

  #done(index: number, item: JsonObject): string {
    this.#output[index] = item;
    return this.#event('response.output_item.done', { output_index: index, item });
  }

  #event(type: string, members: Readonly<Record<string, Json>>): string {
    const data = { type, sequence_number: this.#sequence, ...members };
    this.#sequence += 1;
    return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}
