// Writes an answer as the chunks of a stream of chat completions.
import type { Json, JsonObject, Part } from '#contract/turn';
import type { ReplyFrame, StreamWriter, WireEvent, WireReply } from '../wire.ts';
import { Told } from '../told.ts';
import { argumentsText, callIdOf, newCallId, partKind, refusalText } from '../writing.ts';
import { chatFrame, chatLogprobs, writeChatStop, writeChatUsage } from './reply.ts';

export class ChatStreamWriter implements StreamWriter {
  readonly #frame: ReplyFrame;
  readonly #told = new Told();
  #hasReasoned = false;

  constructor(frame: ReplyFrame) {
    this.#frame = frame;
  }

  start(): string {
    return this.#delta({ role: 'assistant', content: '', refusal: null });
  }

  write(event: WireEvent): string {
    this.#told.take(event);
    switch (event.type) {
      case 'text':
        if (event.text === '') return '';
        this.#hasReasoned ||= event.channel === 'reasoning';
        return this.#delta({ [event.channel === 'text' ? 'content' : 'reasoning_content']: event.text });
      case 'call':
        return this.#call(event.index, event.name, event.id ?? newCallId(this.#frame.id, event.index), '');
      case 'arguments':
        return event.text === '' ? '' : this.#arguments(event.index, event.text);
    }
  }

  end(reply: WireReply): string {
    const pieces: string[] = [];
    for (const untold of this.#told.rest(reply, argumentsText)) {
      if (untold.type === 'arguments') pieces.push(this.#arguments(untold.index, untold.text));
      else if (untold.type === 'call') {
        const { call, index } = untold;
        pieces.push(this.#call(index, call.name, callIdOf(reply, this.#frame, index), argumentsText(call)));
      } else pieces.push(this.#part(untold.part, untold.index, untold.isRest));
    }
    const logprobs = chatLogprobs(reply.logprobs);
    pieces.push(this.#chunk([{ index: 0, delta: {}, logprobs, finish_reason: writeChatStop(reply) }]));
    if (this.#frame.includeUsage === true) pieces.push(this.#chunk([], { usage: writeChatUsage(reply.usage) }));
    return `${pieces.join('')}data: [DONE]\n\n`;
  }

  fail(sentence: string): string {
    const error = { message: sentence, type: 'server_error', param: null, code: null };
    return `data: ${JSON.stringify({ error })}\n\n`;
  }

  #part(part: Part, index: number, isRest: boolean): string {
    if (part.type === 'text') return this.#delta({ content: part.text });
    if (part.type === 'reasoning') {
      // More than one piece of reasoning is one in this dialect, as it is in an answer that comes at once.
      const text = this.#hasReasoned && !isRest ? `\n\n${part.text}` : part.text;
      this.#hasReasoned = true;
      return this.#delta({ reasoning_content: text });
    }
    if (part.type === 'other' && part.kind === 'refusal') return this.#delta({ refusal: refusalText(part.value) });
    this.#frame.omitted?.(`content[${index}] (${partKind(part)})`);
    return '';
  }

  #call(index: number, name: string, id: string, text: string): string {
    return this.#delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] });
  }

  #arguments(index: number, text: string): string {
    return this.#delta({ tool_calls: [{ index, function: { arguments: text } }] });
  }

  #delta(delta: JsonObject): string {
    return this.#chunk([{ index: 0, delta, logprobs: null, finish_reason: null }]);
  }

  #chunk(choices: readonly Json[], more: JsonObject = {}): string {
    const usage = this.#frame.includeUsage === true ? { usage: null } : {};
    const chunk = { ...chatFrame(this.#frame, 'chat.completion.chunk'), choices, ...usage, ...more };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  }
}
