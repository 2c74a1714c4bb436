// Editing a side: the assistant's texts and tool-call arguments as fields, and the fields as messages again.
import type { Message, Part, ToolCall } from '#contract/turn';
import { parseJson } from '../../lib/json-text.ts';

export interface EditField {
  /** `message/part/index`, `message/call/index` or `message/new` for words where there were none. */
  readonly key: string;
  /** Index of the message among the side's messages. */
  readonly message: number;
  readonly kind: 'text' | 'reasoning' | 'arguments';
  /** Name of the tool; only for arguments. */
  readonly tool?: string;
  readonly value: string;
}

export type EditResult =
  | { readonly ok: true; readonly messages: readonly Message[]; readonly changed: boolean }
  | { readonly ok: false; readonly errors: ReadonlyMap<string, string> };

/** What of the messages can be edited, in order. User and tool messages stand as they are. */
export function editFields(messages: readonly Message[]): EditField[] {
  return messages.flatMap((message, index) => (message.role === 'assistant' ? fieldsOf(message, index) : []));
}

/**
 * The messages with the fields' values put in; `endAfter` cuts the branch after that message. Arguments must be JSON,
 * and something must be left: errors come by field key.
 */
export function applyFields(
  messages: readonly Message[],
  values: ReadonlyMap<string, string>,
  endAfter?: number,
): EditResult {
  const errors = new Map<string, string>();
  const kept = endAfter === undefined ? messages : messages.slice(0, endAfter + 1);
  const edited = kept.map((message, index) => {
    if (message.role !== 'assistant') return message;
    const content = editedContent(message.content, index, values);
    const calls = message.toolCalls?.map((call, at) =>
      editedCall(call, `${String(index)}/call/${String(at)}`, values, errors),
    );
    if (content.length === 0 && (calls ?? []).length === 0) {
      errors.set(
        `${String(index)}/${message.content.length === 0 ? 'new' : 'part/0'}`,
        'A message needs words or a tool call.',
      );
    }
    return { ...message, content, ...(calls === undefined ? {} : { toolCalls: calls }) };
  });
  if (errors.size > 0) return { ok: false, errors };
  return { ok: true, messages: edited, changed: JSON.stringify(edited) !== JSON.stringify(messages) };
}

type AssistantMessage = Extract<Message, { role: 'assistant' }>;

function fieldsOf(message: AssistantMessage, index: number): EditField[] {
  const parts = message.content.flatMap((part, at): EditField[] =>
    part.type === 'text' || part.type === 'reasoning'
      ? [{ key: `${String(index)}/part/${String(at)}`, message: index, kind: part.type, value: part.text }]
      : [],
  );
  const words: EditField[] = parts.some((field) => field.kind === 'text')
    ? parts
    : [...parts, { key: `${String(index)}/new`, message: index, kind: 'text', value: '' }];
  const calls = (message.toolCalls ?? []).map((call, at): EditField => ({
    key: `${String(index)}/call/${String(at)}`,
    message: index,
    kind: 'arguments',
    tool: call.name,
    value: argumentsText(call),
  }));
  return [...words, ...calls];
}

function argumentsText(call: ToolCall): string {
  return call.unparsed === true && typeof call.arguments === 'string'
    ? call.arguments
    : JSON.stringify(call.arguments, undefined, 2);
}

/** A text that was emptied leaves; words in the new field come last. */
function editedContent(content: readonly Part[], index: number, values: ReadonlyMap<string, string>): Part[] {
  const parts = content.flatMap((part, at): Part[] => {
    if (part.type !== 'text' && part.type !== 'reasoning') return [part];
    const value = values.get(`${String(index)}/part/${String(at)}`);
    if (value === undefined || value === part.text) return [part];
    return value === '' ? [] : [{ ...part, text: value }];
  });
  const added = values.get(`${String(index)}/new`) ?? '';
  return added === '' ? parts : [...parts, { type: 'text', text: added }];
}

function editedCall(
  call: ToolCall,
  key: string,
  values: ReadonlyMap<string, string>,
  errors: Map<string, string>,
): ToolCall {
  const value = values.get(key);
  if (value === undefined || value === argumentsText(call)) return call;
  const parsed = parseJson(value);
  if (parsed.ok) return { name: call.name, arguments: parsed.value };
  errors.set(key, parsed.why);
  return call;
}
