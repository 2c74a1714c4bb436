// What sends traces of its own: OTLP over HTTP (POST /v1/traces), protobuf and JSON.
import type { ServerResponse } from 'node:http';
import type { Topic } from '#contract/workspace';
import type { Json } from '#contract/turn';
import { Problem } from '#engine/problem';
import { parseJson } from '#engine/trace/exact-json';
import { responseJson, responseProtobuf, statusProtobuf } from '#engine/trace/import/otlp-answer';
import { decodeOtlp } from '#engine/trace/import/otlp-protobuf';
import type { Received, Receiver } from '#engine/trace/receive';
import { readBody } from './body.ts';
import { refusalFrom, Refusal } from './refusal.ts';
import type { Route, RouteRequest } from './route.ts';

/** A request's body unpacked, bytes. */
const bodyLimit = 16 * 1024 * 1024;
/** So many objects and lists are read of one JSON request: an empty one takes two bytes there and many more here. */
const mostValues = 2_000_000;

export interface TracesRouteParts {
  readonly receiver: Receiver;
  readonly changed: (...topics: Topic[]) => void;
}

/** Answers as OTLP/HTTP does: partial success where spans were rejected, google.rpc.Status where nothing could be read. */
export function tracesRoute(parts: TracesRouteParts): Route {
  return {
    prefix: '/v1/traces',
    scope: () => 'telemetry',
    bodyLimit,
    handle: (exchange) => handle(exchange, parts),
  };
}

type Encoding = 'json' | 'protobuf';

async function handle({ request, response, path }: RouteRequest, parts: TracesRouteParts): Promise<void> {
  if (path !== '/v1/traces')
    throw new Refusal(404, `There is nothing at ${path.slice(0, 100)}.`, 'Traces go to /v1/traces.');
  if (request.method !== 'POST') {
    throw new Refusal(405, 'Traces are sent by POST.', undefined, { headers: { allow: 'POST' } });
  }
  const encoding = encodingOf(request.headers['content-type']);
  try {
    const received = await parts.receiver.receive(decoded(await readBody(request, bodyLimit), encoding));
    if (received.accepted > 0) parts.changed('traces');
    answer(response, 200, encoding, received);
  } catch (error) {
    const refusal = refusalFrom(error);
    // Where the body is not read to its end, the server knows how to end the connection.
    if (refusal === undefined || !request.complete) throw error;
    answerStatus(response, refusal, encoding);
  }
}

function encodingOf(header: string | undefined): Encoding {
  const [type = ''] = (header ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/x-protobuf':
      return 'protobuf';
    case 'application/json':
      return 'json';
    default:
      throw new Refusal(415, 'Traces are sent as application/x-protobuf or application/json.');
  }
}

function decoded(body: Buffer, encoding: Encoding): Json {
  if (encoding === 'protobuf') return decodeOtlp(body);
  let values = 0;
  for (const byte of body) if (byte === 0x7b || byte === 0x5b) values += 1;
  if (values > mostValues) {
    const hint = 'Export smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE).';
    throw new Problem('BAD_INPUT', `The request holds over ${mostValues.toLocaleString('en')} values.`, hint);
  }
  return parseJson(body.toString('utf8')).value;
}

function answer(response: ServerResponse, status: number, encoding: Encoding, received: Received): void {
  const body = encoding === 'json' ? JSON.stringify(responseJson(received)) : responseProtobuf(received);
  send(response, status, encoding, body);
}

/** google.rpc.Code by HTTP's. */
const codes: Readonly<Record<number, number>> = { 400: 3, 404: 5, 413: 8, 429: 8, 503: 14 };

function answerStatus(response: ServerResponse, { status, message, hint }: Refusal, encoding: Encoding): void {
  const code = codes[status] ?? 3;
  const said = hint === undefined ? message : `${message} ${hint}`;
  const body = encoding === 'json' ? JSON.stringify({ code, message: said }) : statusProtobuf(code, said);
  send(response, status, encoding, body);
}

function send(response: ServerResponse, status: number, encoding: Encoding, body: string | Uint8Array): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}
