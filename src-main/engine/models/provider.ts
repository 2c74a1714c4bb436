// A provider of models over HTTP: a call in the internal form becomes its dialect's request, its streamed answer becomes a reply.
import { randomUUID } from 'node:crypto';
import type { Json } from '#contract/turn';
import type { CallRecord, HttpHeader, HttpResponse } from '../network-ports.ts';
import type { Redactor } from '../redactor.ts';
import { sentenceOf } from '../problem.ts';
import { readAnswer } from './answer.ts';
import { embedWith } from './embed.ts';
import { estimateCall, estimateInput } from './estimate.ts';
import {
  ModelError,
  type EmbedCall,
  type Embeddings,
  type ModelCall,
  type ModelProvider,
  type ModelReply,
} from './model.ts';
import { wireParameters } from './parameters.ts';
import { refusalOf } from './provider-error.ts';
import type { ProviderParts } from './provider-parts.ts';
import { delayAfter, isWorthRetrying, usualTries } from './retry.ts';
import { isAbortError, pause } from './timing.ts';
import { withTies } from './wire/ties.ts';
import type { StreamReader, WireReply, WireUsage } from './wire/wire.ts';

const charactersPerToken = 4;
/** So much of what was left out is named. */
const mostOmitted = 50;

/** What has come of an answer so far. */
interface Progress {
  /** Characters told. */
  said: number;
  firstByteAt: number | undefined;
  status: number | undefined;
  reader: StreamReader | undefined;
}

export class HttpProvider implements ModelProvider {
  readonly name: string;
  readonly #parts: ProviderParts;

  constructor(parts: ProviderParts) {
    this.name = parts.upstream.name;
    this.#parts = parts;
  }

  async call(call: ModelCall): Promise<ModelReply> {
    const { wire, timing } = this.#parts;
    const parameters = wireParameters(call.parameters);
    const { messages, model } = call;
    const omitted: string[] = [];
    const tell = (what: string): void => void (omitted.length < mostOmitted && omitted.push(what));
    const request = wire.writeRequest({ model, messages, parameters, stream: true }, tell);
    const body = Buffer.from(JSON.stringify(request));
    const tokens = estimateCall(messages, parameters.maxTokens);
    const at = timing.now();
    const progress: Progress = { said: 0, firstByteAt: undefined, status: undefined, reader: undefined };
    try {
      const reply = await this.#ask(call, body, tokens, progress);
      const { usage } = reply;
      const costUsd = this.#costOf(call.model, reply.model, usage);
      this.#record(call, at, progress, { state: 'done', usage, costUsd });
      const { stop, logprobs } = reply;
      return {
        // Only a call of tools is answered by the same model in the same breath.
        message: reply.message.toolCalls === undefined ? reply.message : withTies(reply),
        stop,
        model: reply.model,
        usage: {
          inputTokens: usage.inputTokens,
          outputTokens: usage.outputTokens,
          ...(costUsd === undefined ? {} : { costUsd }),
        },
        ...(logprobs === undefined ? {} : { logprobs }),
        ...(omitted.length === 0 ? {} : { omitted }),
      };
    } catch (error) {
      const usage = progress.firstByteAt === undefined ? undefined : cutOffUsage(progress, call);
      const costUsd = usage === undefined ? undefined : this.#costOf(call.model, call.model, usage);
      const state = isAbortError(error) ? 'cancelled' : 'failed';
      this.#record(call, at, progress, { state, usage, costUsd, problem: sentenceOf(error) });
      throw error;
    }
  }

