// What a model says in OpenAI's responses comes as items; those that follow one another are one message here, as in chat.
import type { Json, JsonObject, Part, ToolCall } from '#contract/turn';
import { toolCallOf } from '../../../trace/import/wire-messages.ts';
import { isArray, isObject, member, settled, textMember } from '../../../trace/json.ts';
import { Left, Members } from '../members.ts';
import type { AssistantMessage, Tie } from '../wire.ts';

const ownItems = /_call$|^mcp_(list_tools|approval_request)$|^compaction$|^program$/;

/** Calls of the client's tools, which a message has in a place of their own. */
const toolItems: ReadonlySet<string> = new Set(['function_call', 'custom_tool_call']);

/** Whether it holds what the model did: a call of a tool that the provider runs, and whatever else the provider wants back. */
export function isOwnItem(item: Json): boolean {
  const kind = kindOf(item);
  return ownItems.test(kind) && !toolItems.has(kind);
}

export function isAnswerItem(item: Json): boolean {
  const kind = kindOf(item);
  return kind === 'message'
    ? textMember(item, 'role') === 'assistant'
    : kind === 'reasoning' || toolItems.has(kind) || isOwnItem(item);
}

/** An item may leave it out where it has a role. */
export function kindOf(item: Json): string {
  return textMember(item, 'type') ?? (textMember(item, 'role') === undefined ? 'unknown' : 'message');
}

/** Adds up the items of one answer. */
export class AnswerItems {
  readonly callIds: (string | undefined)[] = [];
  readonly ties: Tie[] = [];
  readonly logprobs: Json[] = [];
  readonly #parts: Part[] = [];
  readonly #calls: ToolCall[] = [];

  /** `left` is told what of it has no place. Throws a Problem where a call has no name. */
  take(item: Json, path = '', left = new Left()): void {
    const members = new Members(item, path, left);
    members.skip('type', 'id', 'status');
    switch (kindOf(item)) {
      case 'message':
        members.skip('role');
        this.#message(members, left);
        break;
      case 'reasoning':
        this.#reasoning(members);
        break;
      case 'function_call':
      case 'custom_tool_call':
        this.#call(members, kindOf(item) === 'function_call' ? 'arguments' : 'input');
        if (kindOf(item) === 'custom_tool_call') left.add(`${members.placeOf('type')} (custom_tool_call)`);
        break;
      default:
        this.#parts.push({ kind: kindOf(item), type: 'other', value: settled(item) });
        return;
    }
    members.done();
  }

  message(): AssistantMessage {
    const calls = this.#calls.length === 0 ? {} : { toolCalls: this.#calls };
    return { content: this.#parts, role: 'assistant', ...calls };
  }

  #message(members: Members, left: Left): void {
    this.#parts.push(...readParts(members, left));
    const content = members.get('content');
    if (isArray(content)) {
      for (const part of content) {
        const logprobs = member(part, 'logprobs');
        if (isArray(logprobs)) this.logprobs.push(...logprobs);
      }
    }
    const phase = members.text('phase');
    if (phase !== undefined) this.#tie({ phase });
  }

  #reasoning(members: Members): void {
    const summary = textsOf(members.take('summary'));
    const content = textsOf(members.take('content'));
    const texts = [...summary, ...content];
    if (texts.length > 0) this.#parts.push({ text: texts.join('\n\n'), type: 'reasoning' });
    const id = textMember({ id: members.get('id') ?? null }, 'id');
    const encrypted = members.get('encrypted_content');
    this.#tie({
      ...(id === undefined ? {} : { id }),
      ...(typeof encrypted === 'string' ? { encrypted_content: encrypted } : {}),
      ...(summary.length === 0 && content.length > 0 ? { in: 'content' } : {}),
    });
  }

  #call(members: Members, key: string): void {
    const name = members.text('name') ?? '';
    this.#calls.push(toolCallOf(name, members.take(key) ?? null));
    this.callIds.push(members.text('call_id'));
    members.skipWhere('async', false);
  }

  #tie(value: JsonObject): void {
    this.ties.push({ at: this.#parts.length, value: { dialect: 'openai-responses', ...value } });
  }
}

function textsOf(list: Json | undefined): string[] {
  return isArray(list) ? list.flatMap((part) => textMember(part, 'text') ?? []) : [];
}

const textKinds = new Set(['input_text', 'output_text', 'text']);

/** The content of a message or of a tool's output, under `key`. */
export function readParts(members: Members, left: Left, key = 'content'): Part[] {
  const content = members.take(key);
  if (typeof content === 'string') return content === '' ? [] : [{ text: content, type: 'text' }];
  if (!isArray(content)) {
    if (content !== undefined && content !== null) left.add(members.placeOf(key));
    return [];
  }
  return content.map((part, index) => readPart(part, `${members.placeOf(key)}[${index}]`, left));
}

function readPart(part: Json, path: string, left: Left): Part {
  if (typeof part === 'string') return { text: part, type: 'text' };
  const kind = textMember(part, 'type') ?? 'unknown';
  const members = new Members(part, path, left);
  members.skip('type', 'logprobs');
  const read = knownPart(members, kind);
  if (read === undefined) return { kind, type: 'other', value: settled(part) };
  members.done();
  return read;
}

function knownPart(members: Members, kind: string): Part | undefined {
  if (textKinds.has(kind)) {
    const text = members.text('text');
    return text === undefined ? undefined : { text, type: 'text' };
  }
  if (kind === 'refusal') {
    const refusal = members.text('refusal');
    return refusal === undefined ? undefined : { kind, type: 'other', value: refusal };
  }
  if (kind !== 'input_image') return undefined;
  members.skipWhere('detail', 'auto');
  const url = members.text('image_url');
  return url === undefined ? undefined : { type: 'image', url };
}

/** Whether an item or a part stands whole in a part of the internal form. */
export function wholeValue(part: Part): JsonObject | undefined {
  if (part.type !== 'other' || !isObject(part.value)) return undefined;
  return kindOf(part.value) === part.kind ? part.value : undefined;
}
