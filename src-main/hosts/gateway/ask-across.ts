// Asks a provider in its own dialect, once, on behalf of a gateway key; or the scripted one in the process.
import { randomInt } from 'node:crypto';
import type { JsonObject } from '#contract/turn';
import { jsonOf } from '#engine/models/answer';
import type { Models } from '#engine/models/models';
import { refusalOf } from '#engine/models/provider-error';
import type { Upstream, UpstreamRequest } from '#engine/models/upstream';
import { eventsOf } from '#engine/models/wire/sse';
import type { ChatDialect, Wire, WireEvent, WireReply, WireRequest } from '#engine/models/wire/wire';
import type { HttpHeader, HttpResponse } from '#engine/network-ports';
import { noRedaction } from '#engine/redactor';
import { valueOf } from './headers.ts';

export interface Across {
  /** undefined: the scripted provider. */
  readonly upstream: Upstream | undefined;
  readonly models: Models;
  readonly wireOf: (dialect: ChatDialect) => Wire;
  /** The model as the provider calls it. */
  readonly request: WireRequest;
  readonly cause: UpstreamRequest['cause'];
  readonly tokens: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Is told what the provider's dialect cannot say of the request, where that changes nothing of what is asked. */
  readonly omitted: (what: string) => void;
}

/** Tells the answer as it comes where the request wishes for a stream. Rejects with ModelError, AbortError. */
export async function askAcross(across: Across, onEvent: (event: WireEvent) => void): Promise<WireReply> {
  const { upstream, wireOf, request, cause, tokens, signal, now, omitted } = across;
  if (upstream === undefined) return askScripted(across, onEvent);
  const { name, settings, dialect } = upstream;
  const wire = wireOf(
    dialect === 'anthropic' ? dialect : settings.api === 'responses' ? 'openai-responses' : 'openai-chat',
  );
  const response = await upstream.send({
    method: 'POST',
    path: wire.path,
    headers,
    body: Buffer.from(JSON.stringify(wire.writeRequest(request, omitted))),
    signal,
    cause,
    tokens,
    tries: 1,
  });
  if (response.status < 200 || response.status > 299) {
    throw await refusalOf(response, {
      name,
      settings,
      model: request.model,
      // What comes from an upstream is masked.
      redactor: noRedaction,
      now: now(),
      readError: (body) => wire.readError(body),
    });
  }
  return readAnswer(response, wire, onEvent);
}

const headers: readonly HttpHeader[] = [
  ['content-type', 'application/json'],
  ['accept', 'text/event-stream, application/json'],
  ['user-agent', 'atelier'],
];

async function readAnswer(
  { headers, body }: HttpResponse,
  wire: Wire,
  onEvent: (event: WireEvent) => void,
): Promise<WireReply> {
  if (valueOf(headers, 'content-type')?.includes('json') === true) return wire.readReply(await jsonOf(body));
  const reader = wire.newReader();
  for await (const { event, data } of eventsOf(body)) {
    for (const one of reader.take(event, data)) onEvent(one);
    // Some servers do not end what has ended.
    if (reader.isDone) break;
  }
  return reader.reply();
}

async function askScripted(
  { models, request, signal }: Across,
  onEvent: (event: WireEvent) => void,
): Promise<WireReply> {
  const { model, messages, parameters } = request;
  const reply = await models.callOnly(`scripted/${model}`, {
    messages,
    parameters: plain(parameters),
    // Who asks twice wants two answers, unless they say otherwise.
    seed: parameters.seed ?? randomInt(2 ** 31),
    try: 1,
    signal,
    onText: (channel, text) => onEvent({ type: 'text', channel, text }),
  });
  return { ...reply, callIds: (reply.message.toolCalls ?? []).map(() => undefined) };
}

function plain(parameters: WireRequest['parameters']): JsonObject {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}