  embed(call: EmbedCall): Promise<Embeddings> {
    return embedWith(this.#parts, call);
  }

  /** Tries again where an answer broke off before any of it was told. */
  async #ask(call: ModelCall, body: Uint8Array, tokens: number, progress: Progress): Promise<WireReply> {
    const { upstream, wire, timing, random, redactor } = this.#parts;
    const { signal, model } = call;
    let left = upstream.settings.tries ?? usualTries;
    for (let made = 1; ; made += 1) {
      const leaving = new AbortController();
      const response = await upstream.send({
        method: 'POST',
        path: wire.path,
        headers: requestHeaders,
        body,
        signal: AbortSignal.any([signal, leaving.signal]),
        cause: { purpose: 'model', model, ...(call.run === undefined ? {} : { run: call.run }) },
        tokens,
        tries: left,
        onTry: () => (left -= 1),
      });
      progress.status = response.status;
      if (response.status < 200 || response.status > 299) {
        const { name, settings } = upstream;
        const readError = (json: Json): string | undefined => wire.readError(json);
        upstream.used(tokens, 0);
        throw await refusalOf(response, { name, settings, model, redactor, now: timing.now(), readError });
      }
      try {
        const reply = await this.#read(response, call, progress, () => leaving.abort());
        upstream.used(tokens, sumOf(reply.usage));
        return reply;
      } catch (error) {
        upstream.used(tokens, sumOf(cutOffUsage(progress, call)));
        const wait = delayAfter(made, [], { now: timing.now(), random: random() });
        if (progress.said > 0 || left <= 0 || wait === undefined || !isPassing(error)) throw masked(error, redactor);
        await pause(timing, wait, signal);
      }
    }
  }

  #read(response: HttpResponse, call: ModelCall, progress: Progress, leave: () => void): Promise<WireReply> {
    const { wire, timing } = this.#parts;
    return readAnswer(response, wire, timing, {
      onText(channel, text) {
        progress.said += text.length;
        call.onText(channel, text);
      },
      onFirstByte: () => (progress.firstByteAt ??= timing.now()),
      onReader: (reader) => (progress.reader = reader),
      leave,
    });
  }

  #costOf(asked: string, answered: string, usage: WireUsage): number | undefined {
    const { upstream, costOf } = this.#parts;
    return costOf(upstream.name, answered, usage, asked);
  }

  #record(
    call: ModelCall,
    at: number,
    progress: Progress,
    ended: {
      readonly state: CallRecord['state'];
      readonly usage: WireUsage | undefined;
      readonly costUsd: number | undefined;
      readonly problem?: string;
    },
  ): void {
    const { calls, upstream, wire, timing, redactor } = this.#parts;
    const { state, usage, costUsd, problem } = ended;
    const { status, firstByteAt } = progress;
    calls.put([
      {
        id: randomUUID(),
        key: '',
        at,
        endpoint: `POST ${wire.path}`,
        model: call.model,
        provider: upstream.name,
        stream: true,
        state,
        from: 'upstream',
        ms: timing.now() - at,
        ...(call.run === undefined ? {} : { run: call.run }),
        ...(status === undefined ? {} : { status }),
        ...(firstByteAt === undefined ? {} : { firstByteMs: firstByteAt - at }),
        ...(usage === undefined ? {} : { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens }),
        ...(usage?.cachedTokens === undefined ? {} : { cachedTokens: usage.cachedTokens }),
        ...(costUsd === undefined ? {} : { costUsd }),
        ...(problem === undefined ? {} : { problem: redactor.text(problem) }),
      },
    ]);
  }
}

const requestHeaders: readonly HttpHeader[] = [
  ['content-type', 'application/json'],
  ['accept', 'text/event-stream, application/json'],
  ['user-agent', 'atelier'],
];

/** What a second try may mend: the network, a server that is too busy, an answer that broke off. */
function isPassing(error: unknown): boolean {
  return error instanceof ModelError && (error.status === undefined || isWorthRetrying(error.status));
}

/** An error that came in the stream has the provider's words. */
function masked(error: unknown, redactor: Redactor): unknown {
  if (!(error instanceof ModelError)) return error;
  const message = redactor.text(error.message);
  return message === error.message ? error : new ModelError(message, error.status, error.hint, error.retryAfterMs);
}

function sumOf({ inputTokens, outputTokens }: WireUsage): number {
  return inputTokens + outputTokens;
}

/** What was said before an answer broke off was paid for; what the provider did not come to count is estimated. */
function cutOffUsage({ reader, said }: Progress, { messages }: ModelCall): WireUsage {
  const told = toldUsage(reader);
  return {
    ...told,
    inputTokens: told.inputTokens > 0 ? told.inputTokens : estimateInput(messages),
    outputTokens: Math.max(told.outputTokens, Math.ceil(said / charactersPerToken)),
  };
}

function toldUsage(reader: StreamReader | undefined): WireUsage {
  const nothing = { inputTokens: 0, outputTokens: 0 };
  try {
    return reader?.reply({ cutOff: true }).usage ?? nothing;
  } catch {
    // Nothing that could be read had come.
    return nothing;
  }
}
