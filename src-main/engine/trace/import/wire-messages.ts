// Requests and answers on the wire, read as an import reads them in a log: the same conversation is the same turns.
import type { Json, JsonObject, Message, ToolCall } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { anthropic } from './anthropic.ts';
import type { ConversationFormat } from './format.ts';
import { callOf, openaiDialect, readArguments } from './openai-dialect.ts';
import { openai } from './openai.ts';
import { readMessages } from './source-tree.ts';
import { extendTrail, trailStart } from './trail.ts';

type Assistant = Message & { readonly role: 'assistant' };

/** `messages`, `tools` and `functions` of a body of POST /chat/completions; a context first. Throws a Problem that names the message. */
export function chatMessages(body: JsonObject): readonly Message[] {
  return messagesOf(openai, body, ['messages', 'tools', 'functions']);
}

/** `system`, `messages` and `tools` of a body of POST /messages; a context first. Throws a Problem that names the message. */
export function anthropicMessages(body: JsonObject): readonly Message[] {
  return messagesOf(anthropic, body, ['system', 'messages', 'tools']);
}

/** The message of a choice. Throws a Problem where it is none. */
export function chatAnswer(message: JsonObject): Assistant {
  return assistant(openaiDialect.read({ ...message, role: 'assistant' }, trailStart([])));
}

/** The content blocks of an answer. Throws a Problem where they are none. */
export function anthropicAnswer(content: Json): Assistant {
  return assistant(anthropic.dialect.read({ role: 'assistant', content }, trailStart([])));
}

/** A call of a tool; `given` are its arguments, as JSON or as JSON text. */
export function toolCallOf(name: string, given: Json): ToolCall {
  return callOf(name, readArguments(given));
}

function assistant([message]: readonly Message[]): Assistant {
  if (message?.role === 'assistant') return message;
  throw new Problem('BAD_INPUT', 'It is no answer of a model.');
}

function messagesOf({ split, dialect }: ConversationFormat, body: JsonObject, keys: readonly string[]): Message[] {
  // Members that a logged record has besides are no part of a request, whatever they are called.
  const own = Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(body, key) ? [[key, body[key] ?? null]] : [])));
  const [side] = split(own).sides;
  if (side === undefined || side.messages.length === 0) throw new Problem('BAD_INPUT', 'It has no messages.');
  const lead = side.head['lead'] === true;
  const { context } = dialect.readHead(side.head, lead ? side.messages[0] : undefined);
  const messages = [context];
  let trail = trailStart([context]);
  for (const [index, source] of side.messages.entries()) {
    if (lead && index === 0) continue;
    const read = readMessages(dialect, source, trail, index);
    messages.push(...read);
    const expanded = dialect.expand(source, trail);
    trail = extendTrail(trail, expanded, read, dialect.calls(expanded));
  }
  return messages;
}
