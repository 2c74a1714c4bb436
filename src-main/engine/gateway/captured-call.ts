// One call on its way into the store: what was asked, where it belongs, what came of it.
import type { Json, Message, Turn } from '#contract/turn';
import { estimateInput } from '../models/estimate.ts';
import type { WireUsage } from '../models/wire/wire.ts';
import { wireOf } from '../models/wire/wires.ts';
import type { Upstreams } from '../models/upstream.ts';
import type { CallRecord, Exchange, HttpHeader } from '../network-ports.ts';
import type { Store } from '../ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import type { CapturedRequest } from '../trace/captured/captured-request.ts';
import { isObject } from '../trace/json.ts';
import { RequestReader } from '../trace/captured/request.ts';
import { turnBelow } from '../turns/path.ts';
import { readAnswer, type ReadAnswer } from './answer.ts';
import { Conversations } from './conversations.ts';
import { choiceSpan, spanOf } from './gateway-spans.ts';
import type { Answered, Asked } from './recorder.ts';
import { writtenAnswer } from './written-answer.ts';
import type { BegunTrace, EndedTrace, TraceWriter } from './trace-writer.ts';

/** A problem said with a call is cut after so many characters. */
const longestProblem = 1000;
/** Of an answer that was cut off so many characters are kept. */
const longestText = 4000;

/** What an end has to write. */
interface Ending {
  readonly trace: EndedTrace | undefined;
  readonly exchange: Exchange | undefined;
}

export class CapturedCall {
  readonly asked: Asked;
  record: CallRecord;
  request: CapturedRequest | undefined;
  parentSpan: string | undefined;
  isRead = false;
  isUnwritten = false;
  hasEnded = false;
  ending: Ending | undefined;
  /** Its beginning is on disk. */
  #isBegun = false;
  readonly #redactor: Redactor;

  constructor(asked: Asked, redactor: Redactor) {
    this.asked = asked;
    this.#redactor = redactor;
    const { id, key, at, endpoint, stream, provider, model } = asked;
    this.record = {
      id,
      key,
      at,
      endpoint,
      stream,
      state: 'waiting',
      ...(provider === undefined ? {} : { provider }),
      ...(model === undefined ? {} : { model: redactor.text(model) }),
    };
  }

  /** At once, before anything of the answer is read. */
  finish({ state, status, from, firstByteMs, ms, problem }: Answered): void {
    this.hasEnded = true;
    this.record = {
      ...this.record,
      state,
      status,
      from,
      ms,
      ...(firstByteMs === undefined ? {} : { firstByteMs }),
    };
    this.fail(problem);
  }

  /** All that there was to say had come before the client left: nothing is wrong with it. */
  heardOut(left: Answered): Answered {
    const { problem: why, ...answered } = left;
    const { problem, ...record } = this.record;
    const isOther = problem !== undefined && (why === undefined || !this.#redactor.text(why).startsWith(problem));
    this.record = { ...record, state: 'done', ...(isOther ? { problem } : {}) };
    return { ...answered, state: 'done' };
  }

  /** The first problem is the one that is told. */
  fail(problem: string | undefined): void {
    if (problem === undefined || this.record.problem !== undefined) return;
    this.record = { ...this.record, problem: this.#redactor.text(problem).slice(0, longestProblem) };
  }

  unwritten(why: string): void {
    this.isUnwritten = true;
    this.fail(`It could not be recorded: ${why}`);
  }

  /** Its end has been read before its beginning was written: both can be written at once. */
  get isWhole(): boolean {
    return this.ending !== undefined && !this.#isBegun;
  }

  /** Returns whether a trace was made. */
  writeBegin(writer: TraceWriter): boolean {
    const { request, record } = this;
    // Where its end comes with it, that says more.
    if (this.ending === undefined) writer.call(record);
    if (request !== undefined) writer.turns(request);
    return writer.trace(this.#begun(), undefined);
  }

  /** With its beginning where that is not written. Returns whether a trace was made. */
  writeEnd(writer: TraceWriter): boolean {
    const begun = this.isWhole ? this.#begun() : undefined;
    if (this.isWhole && this.request !== undefined) writer.turns(this.request);
    const isNew = writer.trace(begun, this.ending?.trace);
    writer.call(this.record);
    if (this.ending?.exchange !== undefined) writer.exchange(this.ending.exchange);
    return isNew;
  }

  #begun(): BegunTrace | undefined {
    const { asked, request, record } = this;
    if (record.traceId === undefined) return undefined;
    const group = asked.trace.task === undefined ? undefined : this.#redactor.text(asked.trace.task);
    const name = group ?? record.model ?? asked.endpoint;
    return { traceId: record.traceId, at: asked.at, request, model: record.model, name, group };
  }

  /** What it wrote is on disk. */
  written(isEnd: boolean): void {
    // An end alone writes nothing of the request.
    if (!isEnd || this.isWhole) {
      this.request?.stored();
      this.#isBegun = true;
    }
    if (isEnd) this.ending = undefined;
  }
}

export interface CallReaderParts {
  readonly store: Store;
  readonly redactor: Redactor;
  readonly costOf: Upstreams['costOf'];
}

/** Reads calls as they come, in order: what a later one belongs to depends on the earlier ones. */
export class CallReader {
  readonly #parts: CallReaderParts;
  readonly #requests: RequestReader;
  readonly #conversations: Conversations;

  constructor(parts: CallReaderParts) {
    this.#parts = parts;
    this.#requests = new RequestReader(parts.redactor, (body) => {
      const { messages } = wireOf('openai-responses').readRequest(body).request;
      return messages;
    });
    this.#conversations = new Conversations(parts.store);
  }

