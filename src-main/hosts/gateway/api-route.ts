// The contract as REST below /api: what a key with "read" or "write" may ask, its description, and a page to read it on.
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { StandardOpenAPIHandler } from '@orpc/openapi/standard';
import { ORPCError } from '@orpc/server';
import type { Scope } from '#contract/gateway';
import { problemCodes } from '#contract/problem';
import type { Context } from '#handlers/context';
import { maskedInput } from '#handlers/masked-input';
import { router } from '#handlers/router';
import { apiDocsPage } from './api-docs.ts';
import { fromQuery } from './api-input.ts';
import { offered } from './api-procedures.ts';
import { checkIsJson, parseJson, readBody } from './body.ts';
import { apiOperations, apiPrefix, isOffered, openApiDocument, type OpenApiDocument } from './openapi.ts';
import { sendPage } from './plain-page.ts';
import { Refusal } from './refusal.ts';
import type { Route, RouteRequest } from './route.ts';

/** A comment goes over a silent stream so often, ms: what stands between must not take it for dead. */
const breathMs = 15_000;
const revoked = { code: 'REFUSED', message: 'The key is not good for this any more.' };
/** What waits for a client that reads nothing for so long is not kept any longer, ms. */
const patienceMs = 60_000;
const docsPath = `${apiPrefix}/docs`;
const documentPath = `${apiPrefix}/openapi.json`;

/** `scope`: what the key was asked for. */
type ApiContext = Context & { readonly scope: Scope | undefined };

export class ApiRoute implements Route {
  readonly prefix = `${apiPrefix}/`;
  readonly bodyLimit = 16 * 1024 * 1024;
  readonly #contextFor: (who: string) => Context;
  readonly #operations = apiOperations().map(({ method, path, scope }) => ({ method, scope, fits: pattern(path) }));
  #document: Promise<OpenApiDocument> | undefined;
  readonly #handler = new StandardOpenAPIHandler<ApiContext>(router, {
    filter: isOffered,
    customErrorResponseBodyEncoder: (error) => problemBody(String(error.code), error.message, error.data),
    clientInterceptors: [
      (options) => {
        const { context, path } = options;
        // Two readers of a path (a slash at its end) must not make a key's scope one thing and what it does another.
        if (offered[path.join('.')] !== context.scope) throw new ORPCError('NOT_FOUND');
        const { inputSchema, route } = options.procedure['~orpc'];
        return options.next(
          route.method === 'GET' ? { ...options, input: fromQuery(inputSchema, options.input) } : options,
        );
      },
      maskedInput,
    ],
  });

  /** `contextFor`: the handlers' context for a key that is called so. */
  constructor(contextFor: (who: string) => Context) {
    this.#contextFor = contextFor;
  }

  /** What describes the API says nothing of the workspace, and needs no key. */
  scope(method: string, path: string): Scope | undefined {
    if (path === this.prefix || path === docsPath || path === documentPath) return undefined;
    const fitting = this.#operations.filter((one) => one.method === method && one.fits.test(path));
    return fitting.some(({ scope }) => scope === 'write') ? 'write' : 'read';
  }

  async handle(exchange: RouteRequest): Promise<void> {
    const { request, response, path } = exchange;
    if (path === this.prefix) {
      response.writeHead(302, { Location: docsPath, 'Content-Length': 0 }).end();
    } else if (path === docsPath || path === documentPath) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal(405, 'This is read with GET.');
      const document = await (this.#document ??= openApiDocument());
      const withBody = request.method === 'GET';
      if (path === docsPath) sendPage(response, 200, apiDocsPage(document, apiOperations()), withBody);
      else sendJson(response, 200, document);
    } else await this.#call(exchange);
  }

  async #call({ request, response, key, signal, path, isStillIn }: RouteRequest): Promise<void> {
    const { method = 'GET', headers, url = '' } = request;
    const sent = await this.#bodyOf(request);
    const result = await this.#handler.handle(
      {
        method,
        url: new URL(url, `http://${headers.host ?? 'localhost'}`),
        headers,
        body: () => Promise.resolve(sent),
        signal,
      },
      {
        prefix: apiPrefix,
        context: { ...this.#contextFor(`key ${key?.settings.label ?? ''}`), scope: this.scope(method, path) },
      },
    );
    if (!result.matched) {
      throw new Refusal(404, `There is no ${method} ${path}.`, `See ${docsPath}.`);
    }
    const { status, body } = result.response;
    if (isEventStream(body)) await sendEvents(response, body, signal, isStillIn);
    else if (body === undefined) response.writeHead(204, common).end();
    else sendJson(response, status, body);
  }

  async #bodyOf(request: RouteRequest['request']): Promise<unknown> {
    const bytes = await readBody(request, this.bodyLimit);
    if (bytes.length === 0) return undefined;
    checkIsJson(request);
    return parseJson(bytes);
  }
}

const common = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** "/runs/{id}" as it stands in a request. */
function pattern(path: string): RegExp {
  return new RegExp(`^${apiPrefix}${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** Errors of the contract as they are; what oRPC itself finds wrong is told in the contract's codes. */
function problemBody(code: string, message: string, data: unknown): Readonly<Record<string, string>> {
  const known =
    problemCodes.find((one) => one === code) ?? (code === 'INTERNAL_SERVER_ERROR' ? 'INTERNAL' : 'BAD_INPUT');
  const hint = typeof data === 'object' && data !== null && 'hint' in data ? data.hint : undefined;
  return { code: known, message, ...(typeof hint === 'string' ? { hint } : {}) };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    ...common,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function isEventStream(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Server-sent events: `data:` one JSON value each; `event: error` holds a problem; `event: done` is the end. */
async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<unknown>,
  signal: AbortSignal,
  isStillIn: () => boolean,
): Promise<void> {
  response.writeHead(200, { ...common, 'Content-Type': 'text/event-stream; charset=utf-8' });
  response.flushHeaders();
  const breath = setInterval(() => {
    if (isStillIn()) response.write(': \n\n');
    else response.destroy();
  }, breathMs);
  try {
    for await (const event of events) {
      if (!isStillIn()) throw new ORPCError('REFUSED', { data: revoked });
      if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await drained(response, signal);
    }
    response.write('event: done\ndata:\n\n');
  } catch (error) {
    // The reader that goes is no error.
    if (!signal.aborted) response.write(`event: error\ndata: ${JSON.stringify(problemOfEvent(error))}\n\n`);
  } finally {
    clearInterval(breath);
    response.end();
  }
}

/** Rejects where the client goes away, or reads nothing for too long: then its connection is cut. */
async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const patience = setTimeout(() => response.destroy(), patienceMs).unref();
  try {
    await once(response, 'drain', { signal });
  } finally {
    clearTimeout(patience);
  }
}

/** oRPC throws an event whose data is the error as JSON. */
function problemOfEvent(error: unknown): Readonly<Record<string, string>> {
  const told: unknown = error instanceof Error && 'data' in error ? error.data : undefined;
  if (typeof told === 'object' && told !== null && 'code' in told && 'message' in told) {
    return problemBody(String(told.code), String(told.message), 'data' in told ? told.data : undefined);
  }
  return problemBody('INTERNAL', error instanceof Error ? error.message : String(error), undefined);
}
