// Reads a streamed answer of OpenAI's responses: the whole comes at its end, and is put together from what was said where it does not.
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject, member, numberMember, textMember } from '../../../trace/json.ts';
import { ModelError } from '../../model.ts';
import { errorOf, eventData, isError } from '../reading.ts';
import type { StreamReader, WireEvent, WireReply } from '../wire.ts';
import { readResponsesReply, replyOfOutput } from './reply.ts';

interface Item {
  /** As last given whole. */
  source: JsonObject;
  isDone: boolean;
  /** Texts by kind and place: "text 0", "refusal 0", "summary 1", "reasoning 0". */
  readonly texts: Map<string, string>;
  /** Arguments of a call so far. */
  input: string;
  /** Its position among the calls, where it is one. */
  call: number | undefined;
}

export class ResponsesStreamReader implements StreamReader {
  isDone = false;
  readonly #items = new Map<number, Item>();
  #response: JsonObject = {};
  #calls = 0;

  take(event: string | undefined, data: string): readonly WireEvent[] {
    if (data === '[DONE]') return [];
    const source = eventData(data);
    const type = textMember(source, 'type') ?? event ?? '';
    const given = source['response'];
    if (isObject(given)) this.#response = { ...this.#response, ...given };
    if (type === 'error' || event === 'error' || isError(source)) throw errorOf(source);
    switch (type) {
      case 'response.failed':
        throw errorOf(isObject(member(given, 'error')) ? (given ?? null) : {});
      case 'response.completed':
      case 'response.incomplete':
      case 'response.done':
        this.isDone = true;
        return [];
      case 'response.output_item.added':
        return this.#begin(this.#item(source), source['item']);
      case 'response.output_item.done':
        return this.#finish(this.#item(source), source['item']);
      default:
        return this.#piece(type, source);
    }
  }

  reply(options?: { readonly cutOff: boolean }): WireReply {
    const cutOff = options?.cutOff === true;
    if (!this.isDone && !cutOff) throw new ModelError('The answer broke off before it was whole.', 502);
    const { output } = this.#response;
    if (this.isDone && isArray(output) && output.length > 0) return readResponsesReply(this.#response);
    if (!this.isDone && this.#items.size === 0 && Object.keys(this.#response).length === 0)
      throw new ModelError('The stream held no answer.', 502);
    const items = [...this.#items].toSorted(([one], [two]) => one - two).map(([, item]) => itemJson(item));
    return replyOfOutput(items, this.#response);
  }

  #item(source: JsonObject): Item {
    const index = numberMember(source, 'output_index') ?? Math.max(0, this.#items.size - 1);
    const known = this.#items.get(index);
    if (known !== undefined) return known;
    const item: Item = { source: {}, isDone: false, texts: new Map(), input: '', call: undefined };
    this.#items.set(index, item);
    return item;
  }

  #begin(item: Item, given: Json | undefined): readonly WireEvent[] {
    if (!isObject(given)) return [];
    item.source = given;
    const kind = textMember(given, 'type');
    if (kind !== 'function_call' && kind !== 'custom_tool_call') return [];
    const events: WireEvent[] = [];
    if (item.call === undefined) {
      item.call = this.#calls;
      this.#calls += 1;
      const id = textMember(given, 'call_id');
      const name = textMember(given, 'name') ?? '';
      events.push({ type: 'call', index: item.call, name, ...(id === undefined ? {} : { id }) });
    }
    return [...events, ...this.#rest(item, textMember(given, 'arguments') ?? textMember(given, 'input'))];
  }

  #finish(item: Item, given: Json | undefined): readonly WireEvent[] {
    const events = [...this.#begin(item, given)];
    item.isDone = true;
    // What was never said piece by piece is said now.
    if (item.texts.size > 0 || !isObject(given)) return events;
    const parts = given['type'] === 'message' ? given['content'] : given['summary'];
    const channel = given['type'] === 'message' ? 'text' : 'reasoning';
    for (const part of isArray(parts) ? parts : []) {
      const text = textMember(part, 'text');
      if (text !== undefined && text !== '') events.push({ type: 'text', channel, text });
    }
    return events;
  }

  #piece(type: string, source: JsonObject): readonly WireEvent[] {
    const delta = textMember(source, 'delta') ?? '';
    switch (type) {
      case 'response.output_text.delta':
        return this.#say('text', 'text', 'content_index', source, delta);
      case 'response.refusal.delta':
        this.#say('text', 'refusal', 'content_index', source, delta);
        return [];
      case 'response.reasoning_summary_text.delta':
        return this.#say('reasoning', 'summary', 'summary_index', source, delta);
      case 'response.reasoning_text.delta':
        return this.#say('reasoning', 'reasoning', 'content_index', source, delta);
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#input(this.#item(source), delta);
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
        return this.#rest(this.#item(source), textMember(source, 'arguments') ?? textMember(source, 'input'));
      // Beginnings and ends that repeat what the pieces say, and whatever comes to be.
      default:
        return [];
    }
  }

  #say(
    channel: 'text' | 'reasoning',
    kind: string,
    place: string,
    source: JsonObject,
    delta: string,
  ): readonly WireEvent[] {
    if (delta === '') return [];
    const { texts } = this.#item(source);
    const key = `${kind} ${numberMember(source, place) ?? 0}`;
    const said = texts.get(key);
    texts.set(key, (said ?? '') + delta);
    if (channel === 'text') return [{ type: 'text', channel, text: delta }];
    // One piece of reasoning after the other is parted by an empty line, as in the whole.
    const isNext = said === undefined && texts.size > 1;
    return [{ type: 'text', channel, text: isNext ? `\n\n${delta}` : delta }];
  }

  #input(item: Item, text: string): readonly WireEvent[] {
    item.input += text;
    return item.call === undefined || text === '' ? [] : [{ type: 'arguments', index: item.call, text }];
  }

  /** What has not been said of the whole. */
  #rest(item: Item, whole: string | undefined): readonly WireEvent[] {
    if (whole === undefined || whole.length <= item.input.length || !whole.startsWith(item.input)) return [];
    return this.#input(item, whole.slice(item.input.length));
  }
}

/** The item as far as it has come. */
function itemJson({ source, isDone, texts, input, call }: Item): JsonObject {
  if (isDone) return source;
  if (call !== undefined) {
    const key = textMember(source, 'type') === 'custom_tool_call' ? 'input' : 'arguments';
    return { ...source, [key]: input };
  }
  const of = (kind: string): string[] =>
    [...texts].filter(([key]) => key.startsWith(`${kind} `)).map(([, text]) => text);
  const summary = of('summary').map((text) => ({ type: 'summary_text', text }));
  const reasoning = of('reasoning').map((text) => ({ type: 'reasoning_text', text }));
  if (textMember(source, 'type') === 'reasoning' || summary.length > 0 || reasoning.length > 0)
    return { ...source, type: 'reasoning', summary, ...(reasoning.length === 0 ? {} : { content: reasoning }) };
  const content = [
    ...of('text').map((text) => ({ type: 'output_text', text })),
    ...of('refusal').map((refusal) => ({ type: 'refusal', refusal })),
  ];
  if (content.length === 0 && textMember(source, 'type') !== 'message') return source;
  return { ...source, type: 'message', role: 'assistant', content };
}