  /** Throws a Problem where it cannot be read as messages. */
  request({ dialect, body }: Asked): CapturedRequest {
    return this.#requests.read(dialect, body);
  }

  begin(call: CapturedCall): void {
    const { asked } = call;
    call.isRead = true;
    try {
      call.request = this.request(asked);
    } catch (error) {
      // Whatever a client sent is told with its call; a fault of ours must not be taken for one of theirs.
      const why = error instanceof Problem ? error.message : `${sentenceOf(error)} (a fault in Atelier)`;
      call.fail(`The request could not be read as messages: ${why}`);
    }
    const { trace, dialect } = asked;
    // Embeddings are no conversation: they show where they were said to belong to one.
    const isPlaced = dialect !== 'openai-embeddings' || trace.session !== undefined || trace.parent !== undefined;
    if (!isPlaced || (call.request === undefined && dialect !== 'openai-embeddings')) return;
    const placed = this.#conversations.place(asked, dialect === 'openai-embeddings' ? undefined : call.request);
    call.record = { ...call.record, traceId: placed.traceId };
    call.parentSpan = placed.parentSpan;
  }

  end(call: CapturedCall, told: Answered): void {
    const { asked, request } = call;
    const answer = readAnswer(asked, told);
    const answered = isHeardOut(told, answer) ? call.heardOut(told) : told;
    // Of one that the client gave up, that is why it is not whole.
    if (answered.state !== 'cancelled') call.fail(answer.problem);
    // What was cut off is no answer that could be compared with another; its span shows how far it came.
    const isWhole = answered.state === 'done' && answer.problem === undefined;
    const messages = isWhole ? answer.replies.map((reply) => this.#masked(reply.message)) : [];
    const answers = request === undefined ? [] : messages.map((message) => turnBelow(request.read, message));
    if (request !== undefined && answer.whole !== undefined) this.#requests.answered(request, answer.whole);
    this.#count(call, answered, answer);
    call.ending = {
      trace: this.#traceOf(call, answered, answer, answers),
      exchange: this.#exchangeOf(call, answered, answer, answers),
    };
    const { traceId } = call.record;
    const last = answers[0] ?? request?.read;
    if (traceId !== undefined && last !== undefined && asked.dialect !== 'openai-embeddings')
      this.#conversations.ends(asked.key, traceId, last);
  }

  #count(call: CapturedCall, answered: Answered, answer: ReadAnswer): void {
    const { from } = answered;
    const { model } = answer;
    // A budget is spent by what says nothing of it, too: streams that were not asked to, and what a client left before its end.
    const usage = answer.usage ?? answered.used ?? (isUsed(answered) ? estimated(call, answer) : undefined);
    if (usage === undefined) return;
    const { provider } = call.asked;
    const { inputTokens, outputTokens, cachedTokens } = usage;
    const counts = { inputTokens, outputTokens, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
    const asked = call.record.model ?? model;
    const cost =
      from === 'record'
        ? 0
        : provider === undefined || asked === undefined
          ? undefined
          : this.#parts.costOf(provider, asked, counts);
    call.record = { ...call.record, ...counts, ...(cost === undefined ? {} : { costUsd: cost }) };
  }

  #traceOf(
    call: CapturedCall,
    answered: Answered,
    answer: ReadAnswer,
    answers: readonly Turn[],
  ): EndedTrace | undefined {
    const { asked, request, record } = call;
    if (record.traceId === undefined) return undefined;
    const [first, ...others] = answers;
    const error = errorOf(call, answered);
    const usage = answer.usage ?? answered.used;
    const told = spanOf({
      asked,
      answered,
      rest: request?.rest ?? {},
      parent: call.parentSpan,
      read: request?.read.id,
      wrote: first?.id,
      reply: answer.replies[0],
      usage,
      responseId: answer.id,
      costUsd: record.costUsd,
      model: record.model,
      error,
      cutOff: first === undefined ? this.#textOf(answer) : undefined,
    });
    const attributes = this.#parts.redactor.json(told.attributes);
    const span = { ...told, attributes: isObject(attributes) ? attributes : {} };
    return {
      traceId: record.traceId,
      request: asked.dialect === 'openai-embeddings' ? undefined : request,
      answers,
      spans: [span, ...others.map((turn, index) => choiceSpan(span, asked.id, index + 1, turn.id))],
      endedAt: asked.at + answered.ms,
      model: answer.model === undefined ? undefined : this.#parts.redactor.text(answer.model),
      asked: record.model,
      inputTokens: usage?.inputTokens,
      outputTokens: usage?.outputTokens,
      error,
    };
  }

