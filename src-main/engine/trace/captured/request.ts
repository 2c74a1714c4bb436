// A request of a client as the tree has it: its turns, and what gives the request back.
import type { Json, JsonObject, Message, Turn } from '#contract/turn';
import type { WireDialect } from '../../network-ports.ts';
import { Problem } from '../../problem.ts';
import type { Redactor } from '../../redactor.ts';
import { turnBelow } from '../../turns/path.ts';
import { anthropicDialect } from '../import/anthropic-dialect.ts';
import { anthropicShape } from '../import/anthropic.ts';
import { openaiDialect } from '../import/openai-dialect.ts';
import { openaiShape } from '../import/openai.ts';
import { splitRequest, type RequestShape } from '../import/request.ts';
import { messageCount, SourceTree, type SourceNode } from '../import/source-tree.ts';
import { markStored, storeNodes } from '../import/turn-intake.ts';
import { isArray, isObject, settled } from '../json.ts';
import type { CapturedRequest } from './captured-request.ts';
import { ResponsesRequests, type ReadMessages } from './responses-request.ts';

/** Characters of requests that are remembered, so that of a conversation that goes on only what is new is read. */
const memory = 4 * 1024 * 1024;

/** The shapes without a reply: a request that holds something like one keeps it. */
const shapes: Readonly<Record<'openai-chat' | 'anthropic', RequestShape>> = {
  'openai-chat': { ...openaiShape, replyPaths: [] },
  anthropic: { ...anthropicShape, replyPaths: [] },
};

export class RequestReader {
  readonly #redactor: Redactor;
  readonly #trees: Readonly<Record<'openai-chat' | 'anthropic', SourceTree>>;
  readonly #responses: ResponsesRequests;

  /** `readMessages`: the messages of a request to OpenAI's responses API. */
  constructor(redactor: Redactor, readMessages: ReadMessages) {
    this.#redactor = redactor;
    const options = { memory, mask: (value: Json) => redactor.json(value) };
    this.#trees = {
      'openai-chat': new SourceTree(openaiDialect, options),
      anthropic: new SourceTree(anthropicDialect, options),
    };
    this.#responses = new ResponsesRequests(redactor, readMessages);
  }

  /** Masked before anything is made of it. Throws a Problem (BAD_INPUT) that says why it cannot be read as messages. */
  read(dialect: WireDialect, body: Json): CapturedRequest {
    if (!isObject(body)) throw new Problem('BAD_INPUT', 'It is no JSON object.');
    if (dialect === 'openai-embeddings') return this.#embeddings(body);
    if (dialect === 'openai-responses') return this.#responses.read(body);
    return this.#messages(dialect, body);
  }

  /** What a request that names this answer of the responses API as the one before it goes on from. */
  answered(request: CapturedRequest, response: Json): void {
    this.#responses.answered(request, response);
  }

  #messages(dialect: 'openai-chat' | 'anthropic', body: JsonObject): CapturedRequest {
    if (!isArray(body['messages'])) throw new Problem('BAD_INPUT', 'It has no list "messages".');
    const { frame, sides } = splitRequest(body, shapes[dialect]);
    const [side] = sides;
    const rest = this.#redactor.json(frame['record'] ?? null);
    if (side === undefined || !isObject(rest)) throw new Problem('BAD_INPUT', 'It has no list "messages".');
    const node = this.#trees[dialect].read(side);
    const { leaf } = node;
    if (leaf === undefined) throw new Problem('BAD_INPUT', 'It has no messages.');
    const sizes = dialect === 'anthropic' ? unusualSizes(node) : undefined;
    return {
      read: leaf,
      rest: sizes === undefined ? rest : { ...rest, messages: sizes },
      residue: node.residue,
      title: node.title,
      messageCount: messageCount(node),
      callCount: node.callCount,
      turns: () => upwards(node),
      put: (store) => void storeNodes(store, node, true),
      stored: () => markStored(node),
    };
  }

  /** What is asked for is the root itself: nobody answers in words. */
  #embeddings(body: JsonObject): CapturedRequest {
    const masked = this.#redactor.json(body);
    const rest = isObject(masked) ? masked : {};
    const { input } = rest;
    if (input === undefined) throw new Problem('BAD_INPUT', 'It has no "input".');
    const read = turnBelow(undefined, {
      content: [{ kind: 'embedding_input', type: 'other', value: settled(input) }],
      role: 'context',
      tools: [],
    });
    return {
      read,
      rest: { ...rest, input: null },
      residue: undefined,
      title: undefined,
      messageCount: 1,
      callCount: 0,
      turns: () => [read],
      put: (store) => void store.turns.putPath([read]),
      stored: () => undefined,
    };
  }
}

function* upwards(leaf: SourceNode): Generator<Turn> {
  for (let node: SourceNode | undefined = leaf; node !== undefined; node = node.above) yield* node.turns.toReversed();
}

/** How many messages each message of the request makes up, where that is not as the dialect lets one expect. */
function unusualSizes(leaf: SourceNode): readonly number[] | undefined {
  const sizes: number[] = [];
  const groups: (readonly Message[])[] = [];
  for (let node: SourceNode | undefined = leaf; node?.above?.leaf !== undefined; node = node.above) {
    sizes.push(node.turns.length);
    groups.push(node.trail.messages);
  }
  sizes.reverse();
  const expected = anthropicDialect.sizes(groups.toReversed().flat());
  const isUsual = sizes.length === expected.length && sizes.every((size, index) => size === expected[index]);
  return isUsual ? undefined : sizes;
}
