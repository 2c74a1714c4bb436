// One call of a model through the gateway, from the key's limits to the record of it.
import type { GatewayKey } from '#contract/gateway';
import type { JsonObject } from '#contract/turn';
import type { Permit } from '#engine/gateway/key-limits';
import type { GatewayKeys } from '#engine/gateway/keys';
import type { Answered, Asked, Lookup, Recorder, Recording } from '#engine/gateway/recorder';
import { usageIn } from '#engine/gateway/usage';
import { ModelError } from '#engine/models/model';
import type { Models } from '#engine/models/models';
import type { UpstreamRequest, Upstreams } from '#engine/models/upstream';
import type { ChatDialect, Wire } from '#engine/models/wire/wire';
import type { CallRecord, CallStore, HttpHeader, WireDialect } from '#engine/network-ports';
import type { Clock } from '#engine/ports';
import { sentenceOf } from '#engine/problem';
import type { Redactor } from '#engine/redactor';
import { ClientAnswer, ClientGone } from './client-answer.ts';
import { crossDialect, readForeign } from './cross-dialect.ts';
import type { Endpoint } from './endpoint.ts';
import { writeRecord } from './from-record.ts';
import { headersForUpstream } from './headers.ts';
import { passThrough, type Written } from './pass-through.ts';
import { errorBody, Refusal, refusalFrom, refusalOf } from './refusal.ts';
import type { RouteRequest } from './route.ts';
import { traceOf } from './trace-headers.ts';
import type { ModelTarget } from './target.ts';

export interface ModelRouteParts {
  readonly keys: GatewayKeys;
  readonly recorder: Recorder;
  /** For calls that are no conversation, which the recorder does not know; masked as the recorder masks. */
  readonly calls: CallStore;
  readonly redactor: Redactor;
  readonly upstreams: Upstreams;
  readonly models: Models;
  /** Names of the scripted models, without the provider. */
  readonly scriptedNames: () => Promise<readonly string[]>;
  readonly wireOf: (dialect: ChatDialect) => Wire;
  readonly clock: Clock;
  /** For bodies of calls under way, together, bytes; 256 MiB unless said. */
  readonly roomForBodies?: number;
  /** How long a client may leave what it was sent unread, ms; 60,000 unless said. */
  readonly patienceMs?: number;
}

export interface ModelRequest {
  readonly id: string;
  readonly endpoint: Exclude<Endpoint, { readonly kind: 'models' }>;
  readonly method: 'GET' | 'POST';
  readonly json: JsonObject;
  /** As the upstream is to get it. */
  readonly body: Buffer | undefined;
  readonly target: ModelTarget;
  readonly key: GatewayKey;
  /** Estimated. */
  readonly tokens: number;
}

const usualPatienceMs = 60_000;

/** Rejects with a Refusal where nothing was answered yet. */
export async function answerCall(parts: ModelRouteParts, exchange: RouteRequest, made: ModelRequest): Promise<void> {
  const permit = parts.keys.admit(made.key, { tokens: made.tokens, usd: dollarsOf(parts, made) });
  if ('status' in permit) throw refusalOf(permit);
  try {
    await new Call(parts, exchange, made, permit).run();
  } finally {
    permit.end();
  }
}

/** About what the call will cost; asked only where that counts. */
function dollarsOf({ upstreams }: ModelRouteParts, { key, target, tokens }: ModelRequest): number {
  const { provider, model } = target;
  if (key.settings.budget?.day?.usd === undefined || model === undefined) return 0;
  return upstreams.costOf(provider, model, { inputTokens: tokens, outputTokens: 0 }) ?? 0;
}

class Call {
  readonly #parts: ModelRouteParts;
  readonly #exchange: RouteRequest;
  readonly #made: ModelRequest;
  readonly #permit: Permit;
  readonly #answer: ClientAnswer;
  readonly #asked: Asked | undefined;
  readonly #startedAt = performance.now();
  readonly #at: number;
  #recording: Recording | undefined;
  /** The head that was written, or is about to be. */
  #head: Written | undefined;
  #used: Written['used'];

  constructor(parts: ModelRouteParts, exchange: RouteRequest, made: ModelRequest, permit: Permit) {
    this.#parts = parts;
    this.#exchange = exchange;
    this.#made = made;
    this.#permit = permit;
    this.#answer = new ClientAnswer(exchange.response, parts.patienceMs ?? usualPatienceMs);
    this.#at = parts.clock.now();
    this.#asked = this.#toRecord();
  }

