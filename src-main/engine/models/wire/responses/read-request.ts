// A body of POST /responses as a request of the internal form, and what of it has no place there.
import type { Json, JsonObject, Message, Part } from '#contract/turn';
import { Problem, sentenceOf } from '../../../problem.ts';
import { isArray, isObject, member, settled, textMember } from '../../../trace/json.ts';
import { Left, Members } from '../members.ts';
import { requestBody } from '../reading.ts';
import { efforts, type WireParameters, type WireRequest } from '../wire.ts';
import { AnswerItems, isAnswerItem, kindOf, readParts } from './answer-items.ts';

const example = 'A request is {"model": …, "input": "…" or [{"role": …, "content": …}, …]}.';

/** Throws a Problem where the body is no request. */
export function readResponsesRequest(source: Json): {
  readonly request: WireRequest;
  readonly left: readonly string[];
} {
  const { body, model } = requestBody(source, example);
  const left = new Left();
  const members = new Members(body, '', left);
  members.skip('model', 'input', 'tools');
  const messages = new Conversation(left).read(body, members.text('instructions'));
  const parameters = readParameters(members);
  const stream = members.flag('stream') === true;
  members.done();
  return { request: { model, messages, parameters, stream }, left: left.paths() };
}

function readParameters(members: Members): WireParameters {
  const temperature = members.number('temperature');
  const topP = members.number('top_p');
  const maxTokens = members.number('max_output_tokens');
  const toolChoice = readToolChoice(members);
  const parallelToolCalls = members.flag('parallel_tool_calls');
  const effort = members.inner('reasoning');
  const reasoning = effort?.oneOf('effort', efforts);
  effort?.done();
  const logprobs = readLogprobs(members);
  const user = members.text('user');
  members.skipWhere('background', false);
  members.skipWhere('truncation', 'disabled');
  members.skipWhere('service_tier', 'auto', 'default');
  // Kept for later or not: that is between the client and whoever answers.
  members.skipWhere('store', true, false);
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...readFormat(members),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(logprobs === undefined ? {} : { logprobs }),
    ...(user === undefined ? {} : { user }),
  };
}

function readFormat(members: Members): Pick<WireParameters, 'schema' | 'schemaName' | 'strictSchema'> {
  const text = members.inner('text');
  const format = text?.inner('format');
  const kind = format?.oneOf('type', ['text', 'json_object', 'json_schema']);
  const schema = format?.get('schema');
  let read: Pick<WireParameters, 'schema' | 'schemaName' | 'strictSchema'> = {};
  if (kind === 'json_object') read = { schema: { type: 'object' } };
  else if (kind === 'json_schema' && isObject(schema)) {
    format?.skip('schema');
    const schemaName = format?.text('name');
    const strictSchema = format?.flag('strict');
    read = {
      schema,
      ...(schemaName === undefined ? {} : { schemaName }),
      ...(strictSchema === undefined ? {} : { strictSchema }),
    };
  }
  format?.done();
  text?.skipWhere('verbosity', 'medium');
  text?.done();
  return read;
}

function readToolChoice(members: Members): WireParameters['toolChoice'] {
  const word = members.oneOf('tool_choice', ['auto', 'none', 'required']);
  const name = textMember(members.get('tool_choice'), 'name');
  if (word !== undefined || textMember(members.get('tool_choice'), 'type') !== 'function' || name === undefined)
    return word;
  members.skip('tool_choice');
  return { name };
}

/** What else is to be included is the provider's own. */
function readLogprobs(members: Members): number | undefined {
  const include = members.get('include');
  const wishes = isArray(include) ? include : [];
  const known = ['message.output_text.logprobs', 'reasoning.encrypted_content'];
  if (wishes.every((wish) => typeof wish === 'string' && known.includes(wish))) members.skip('include');
  const alternatives = members.number('top_logprobs');
  return wishes.includes('message.output_text.logprobs') || (alternatives ?? 0) > 0 ? (alternatives ?? 0) : undefined;
}

interface KnownCall {
  readonly id: string | undefined;
  isAnswered: boolean;
}

/** The items, one after the other. */
class Conversation {
  readonly #left: Left;
  readonly #messages: Message[] = [];
  readonly #calls: KnownCall[] = [];
  #answer: AnswerItems | undefined;

  constructor(left: Left) {
    this.#left = left;
  }

