// What the loopback server says no with: a status, a sentence and what to do, in the form that the asked path's clients read.
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Denial } from '#engine/gateway/key-limits';
import { wireOf } from '#engine/models/wire/wires';
import { Problem } from '#engine/problem';
import { problems, type ProblemCode } from '#contract/problem';
import type { JsonObject } from '#contract/turn';

export class Refusal extends Error {
  readonly status: number;
  readonly hint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Beside the error in the body. */
  readonly more: JsonObject;

  constructor(
    status: number,
    sentence: string,
    hint?: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly more?: JsonObject } = {},
  ) {
    super(sentence);
    this.name = 'Refusal';
    this.status = status;
    this.hint = hint;
    this.headers = options.headers ?? {};
    this.more = options.more ?? {};
  }
}

export function refusalOf({ status, sentence, hint, retryAfterMs, isFinal }: Denial): Refusal {
  const headers: Record<string, string> = {};
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  // The official clients read it: no use in trying again by themselves.
  if (isFinal === true) headers['x-should-retry'] = 'false';
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return new Refusal(status, sentence, hint, { headers });
}

/** What a route threw, for the client; undefined where nobody but the log may know it. */
export function refusalFrom(thrown: unknown): Refusal | undefined {
  if (thrown instanceof Refusal) return thrown;
  if (thrown instanceof Problem && thrown.code !== 'INTERNAL') {
    return new Refusal(problems[thrown.code].status, thrown.message, thrown.hint);
  }
  return undefined;
}

/** Whether who asks reads errors in Anthropic's form. */
export function isAnthropicPath(path: string): boolean {
  return path === '/v1/messages' || path.startsWith('/v1/messages/');
}

/** The body as the clients of `path` read errors. They show the message alone, so the hint stands in it too. */
export function errorBody(path: string, refusal: Refusal, isAnthropic = isAnthropicPath(path)): string {
  const { status, hint, more } = refusal;
  const hinted = hint === undefined ? {} : { hint };
  if (path.startsWith('/api/')) {
    return JSON.stringify({ code: problemCodeOf(status), message: refusal.message, ...hinted, ...more });
  }
  const message = hint === undefined ? refusal.message : `${refusal.message} ${hint}`;
  const wire = wireOf(isAnthropic ? 'anthropic' : 'openai-chat');
  return JSON.stringify({ ...wire.writeError(status, message), ...hinted, ...more });
}

/** The API's errors are the contract's. */
function problemCodeOf(status: number): ProblemCode {
  if (status >= 500) return 'INTERNAL';
  if (status === 404) return 'NOT_FOUND';
  return [401, 403, 429].includes(status) ? 'REFUSED' : 'BAD_INPUT';
}

/** How long what is still being sent is read, so that the answer is not lost with the connection, ms. */
const lingerMs = 500;

/** Ends the exchange with the refusal; where the request's body is not read, the connection is closed after it. */
export function writeRefusal(request: IncomingMessage, response: ServerResponse, path: string, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const isUnread = !request.complete && hasBody(request);
  const isAnthropic = isAnthropicPath(path) || request.headers['anthropic-version'] !== undefined;
  const body = Buffer.from(errorBody(path, refusal, isAnthropic));
  // With a reason of its own: one that was set before may be why it is refused.
  response.writeHead(refusal.status, reasonOf(refusal.status), {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...refusal.headers,
    ...(isUnread ? { connection: 'close' } : {}),
  });
  if (!isUnread) {
    response.end(body);
    return;
  }
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingerMs).unref();
  request.once('end', end).once('close', end).resume();
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The whole answer, for a connection that has no response yet. */
export function rawRefusal(refusal: Refusal, path = '/'): string {
  const body = errorBody(path, refusal);
  const headers = Object.entries(refusal.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `HTTP/1.1 ${refusal.status} ${reasonOf(refusal.status)}\r\ncontent-type: application/json; charset=utf-8\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nconnection: close\r\n${headers.join('')}\r\n${body}`
  );
}

function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? 'Refused';
}
