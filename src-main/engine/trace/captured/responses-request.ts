// Requests to OpenAI's responses API: several items of theirs make one message, so the items are kept beside the turns, each once.
import type { Json, JsonObject, Message } from '#contract/turn';
import { Newest } from '../../newest.ts';
import type { ResidueLink } from '../../ports.ts';
import type { Redactor } from '../../redactor.ts';
import { sha256 } from '../../turns/canonical.ts';
import { isEmptyContext, turnsOf } from '../../turns/path.ts';
import { headIndex, titleOf } from '../import/source-tree.ts';
import { isArray, isObject, member, textMember } from '../json.ts';
import type { CapturedRequest } from './captured-request.ts';

/** The messages of a request, a context first. Throws a Problem (BAD_INPUT). */
export type ReadMessages = (body: JsonObject) => readonly Message[];

/** Members that stand in the first link of the chain. */
const headKeys = ['instructions', 'tools'];
/** So many answers are remembered that a request may name as the one before it. */
const remembered = 2000;
/** Their own items have so many characters: images are among them. */
const rememberedLength = 64 * 1024 * 1024;
/** So many items are known by what they were before they were masked, with so many characters. */
const knownItems = 20_000;
const knownLength = 8 * 1024 * 1024;

export class ResponsesRequests {
  readonly #redactor: Redactor;
  readonly #readMessages: ReadMessages;
  /** Items up to an answer, itself among them, by the answer's id. */
  readonly #answers = new Newest<readonly Json[]>(remembered, rememberedLength);
  readonly #items = new WeakMap<CapturedRequest, { readonly all: readonly Json[]; readonly ownLength: number }>();
  /** JSON of an item that was read before → masked. */
  readonly #masked = new Newest<Json>(knownItems, knownLength);

  constructor(redactor: Redactor, readMessages: ReadMessages) {
    this.#redactor = redactor;
    this.#readMessages = readMessages;
  }

  read(body: JsonObject): CapturedRequest {
    const { input } = body;
    // The items are masked each by itself; an empty list or text stands in their place.
    const rest = this.#object(
      isArray(input) ? { ...body, input: [] } : typeof input === 'string' ? { ...body, input: '' } : body,
    );
    const { items: own, length: ownLength } = this.#itemsOf(input);
    const before = this.#answers.get(textMember(body, 'previous_response_id') ?? '') ?? [];
    const items = [...before, ...own];
    const messages = this.#readMessages(
      isArray(rest['input']) || rest['input'] === '' ? { ...rest, input: items } : rest,
    );
    const turns = turnsOf(messages);
    const [root] = turns;
    const read = turns.at(-1);
    // A request without a context has been refused by whoever read the messages.
    if (root === undefined || read === undefined) throw new Error('A request was read as no messages.');
    const chain = chainOf(rest, own);
    const request: CapturedRequest = {
      read,
      rest: Object.fromEntries(
        Object.entries(rest).map(([key, value]) => [key, headKeys.includes(key) ? null : value]),
      ),
      residue: chain.at(-1)?.id,
      title: titleOf(messages),
      messageCount: turns.length - (isEmptyContext(root.message) ? 1 : 0),
      callCount: messages.reduce(
        (sum, message) => sum + (message.role === 'assistant' ? (message.toolCalls?.length ?? 0) : 0),
        0,
      ),
      turns: () => turns.toReversed(),
      put(store) {
        store.turns.putPath(turns);
        if (chain.length > 0) store.traces.putResidues(chain);
      },
      stored: () => undefined,
    };
    this.#items.set(request, { all: items, ownLength });
    return request;
  }

  /** Remembers the items of an answer, for a request that names it as the one before it. */
  answered(request: CapturedRequest, response: Json): void {
    const id = textMember(response, 'id');
    const output = member(response, 'output');
    const before = this.#items.get(request);
    if (id === undefined || !isArray(output) || before === undefined) return;
    const items = output.map((item) => this.#redactor.json(item));
    this.#answers.set(id, [...before.all, ...items], before.ownLength + JSON.stringify(items).length);
  }

  /** Masked; and how many characters they have. */
  #itemsOf(input: Json | undefined): { readonly items: readonly Json[]; readonly length: number } {
    if (typeof input === 'string')
      return { items: [{ role: 'user', content: this.#redactor.text(input) }], length: input.length };
    let length = 0;
    const items = (isArray(input) ? input : []).map((item) => {
      const text = JSON.stringify(item);
      length += text.length;
      const known = this.#masked.get(text);
      if (known !== undefined) return known;
      const masked = this.#redactor.json(item);
      this.#masked.set(text, masked, text.length);
      return masked;
    });
    return { items, length };
  }

  #object(value: JsonObject): JsonObject {
    const masked = this.#redactor.json(value);
    return isObject(masked) ? masked : {};
  }
}

/** What the turns do not carry, whole: a link for what stands beside the items, and one an item. */
function chainOf(rest: JsonObject, items: readonly Json[]): readonly ResidueLink[] {
  const head = Object.fromEntries(Object.entries(rest).filter(([key]) => headKeys.includes(key)));
  const links: ResidueLink[] = [];
  const add = (index: number, value: Json): void => {
    const parent = links.at(-1)?.id;
    const patch = ['=', value] as const;
    const id = sha256(`${parent ?? ''}${index}${JSON.stringify(patch)}`);
    links.push(parent === undefined ? { id, index, patch } : { id, parent, index, patch });
  };
  if (Object.keys(head).length > 0) add(headIndex, head);
  for (const [index, item] of items.entries()) add(index, item);
  return links;
}

/** The request that `rest` and its chain were made of. */
export function joinResponses(rest: JsonObject, chain: readonly ResidueLink[]): JsonObject {
  const values = chain.map(({ index, patch }) => ({ index, value: patch[0] === '=' ? patch[1] : null }));
  const head = values.find(({ index }) => index === headIndex)?.value;
  const items = values.filter(({ index }) => index !== headIndex).map(({ value }) => value);
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => {
      if (key === 'input' && isArray(value)) return [key, items];
      if (key === 'input' && value === '') return [key, textMember(items[0], 'content') ?? ''];
      return [key, headKeys.includes(key) ? (member(head, key) ?? null) : value];
    }),
  );
}
