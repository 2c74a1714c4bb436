// What a scripted model sees of a call: the last message, the conversation, what is asked for.
import type { Json, Message } from '#contract/turn';
import type { ModelCall } from './model.ts';

export interface Scene {
  readonly call: ModelCall;
  readonly last: Message | undefined;
  /** Of the last message. */
  readonly text: string;
  readonly user: string | undefined;
  readonly system: string | undefined;
  /** The last message read as JSON; undefined where it is none. */
  readonly json: Json | undefined;
  /** Name of the tool whose result the last message is. */
  readonly tool: string | undefined;
  /** Messages of the assistant. */
  readonly answers: number;
  /** Names of the tools that are offered. */
  readonly offered: readonly string[];
}

export function sceneOf(call: ModelCall): Scene {
  const { messages } = call;
  const last = messages.at(-1);
  const [context] = messages;
  const said = messages.findLast((message) => message.role === 'user');
  const isContext = context?.role === 'context';
  return {
    call,
    last,
    text: last === undefined ? '' : textOf(last),
    user: said === undefined ? undefined : textOf(said),
    system: isContext ? textOf(context) : undefined,
    json: last === undefined ? undefined : jsonOf(textOf(last)),
    tool: last === undefined ? undefined : toolOf(last, messages),
    answers: messages.filter((message) => message.role === 'assistant').length,
    offered: isContext ? context.tools.flatMap(nameOf) : [],
  };
}

export function textOf(message: Message): string {
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
}

/** undefined where the text is no JSON. */
export function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The tool that a message is the result of. */
export function toolOf(message: Message, messages: readonly Message[]): string | undefined {
  if (message.role !== 'tool') return undefined;
  if (message.call === undefined) return message.name;
  let position = message.call;
  for (const one of messages) {
    const calls = one.role === 'assistant' ? (one.toolCalls ?? []) : [];
    if (position < calls.length) return calls[position]?.name;
    position -= calls.length;
  }
  return message.name;
}

/** Of a tool's schema as providers write it: `{ name }` or `{ function: { name } }`. */
function nameOf(tool: Json): string[] {
  if (typeof tool !== 'object' || tool === null || Array.isArray(tool)) return [];
  const { name, function: inner } = tool as { readonly name?: Json; readonly function?: Json };
  return typeof name === 'string' ? [name] : inner === undefined ? [] : nameOf(inner);
}
