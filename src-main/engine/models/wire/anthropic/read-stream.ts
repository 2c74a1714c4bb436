// Reads a streamed answer of Anthropic's messages: its blocks add up to the answer that would have come at once.
import type { Json, JsonObject } from '#contract/turn';
import { parsePlainJson } from '../../../trace/exact-json.ts';
import { isArray, isObject, member, numberMember, textMember } from '../../../trace/json.ts';
import { ModelError } from '../../model.ts';
import { errorOf, eventData } from '../reading.ts';
import type { StreamReader, WireEvent, WireReply } from '../wire.ts';
import { readAnthropicReply } from './reply.ts';

interface Block {
  /** As it began. */
  readonly source: JsonObject;
  text: string;
  signature: string;
  /** JSON text of a tool's input. */
  input: string;
  readonly citations: Json[];
  /** Its position among the calls. */
  readonly call: number | undefined;
}

export class AnthropicStreamReader implements StreamReader {
  isDone = false;
  #message: JsonObject = {};
  #usage: JsonObject = {};
  #stop: string | undefined;
  /** In the order in which they began. */
  readonly #blocks = new Map<number, Block>();
  #calls = 0;
  #hasBegun = false;

  take(event: string | undefined, data: string): readonly WireEvent[] {
    // What a proxy adds for clients of another dialect.
    if (data === '[DONE]') return [];
    const source = eventData(data);
    const type = textMember(source, 'type') ?? event;
    if (type === 'error' || event === 'error') throw errorOf(source);
    switch (type) {
      case 'message_start':
        return this.#start(member(source, 'message'));
      case 'content_block_start':
        return this.#begin(numberMember(source, 'index') ?? this.#blocks.size, source['content_block']);
      case 'content_block_delta':
        return this.#delta(this.#blocks.get(numberMember(source, 'index') ?? this.#blocks.size - 1), source['delta']);
      case 'message_delta':
        this.#stop = textMember(source['delta'], 'stop_reason') ?? this.#stop;
        this.#count(source['usage']);
        return [];
      case 'message_stop':
        this.isDone = true;
        return [];
      // Pings, the ends of blocks, and whatever comes to be.
      default:
        return [];
    }
  }

  reply(options?: { readonly cutOff: boolean }): WireReply {
    if (options?.cutOff !== true && !this.isDone && this.#stop === undefined) {
      throw new ModelError('The answer broke off before it was whole.', 502);
    }
    if (!this.#hasBegun) throw new ModelError('The stream held no answer.', 502);
    const content = [...this.#blocks.values()].map(blockJson);
    const stop = this.#stop === undefined ? {} : { stop_reason: this.#stop };
    return readAnthropicReply({ ...this.#message, content, ...stop, usage: this.#usage });
  }

  #start(message: Json | undefined): readonly WireEvent[] {
    this.#hasBegun = true;
    if (!isObject(message)) return [];
    const { content, usage, stop_reason: _, ...rest } = message;
    this.#message = rest;
    this.#count(usage);
    return isArray(content) ? content.flatMap((block, index) => this.#begin(index, block)) : [];
  }

  /** What comes later counts; where it says nothing, what came before. */
  #count(usage: Json | undefined): void {
    if (!isObject(usage)) return;
    const said = Object.entries(usage).filter(([, value]) => value !== null);
    this.#usage = { ...this.#usage, ...Object.fromEntries(said) };
  }

  #begin(index: number, given: Json | undefined): readonly WireEvent[] {
    this.#hasBegun = true;
    const source = isObject(given) ? given : {};
    const kind = textMember(source, 'type');
    const call = kind === 'tool_use' ? this.#calls : undefined;
    if (call !== undefined) this.#calls += 1;
    const block: Block = { source, text: '', signature: '', input: '', citations: [], call };
    this.#blocks.set(index, block);
    if (call !== undefined) {
      const id = textMember(source, 'id');
      const events: WireEvent[] = [
        { type: 'call', index: call, name: textMember(source, 'name') ?? '', ...(id === undefined ? {} : { id }) },
      ];
      const { input } = source;
      // Some servers give the whole input here.
      if (isObject(input) && Object.keys(input).length > 0)
        events.push({ type: 'arguments', index: call, text: JSON.stringify(input) });
      return events;
    }
    const text = kind === 'text' || kind === 'thinking' ? textMember(source, kind) : undefined;
    return text === undefined ? [] : this.#say(block, kind === 'text' ? 'text' : 'reasoning', text);
  }

  #say(block: Block, channel: 'text' | 'reasoning', text: string): readonly WireEvent[] {
    block.text += text;
    return text === '' ? [] : [{ type: 'text', channel, text }];
  }

  #delta(block: Block | undefined, delta: Json | undefined): readonly WireEvent[] {
    if (block === undefined) return [];
    switch (textMember(delta, 'type')) {
      case 'text_delta':
        return this.#say(block, 'text', textMember(delta, 'text') ?? '');
      case 'thinking_delta':
        return this.#say(block, 'reasoning', textMember(delta, 'thinking') ?? '');
      case 'signature_delta':
        block.signature += textMember(delta, 'signature') ?? '';
        return [];
      case 'input_json_delta': {
        const text = textMember(delta, 'partial_json') ?? '';
        block.input += text;
        return block.call === undefined || text === '' ? [] : [{ type: 'arguments', index: block.call, text }];
      }
      case 'citations_delta':
        block.citations.push(member(delta, 'citation') ?? null);
        return [];
      default:
        return [];
    }
  }
}

function blockJson({ source, text, signature, input, citations }: Block): JsonObject {
  const kind = textMember(source, 'type');
  if (kind === 'text') return { ...source, text, ...(citations.length === 0 ? {} : { citations }) };
  if (kind === 'thinking') return { ...source, thinking: text, ...(signature === '' ? {} : { signature }) };
  // What is no JSON, or none that a number survives in, stays a text, as an import reads it.
  return input === '' ? source : { ...source, input: parsePlainJson(input) ?? input };
}