  read(body: JsonObject, instructions: string | undefined): readonly Message[] {
    const given = body['input'] ?? [];
    const items = typeof given === 'string' ? [{ content: given, role: 'user' }] : given;
    if (!isArray(items)) throw new Problem('BAD_INPUT', '"input" is neither a text nor a list.', example);
    let content: readonly Part[] = [];
    if (instructions !== undefined && instructions !== '') content = [{ text: instructions, type: 'text' }];
    const [first] = items;
    const isLead = instructions === undefined && first !== undefined && isSystem(first);
    if (isLead) content = this.#parts(first, 'input[0]');
    for (const [index, item] of items.entries()) if (!isLead || index > 0) this.#item(item, index);
    this.#finish();
    const isBare = this.#messages.length === 0 && content.length === 0;
    // What came before is with the provider then.
    if (isBare && !isGiven(body['previous_response_id']) && !isGiven(body['conversation']) && !isGiven(body['prompt']))
      throw new Problem('BAD_INPUT', 'It has no messages.', example);
    return [{ content: [...content], role: 'context', tools: this.#tools(body['tools']) }, ...this.#messages];
  }

  #item(item: Json, index: number): void {
    const path = `input[${index}]`;
    if (isAnswerItem(item)) {
      this.#answer ??= new AnswerItems();
      try {
        this.#answer.take(item, path, this.#left);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        throw new Problem(error.code, `Item ${index + 1} cannot be read: ${sentenceOf(error)}.`, error.hint);
      }
      return;
    }
    this.#finish();
    const kind = kindOf(item);
    if (kind === 'message') this.#message(item, index);
    else if (kind === 'function_call_output' || kind === 'custom_tool_call_output') this.#result(item, path);
    else {
      // Kept whole, as something that the client said.
      if (kind === 'item_reference' || kind === 'unknown') this.#left.add(`${path} (${kind})`);
      this.#messages.push({ content: [{ kind, type: 'other', value: settled(item) }], role: 'user' });
    }
  }

  #message(item: Json, index: number): void {
    const role = textMember(item, 'role');
    const content = this.#parts(item, `input[${index}]`);
    if (role === 'user') this.#messages.push({ content, role });
    else if (role === 'system' || role === 'developer') this.#messages.push({ content, role: 'system' });
    else {
      const said = role === undefined ? 'it has no role' : `its role ${JSON.stringify(role)} is unknown`;
      const hint = 'Known roles: system, developer, user, assistant.';
      throw new Problem('BAD_INPUT', `Item ${index + 1} cannot be read: ${said}.`, hint);
    }
  }

  #parts(item: Json, path: string): Part[] {
    const members = new Members(item, path, this.#left);
    members.skip('type', 'role', 'id', 'status');
    const parts = readParts(members, this.#left);
    members.done();
    return parts;
  }

  /** It answers the newest call of that id that has no answer yet, or the newest at all. */
  #result(item: Json, path: string): void {
    const members = new Members(item, path, this.#left);
    members.skip('type', 'id', 'status');
    const id = textMember(item, 'call_id');
    const isFit = (call: KnownCall): boolean => id !== undefined && call.id === id;
    const open = this.#calls.findLastIndex((call) => isFit(call) && !call.isAnswered);
    const position = open >= 0 ? open : this.#calls.findLastIndex(isFit);
    const call = this.#calls[position];
    if (call !== undefined) {
      call.isAnswered = true;
      members.skip('call_id');
    }
    const content = readParts(members, this.#left, 'output');
    members.skip('name');
    members.done();
    this.#messages.push({ ...(call === undefined ? {} : { call: position }), content, role: 'tool' });
  }

  #finish(): void {
    if (this.#answer === undefined) return;
    this.#messages.push(this.#answer.message());
    for (const id of this.#answer.callIds) this.#calls.push({ id, isAnswered: false });
    this.#answer = undefined;
  }

  /** Functions as chat has them; other tools are kept whole, but only their provider can run them. */
  #tools(tools: Json | undefined): Json[] {
    if (!isArray(tools)) {
      if (isGiven(tools)) this.#left.add('tools');
      return [];
    }
    return tools.map((tool, index) => {
      const kind = textMember(tool, 'type');
      const name = textMember(tool, 'name');
      if (kind !== 'function' || name === undefined) {
        this.#left.add(`tools[${index}]${kind === undefined ? '' : ` (${kind})`}`);
        return settled(tool);
      }
      const members = new Members(tool, `tools[${index}]`, this.#left);
      members.skip('type', 'name');
      const description = members.text('description');
      const parameters = members.take('parameters');
      const strict = members.flag('strict') === true ? { strict: true } : {};
      members.done();
      const body: JsonObject = {
        ...(description === undefined ? {} : { description }),
        name,
        ...(isGiven(parameters) ? { parameters } : {}),
        ...strict,
      };
      return settled({ function: body, type: 'function' });
    });
  }
}

function isSystem(item: Json): boolean {
  const role = member(item, 'role');
  return kindOf(item) === 'message' && (role === 'system' || role === 'developer');
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}