  /** What can be said again to who asks the same: answers that came whole, and refusals. */
  #exchangeOf(
    { asked, request }: CapturedCall,
    { from, state, status, headers, body }: Answered,
    answer: ReadAnswer,
    [first]: readonly Turn[],
  ): Exchange | undefined {
    if (request === undefined || from === 'record' || state === 'cancelled' || status === 0) return undefined;
    if (status < 400 && (state !== 'done' || answer.problem !== undefined)) return undefined;
    return {
      id: asked.id,
      dialect: asked.dialect,
      read: request.read.id,
      ...(first === undefined ? {} : { wrote: first.id }),
      rest: request.rest,
      ...(request.residue === undefined ? {} : { residue: request.residue }),
      status,
      headers: kept(headers, this.#parts.redactor),
      body: this.#bodyOf(asked, body, answer, first),
    };
  }

  /** The body masked; made anew where a secret in it was spread over several events, so that no mask of the text could find it. */
  #bodyOf(asked: Asked, body: Uint8Array, { replies }: ReadAnswer, first: Turn | undefined): Uint8Array {
    const text = Buffer.from(body).toString('utf8');
    const masked = this.#parts.redactor.text(text);
    if (masked !== text) return Buffer.from(masked);
    const [reply] = replies;
    if (reply === undefined || first?.message.role !== 'assistant' || !this.#isSpread(reply.message)) return body;
    const { message } = first;
    return writtenAnswer(asked, { ...reply, message }, asked.at).body;
  }

  #isSpread(message: Message): boolean {
    const json = message as unknown as Json;
    return this.#parts.redactor.json(json) !== json;
  }

  #textOf({ replies }: ReadAnswer): string | undefined {
    const texts = (replies[0]?.message.content ?? []).map((part) => (part.type === 'text' ? part.text : ''));
    const text = texts.join('');
    return text === '' ? undefined : this.#parts.redactor.text(text).slice(0, longestText);
  }

  #masked(message: Message): Message {
    // A message is JSON, and masked strings leave it a message.
    return this.#parts.redactor.json(message as unknown as Json) as unknown as Message;
  }
}

/** Clients leave at the last word of a stream (`[DONE]`), not at the end of its bytes. */
function isHeardOut({ state, status }: Answered, { replies, problem }: ReadAnswer): boolean {
  return state === 'cancelled' && status >= 200 && status < 400 && problem === undefined && replies.length > 0;
}

/** Whether a provider has worked on it, as far as one can tell. */
function isUsed({ from, state, status }: Answered): boolean {
  return from === 'upstream' && (status < 400 || (state === 'cancelled' && status === 499));
}

function estimated({ asked, request }: CapturedCall, { replies }: ReadAnswer): WireUsage {
  const unread: Message = { role: 'user', content: [{ type: 'text', text: JSON.stringify(asked.body) }] };
  const read = request === undefined ? [unread] : [...request.turns()].map(({ message }) => message);
  return {
    inputTokens: estimateInput(read),
    outputTokens: estimateInput(replies.map(({ message }) => message)),
  };
}

function errorOf({ record }: CapturedCall, { state, status }: Answered): string | undefined {
  if (state === 'cancelled') return record.problem ?? 'The client went away before the answer was whole.';
  if (state === 'done' && status < 400) return undefined;
  return record.problem ?? `The provider answered ${status}.`;
}

/** What belongs to one connection, or to the coding of a body that is kept decoded, and what may hold a session. */
const dropped = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function kept(headers: readonly HttpHeader[], redactor: Redactor): readonly HttpHeader[] {
  return headers
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .map(([name, value]) => [name, redactor.text(value)]);
}
