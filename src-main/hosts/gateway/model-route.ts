// /v1: models for anybody's agent. Finds the provider, keeps to the key's limits, answers from the upstream or from a record, and tells the recorder.
import { randomUUID } from 'node:crypto';
import type { GatewayKey } from '#contract/gateway';
import type { JsonObject } from '#contract/turn';
import { Problem } from '#engine/problem';
import { isObject } from '#engine/trace/json';
import { answerCall, type ModelRequest, type ModelRouteParts } from './answer-call.ts';
import { checkIsJson, parseJson, readBody } from './body.ts';
import { endpointOf } from './endpoint.ts';
import { modelNames, modelsBody } from './models-list.ts';
import { hasBody, Refusal } from './refusal.ts';
import { Room, type Share } from './room.ts';
import type { Route, RouteRequest } from './route.ts';
import { targetOf } from './target.ts';
import { topLevelRanges, withValue } from './top-level.ts';

const longestBody = 32 * 1024 * 1024;
/** Bodies of calls under way, together, bytes; read, each takes several times that. */
const roomForBodies = 256 * 1024 * 1024;
/** As long as a path may be: some servers call their models so. */
const longestModel = 1024;

export function modelRoute(parts: ModelRouteParts): Route {
  const room = new Room(parts.roomForBodies ?? roomForBodies);
  return {
    prefix: '/v1/',
    bodyLimit: longestBody,
    scope: () => 'models',
    async handle(exchange) {
      const share = room.share();
      try {
        await handle(parts, exchange, share);
      } finally {
        share.end();
      }
    },
  };
}

async function handle(parts: ModelRouteParts, exchange: RouteRequest, share: Share): Promise<void> {
  const { request, path } = exchange;
  const key = keyOf(exchange);
  const method = request.method === 'POST' ? 'POST' : 'GET';
  const endpoint = endpointOf(request.method ?? '', path);
  if (endpoint.kind === 'models') {
    await list(parts, exchange, endpoint.id);
    return;
  }
  const { raw, ranges, json } = await bodyOf(exchange, endpoint.kind !== 'other', share);
  const target = settled(() => targetOf(modelIn(json), key, endpoint.dialect, parts.upstreams));
  const body =
    raw !== undefined && ranges.model !== undefined && target.isPrefixed
      ? withValue(raw, ranges.model, target.model ?? '')
      : raw;
  const asked: ModelRequest = {
    endpoint,
    method,
    json,
    body,
    target,
    key,
    id: randomUUID(),
    tokens: estimate(raw, json),
  };
  await answerCall(parts, exchange, asked);
}

/** Settings that cannot be read are no fault of who asks. */
function settled<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Refusal(503, error.message, error.hint, { headers: { 'x-should-retry': 'false' } });
  }
}

async function list(
  parts: ModelRouteParts,
  { request, response }: RouteRequest,
  id: string | undefined,
): Promise<void> {
  const scripted = await parts.scriptedNames();
  const names = settled(() => modelNames(parts.upstreams, scripted));
  const isAnthropic = request.headers['anthropic-version'] !== undefined;
  const body = Buffer.from(JSON.stringify(modelsBody(names, id, isAnthropic)));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

async function bodyOf(
  { request }: RouteRequest,
  isNeeded: boolean,
  share: Share,
): Promise<{
  readonly raw?: Buffer;
  readonly ranges: ReturnType<typeof topLevelRanges>;
  readonly json: JsonObject;
}> {
  if (!isNeeded && !hasBody(request)) return { ranges: {}, json: {} };
  checkIsJson(request);
  const raw = await readBody(request, longestBody, share);
  const ranges = topLevelRanges(raw);
  const json = parseJson(raw);
  if (!isObject(json)) throw new Refusal(400, 'The body must be a JSON object.');
  return { raw, ranges, json };
}

function modelIn({ model }: JsonObject): string | undefined {
  if (model === undefined) return model;
  if (typeof model === 'string') {
    if (model.length <= longestModel) return model;
    throw new Refusal(400, `The name of a model may be ${longestModel} characters long.`);
  }
  throw new Refusal(400, '"model" must be a string.');
}

/** Tokens that the call may use, about: four bytes of the request each, and what it allows for the answer, where that is not much. */
function estimate(raw: Buffer | undefined, json: JsonObject): number {
  const allowed = [json['max_completion_tokens'], json['max_tokens'], json['max_output_tokens']].find(
    (value) => typeof value === 'number' && value > 0,
  );
  return Math.ceil((raw?.length ?? 0) / 4) + Math.min(Number(allowed ?? 500), 4096);
}

/** The server lets nobody in here without one. */
function keyOf({ key }: RouteRequest): GatewayKey {
  if (key === undefined) throw new Refusal(401, 'A key is needed.');
  return key;
}