  async run(): Promise<void> {
    const found = this.#lookUp();
    if (this.#asked !== undefined) this.#recording = this.#parts.recorder.begin(this.#asked);
    const from = found === undefined ? 'upstream' : 'record';
    try {
      const { status, used } = await this.#write(found);
      this.#used = used;
      this.#finish(status < 400 ? 'done' : 'failed', from, undefined);
    } catch (error) {
      if (this.#exchange.signal.aborted || error instanceof ClientGone) {
        this.#finish('cancelled', from, error instanceof ClientGone ? error.message : 'The client went away.');
        return;
      }
      const refusal = asRefusal(error);
      this.#finish('failed', from, refusal?.message ?? sentenceOf(error), refusal);
      // What has a head cannot be told any more; it was cut, or told in the stream.
      if (!this.#answer.hasBegun) throw refusal ?? error;
      if (refusal === undefined) throw error;
    }
  }

  #lookUp(): Lookup | undefined {
    const { mode } = this.#made.key.settings;
    if (mode === 'record' || this.#asked === undefined) {
      if (mode === 'replay') throw notRecorded();
      return undefined;
    }
    const found = this.#parts.recorder.find(this.#asked, mode);
    return found.kind === 'hit' || mode === 'replay' ? found : undefined;
  }

  #write(found: Lookup | undefined): Promise<Written> {
    if (found?.kind === 'miss') {
      const more = found.nearest === undefined ? {} : { nearest: found.nearest };
      throw new Refusal(404, found.sentence, found.hint, { headers: { 'x-should-retry': 'false' }, more });
    }
    const onHead = (head: Written): void => this.#begun(head);
    if (found !== undefined) return writeRecord(found, this.#answer, this.#headers(), onHead);
    const { endpoint, target } = this.#made;
    const { upstream } = target;
    if (upstream !== undefined && upstream.dialect === endpoint.dialect) {
      return passThrough({
        upstream,
        request: this.#upstreamRequest(),
        answer: this.#answer,
        headers: () => this.#headers(),
        onHead,
      });
    }
    if (endpoint.kind === 'chat') return this.#crossed(this.#parts.wireOf(endpoint.wire), onHead);
    throw new Refusal(
      404,
      `${target.provider} does not speak the dialect of this path.`,
      'Name a model of another provider, or give the key one of this dialect.',
    );
  }

  #crossed(wire: Wire, onHead: (head: Written) => void): Promise<Written> {
    const { json, target, id, tokens } = this.#made;
    const { models, wireOf, clock } = this.#parts;
    const { request, notCarried } = readForeign(wire, json, target.provider);
    const model = target.model ?? request.model;
    return crossDialect({
      wire,
      across: {
        upstream: target.upstream,
        models,
        wireOf,
        request: { ...request, model },
        cause: this.#cause(),
        tokens,
        signal: this.#exchange.signal,
        now: () => clock.now(),
      },
      notCarried,
      frame: { id, model: `${target.provider}/${model}`, at: this.#at, includeUsage: wishesForUsage(json) },
      answer: this.#answer,
      headers: this.#headers(),
      onHead,
    });
  }

  #upstreamRequest(): UpstreamRequest {
    const { method, body, tokens } = this.#made;
    const { request, path, signal } = this.#exchange;
    const query = (request.url ?? '').slice(path.length);
    return {
      method,
      path: `${path.slice('/v1'.length)}${query}`,
      headers: headersForUpstream(request.rawHeaders),
      ...(body === undefined ? {} : { body }),
      signal,
      cause: this.#cause(),
      tokens,
      tries: 1,
    };
  }

