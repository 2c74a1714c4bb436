// Reads a streamed answer of chat completions: its chunks add up to the answer that would have come at once.
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject, member, numberMember, textMember } from '../../../trace/json.ts';
import { ModelError } from '../../model.ts';
import { errorOf, eventData, isError } from '../reading.ts';
import type { StreamReader, WireEvent, WireReply } from '../wire.ts';
import { readChatReply } from './reply.ts';

interface Call {
  id?: string;
  name?: string;
  /** Arguments so far. */
  text: string;
  /** Of them, what came before its name and has not been told. */
  waiting: string;
  isTold: boolean;
  extra?: Json;
}

export class ChatStreamReader implements StreamReader {
  isDone = false;
  #content = '';
  /** Parts, where the server sends content as such. */
  readonly #parts: Json[] = [];
  #hasContent = false;
  readonly #reasoning: Record<string, string> = {};
  #refusal = '';
  readonly #details: Json[] = [];
  readonly #calls: Call[] = [];
  /** By the index that the server gives. */
  readonly #byIndex = new Map<number, Call>();
  readonly #logprobs: Record<string, Json[]> = {};
  #finish: string | undefined;
  #model: string | undefined;
  #usage: Json | undefined;
  #hasBegun = false;

  take(event: string | undefined, data: string): readonly WireEvent[] {
    if (data === '[DONE]') {
      this.isDone = true;
      return [];
    }
    const chunk = eventData(data);
    if (isError(chunk) || event === 'error') throw errorOf(chunk);
    this.#hasBegun = true;
    this.#model ??= textMember(chunk, 'model');
    if (isObject(chunk['usage'])) this.#usage = chunk['usage'];
    const events: WireEvent[] = [];
    const choices = isArray(chunk['choices']) ? chunk['choices'] : [];
    for (const choice of choices) if ((numberMember(choice, 'index') ?? 0) === 0) this.#choice(choice, events);
    return events;
  }