  #cause(): UpstreamRequest['cause'] {
    const { target, key, endpoint } = this.#made;
    const { model } = target;
    return {
      purpose: endpoint.kind === 'embeddings' ? 'embeddings' : 'gateway',
      key: key.id,
      ...(model === undefined ? {} : { model }),
    };
  }

  #headers(): HttpHeader[] {
    const headers: HttpHeader[] = [['x-atelier-call', this.#made.id]];
    const trace = this.#recording?.traceId;
    if (trace !== undefined) headers.push(['x-atelier-trace', trace]);
    return headers;
  }

  #begun(head: Written): void {
    this.#head = head;
    this.#recording?.streaming(head.status);
  }

  #finish(state: Answered['state'], from: Answered['from'], problem: string | undefined, refusal?: Refusal): void {
    const { target, key, tokens } = this.#made;
    const firstByteAt = this.#answer.firstByteAt;
    const isTold = refusal === undefined || this.#answer.hasBegun;
    const body = isTold ? this.#answer.body() : Buffer.from(errorBody(this.#exchange.path, refusal));
    const told = problem ?? (this.#answer.isWholeKept ? undefined : 'The answer is too long to be kept whole.');
    const answered: Answered = {
      state,
      status: (isTold ? this.#head?.status : refusal.status) ?? 499,
      headers: isTold ? (this.#head?.headers ?? []) : [['content-type', 'application/json; charset=utf-8']],
      body,
      from,
      ms: performance.now() - this.#startedAt,
      ...(firstByteAt === undefined ? {} : { firstByteMs: firstByteAt - this.#startedAt }),
      ...(this.#used === undefined ? {} : { used: this.#used }),
      ...(told === undefined ? {} : { problem: told }),
    };
    this.#recording?.finish(answered);
    const isLimited =
      key.settings.limits?.tokensPerMinute !== undefined ||
      target.upstream?.settings.limits?.tokensPerMinute !== undefined;
    const isUnrecorded = this.#asked === undefined && this.#made.method === 'POST';
    if (from === 'record' || (!isLimited && !isUnrecorded)) return;
    const used = this.#used ?? usageIn(body);
    if (isUnrecorded) this.#note(answered, used);
    if (used === undefined) return;
    const total = used.inputTokens + used.outputTokens;
    this.#permit.end(total);
    target.upstream?.used(tokens, total);
  }

  /** What the recorder is to know; undefined for what is no conversation. */
  #toRecord(): Asked | undefined {
    const { id, key, endpoint, method, json, target } = this.#made;
    if (endpoint.kind === 'other') return undefined;
    const dialect: WireDialect = endpoint.kind === 'embeddings' ? 'openai-embeddings' : endpoint.wire;
    const model = target.model;
    return {
      id,
      key: key.id,
      at: this.#at,
      endpoint: `${method} ${this.#exchange.path}`,
      dialect,
      stream: json['stream'] === true,
      // The same request by another name of the provider is the same.
      body: target.isPrefixed && model !== undefined ? { ...json, model } : json,
      trace: traceOf(this.#exchange.request.headers),
      provider: target.provider,
      ...(model === undefined ? {} : { model }),
    };
  }

  /** A call that the recorder does not know counts for budgets all the same. */
  #note(answered: Answered, used: ReturnType<typeof usageIn>): void {
    const { id, key, method, json, target } = this.#made;
    const { provider, model } = target;
    const { redactor } = this.#parts;
    const cost =
      used === undefined || model === undefined ? undefined : this.#parts.upstreams.costOf(provider, model, used);
    const record: CallRecord = {
      id,
      key: key.id,
      at: this.#at,
      endpoint: redactor.text(`${method} ${this.#exchange.path}`),
      provider,
      stream: json['stream'] === true,
      state: answered.state,
      status: answered.status,
      from: 'upstream',
      ms: answered.ms,
      ...(model === undefined ? {} : { model: redactor.text(model) }),
      ...(answered.firstByteMs === undefined ? {} : { firstByteMs: answered.firstByteMs }),
      ...used,
      ...(cost === undefined ? {} : { costUsd: cost }),
      ...(answered.problem === undefined ? {} : { problem: redactor.text(answered.problem) }),
    };
    this.#parts.calls.put([record]);
  }
}

/** For the client, of what went wrong on the way; undefined where nobody but the log may know it. */
function asRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof ModelError)) return refusalFrom(error);
  const { status, message, hint, retryAfterMs } = error;
  const headers =
    retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
  return new Refusal(status ?? 502, message, hint, { headers });
}

/** Of a chat: `stream_options.include_usage`. */
function wishesForUsage({ stream_options: options }: JsonObject): boolean {
  return (
    typeof options === 'object' && options !== null && 'include_usage' in options && options['include_usage'] === true
  );
}

function notRecorded(): Refusal {
  return new Refusal(
    404,
    'This key answers from records alone, and what this path answers is not recorded.',
    'Use a key in the mode "record".',
  );
}