  reply(options?: { readonly cutOff: boolean }): WireReply {
    if (options?.cutOff !== true && this.#finish === undefined && !this.isDone) {
      throw new ModelError('The answer broke off before it was whole.', 502);
    }
    if (!this.#hasBegun) throw new ModelError('The stream held no answer.', 502);
    const content = this.#parts.length > 0 ? this.#parts : this.#content;
    const message: JsonObject = {
      role: 'assistant',
      content: this.#hasContent ? content : null,
      ...this.#reasoning,
      ...(this.#refusal === '' ? {} : { refusal: this.#refusal }),
      ...(this.#details.length === 0 ? {} : { reasoning_details: this.#details }),
      ...(this.#calls.length === 0 ? {} : { tool_calls: this.#calls.map(callJson) }),
    };
    const choice: JsonObject = {
      message,
      ...(Object.keys(this.#logprobs).length === 0 ? {} : { logprobs: this.#logprobs }),
      ...(this.#finish === undefined ? {} : { finish_reason: this.#finish }),
    };
    return readChatReply({ model: this.#model ?? '', choices: [choice], usage: this.#usage ?? null });
  }

  #choice(choice: Json, events: WireEvent[]): void {
    // Some servers end with the whole message instead of a last piece of it.
    const delta = member(choice, 'delta') ?? (this.#hasContent ? undefined : member(choice, 'message'));
    this.#reason(delta, events);
    this.#say(member(delta, 'content'), events);
    const refusal = textMember(delta, 'refusal');
    if (refusal !== undefined) this.#refusal += refusal;
    const details = member(delta, 'reasoning_details');
    if (isArray(details)) this.#details.push(...details);
    const calls = member(delta, 'tool_calls');
    if (isArray(calls)) for (const call of calls) this.#call(call, events);
    const single = member(delta, 'function_call');
    if (isObject(single)) this.#call({ index: 0, function: single }, events);
    const logprobs = member(choice, 'logprobs');
    for (const key of ['content', 'refusal']) {
      const list = member(logprobs, key);
      if (isArray(list)) (this.#logprobs[key] ??= []).push(...list);
    }
    this.#finish = textMember(choice, 'finish_reason') ?? this.#finish;
  }

  #reason(delta: Json | undefined, events: WireEvent[]): void {
    let told: string | undefined;
    for (const key of ['reasoning_content', 'reasoning']) {
      const text = textMember(delta, key);
      if (text === undefined || text === '') continue;
      this.#reasoning[key] = (this.#reasoning[key] ?? '') + text;
      // Some servers say it under both names.
      if (told === undefined) events.push({ type: 'text', channel: 'reasoning', text });
      told = text;
    }
  }

  #say(content: Json | undefined, events: WireEvent[]): void {
    if (typeof content === 'string') this.#text(content, events);
    if (!isArray(content)) return;
    for (const part of content) {
      const text = textMember(part, 'text');
      if (textMember(part, 'type') === 'text' && text !== undefined) this.#text(text, events);
      else {
        this.#hasContent = true;
        this.#beginParts();
        this.#parts.push(part);
      }
    }
  }

  #text(text: string, events: WireEvent[]): void {
    if (text === '') return;
    this.#hasContent = true;
    events.push({ type: 'text', channel: 'text', text });
    this.#content += text;
    if (this.#parts.length === 0) return;
    const last = this.#parts.at(-1);
    if (textMember(last, 'type') === 'text') this.#parts.pop();
    this.#parts.push({ type: 'text', text: `${textMember(last, 'text') ?? ''}${text}` });
  }

  #beginParts(): void {
    if (this.#parts.length === 0 && this.#content !== '') this.#parts.push({ type: 'text', text: this.#content });
  }

  #call(delta: Json, events: WireEvent[]): void {
    const body = member(delta, 'function') ?? member(delta, 'custom') ?? delta;
    const id = textMember(delta, 'id');
    const name = textMember(body, 'name');
    const call = this.#callFor(numberMember(delta, 'index'), id === '' ? undefined : id, name);
    if (id !== undefined && id !== '') call.id ??= id;
    if (name !== undefined && name !== '') call.name ??= name;
    const given = member(body, 'arguments') ?? member(body, 'input');
    // Some servers give them as JSON, in one piece.
    const text = typeof given === 'string' ? given : given === undefined || given === null ? '' : JSON.stringify(given);
    call.text += text;
    call.waiting += text;
    const extra = member(delta, 'extra_content');
    if (extra !== undefined && extra !== null) call.extra = extra;
    this.#tell(call, events);
  }

  /** Servers number the calls, name them by id, do both, or neither: then a name begins a new one. */
  #callFor(index: number | undefined, id: string | undefined, name: string | undefined): Call {
    const known = index === undefined ? undefined : this.#byIndex.get(index);
    const isOther = id !== undefined && known?.id !== undefined && known.id !== id && name !== undefined;
    if (known !== undefined && !isOther) return known;
    if (index === undefined) {
      const found = id === undefined ? undefined : this.#calls.find((call) => call.id === id);
      const last = this.#calls.at(-1);
      if (found !== undefined) return found;
      if (last !== undefined && id === undefined && (name === undefined || name === '')) return last;
    }
    const call: Call = { text: '', waiting: '', isTold: false };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }

  #tell(call: Call, events: WireEvent[]): void {
    if (call.name === undefined) return;
    const index = this.#calls.indexOf(call);
    if (!call.isTold) {
      call.isTold = true;
      events.push({ type: 'call', index, name: call.name, ...(call.id === undefined ? {} : { id: call.id }) });
    }
    if (call.waiting !== '') events.push({ type: 'arguments', index, text: call.waiting });
    call.waiting = '';
  }
}

function callJson({ id, name = '', text, extra }: Call): JsonObject {
  return {
    ...(id === undefined ? {} : { id }),
    type: 'function',
    function: { name, arguments: text },
    ...(extra === undefined ? {} : { extra_content: extra }),
  };
}
