// What reads bytes of others, each with what must hold of it: it takes an input or refuses it with a reason, and nothing else.
import type { IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import type { Json, JsonObject } from '#contract/turn';
import { allowedHost, isAllowed, targetOf } from '#engine/egress/target';
import { ModelError } from '#engine/models/model';
import { assemble } from '#engine/models/wire/assemble';
import { readEmbeddingsReply } from '#engine/models/wire/embeddings';
import { EventReader } from '#engine/models/wire/sse';
import { wireOf } from '#engine/models/wire/wires';
import { Problem } from '#engine/problem';
import { decodeOtlp } from '#engine/trace/import/otlp-protobuf';
import { originOf } from '#engine/vault/bindings';
import { readEnvFile } from '#engine/vault/env-file';
import { changeWorkspaceFile, readWorkspaceFile } from '#engine/workspace-file';
import { checkNoKeyInQuery, checkRequest, presentedKey } from '#hosts/gateway/guards';
import { Refusal } from '#hosts/gateway/refusal';
import { topLevelRanges, withValue } from '#hosts/gateway/top-level';
import { traceOf } from '#hosts/gateway/trace-headers';
import { numbers } from '#test/transcripts';
import { answers, dialects, envFile, otlpProtobuf, requests, streams, workspaceFile } from './corpus.ts';
import { inPieces, mutateBytes, mutateValue, pick, type Numbers } from './mutate.ts';

/** `seed` gives the input. Throws where it is neither taken nor refused with a reason, or where a law is broken. */
export type Reader = (seed: number) => 'taken' | 'refused';

/** Each by its name; `folder` is theirs. */
export function readersIn(folder: string): Readonly<Record<string, Reader>> {
  return {
    events: reader(readEvents),
    streams: reader(readStream),
    requests: reader(readRequest),
    answers: reader(readAnswer),
    protobuf: reader((next) => void decodeOtlp(mutateBytes(otlpProtobuf, otlpProtobuf, next))),
    'top level': reader(readTopLevel),
    'env file': reader((next) => readEnv(join(folder, '.env'), next)),
    'atelier.json': reader((next) => readWorkspace(folder, next)),
    heads: reader(readHead),
    addresses: reader(readAddress),
  };
}

export function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-fuzz-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reader(read: (next: Numbers) => void): Reader {
  return (seed) => {
    try {
      read(numbers(seed));
      return 'taken';
    } catch (error) {
      const isRefused = error instanceof ModelError || error instanceof Problem || error instanceof Refusal;
      if (!isRefused || error.message.trim() === '') throw error;
      return 'refused';
    }
  };
}

function must(holds: boolean, law: string): void {
  if (!holds) throw new Error(`It does not hold that ${law}.`);
}

function streamFor(next: Numbers): Buffer {
  const whole = streams[pick(dialects, next)];
  const spelt = pick(
    [
      whole,
      Buffer.from(whole.toString().replaceAll('\n', '\r\n')),
      Buffer.from(whole.toString().replaceAll('\n', '\r')),
    ],
    next,
  );
  return next() < 0.1 ? spelt : mutateBytes(spelt, streams[pick(dialects, next)], next);
}

function readEvents(next: Numbers): void {
  const bytes = streamFor(next);
  const limit = next() < 0.2 ? 200 : 1_000_000;
  const [one, apart] = [new EventReader(limit), new EventReader(limit)];
  const events = [...one.push(bytes), ...one.end()];
  const again = [...inPieces(bytes, next).flatMap((piece) => [...apart.push(piece)]), ...apart.end()];
  must(isDeepStrictEqual(again, events), 'events are the same however their bytes are split');
}

function readStream(next: Numbers): void {
  const { reply, problem } = assemble(pick(dialects, next), streamFor(next));
  must(reply !== undefined || problem !== undefined, 'an answer was read or it is said why not');
  if (reply === undefined) throw new Problem('BAD_INPUT', problem ?? '');
  for (const dialect of dialects) {
    const writer = wireOf(dialect).newWriter({ id: 'x', model: 'm', at: 0 });
    const again = assemble(dialect, Buffer.from(writer.start() + writer.end(reply)));
    must(again.reply !== undefined, `what is written as ${dialect} can be read`);
  }
}

function readRequest(next: Numbers): void {
  const dialect = pick(dialects, next);
  const wire = wireOf(dialect);
  const body = mutateDeep(requests[next() < 0.8 ? dialect : pick(dialects, next)], next);
  const { request } = wire.readRequest(body);
  wireOf(pick(dialects, next)).writeRequest(request, () => undefined);
}

function readAnswer(next: Numbers): void {
  const dialect = pick(dialects, next);
  const wire = wireOf(dialect);
  const body = mutateDeep(answers[next() < 0.8 ? dialect : pick(dialects, next)], next);
  wire.readError(body);
  if (next() < 0.1) readEmbeddingsReply(body, 2);
  const reply = wire.readReply(body);
  for (const other of dialects) wireOf(other).writeReply(reply, { id: 'x', model: 'm', at: 0 });
}

/** Sometimes nested deeper than anybody does. */
function mutateDeep(value: Json, next: Numbers): Json {
  const mutated = mutateValue(value, next);
  if (next() > 0.02) return mutated;
  const depth = 10 ** (1 + Math.floor(next() * 4));
  const text = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const deep = JSON.parse(text) as Json;
  if (!isObject(mutated)) return deep;
  return { ...mutated, [pick(Object.keys(mutated), next) ?? 'x']: deep };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readTopLevel(next: Numbers): void {
  const text = JSON.stringify({ ...requests[pick(dialects, next)], stream: next() < 0.5 });
  const bytes = mutateBytes(Buffer.from(text), Buffer.from(text), next);
  const before = parsed(bytes);
  if (!isObject(before)) throw new Refusal(400, 'The body is not JSON.');
  const { model, stream } = topLevelRanges(bytes);
  const valueIn = (range: typeof model): unknown =>
    range === undefined ? undefined : parsed(bytes.subarray(range.start, range.end));
  must(isDeepStrictEqual(valueIn(model), before['model']), 'what stands at the model is the model');
  must(isDeepStrictEqual(valueIn(stream), before['stream']), 'what stands at the stream is the stream');
  if (model === undefined) return;
  const after = parsed(withValue(bytes, model, 'ö"\\'));
  must(isDeepStrictEqual(after, { ...before, model: 'ö"\\' }), 'another model changes nothing else');
}

function parsed(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

function readEnv(path: string, next: Numbers): void {
  writeFileSync(path, mutateBytes(envFile, envFile, next));
  for (const [name, value] of readEnvFile(path)) {
    must(/^[A-Za-z_][\w.-]*$/u.test(name), 'a variable has the name of one');
    must(typeof value === 'string', 'a value is a text');
  }
}

function readWorkspace(folder: string, next: Numbers): void {
  const path = join(folder, 'atelier.json');
  const value = JSON.parse(workspaceFile.toString()) as Json;
  const mutated =
    next() < 0.5
      ? mutateBytes(workspaceFile, workspaceFile, next)
      : Buffer.from(JSON.stringify(mutateValue(value, next)));
  writeFileSync(path, mutated);
  const before = readWorkspaceFile(folder);
  const changed = changeWorkspaceFile(folder, (file) => ({ ...file, gateway: { on: false } }));
  must(isDeepStrictEqual({ ...before, gateway: { on: false } }, { ...changed }), 'a change changes nothing else');
  must(isDeepStrictEqual(readWorkspaceFile(folder), changed), 'what was written is read');
}

const hosts = ['127.0.0.1:4140', 'localhost:4140'];
const names =
  'host origin sec-fetch-site authorization x-api-key api-key content-type content-length transfer-encoding cookie traceparent x-atelier-session'.split(
    ' ',
  );
const values = [
  '127.0.0.1:4140',
  'localhost:4140',
  'localhost',
  'LOCALHOST:4140',
  '127.0.0.1:4140.',
  '127.1:4140',
  '[::1]:4140',
  'evil.example',
  '127.0.0.1:4140@evil.example',
  'null',
  'http://127.0.0.1:4140',
  'http://localhost:4140',
  'https://127.0.0.1:4140',
  'cross-site',
  'same-origin',
  'none',
  'Bearer atl-x',
  'Basic eA==',
  'application/json; charset=utf-16',
  'chunked',
  'chunked, chunked',
  '5',
  '-5',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '',
  ' ',
  'é\u0000',
];
const paths = [
  '/v1/models',
  '/v1/messages?beta=true',
  '/v1/models/a%2fb',
  '/v1/chat/completions?a=b&key=x',
  '/../v1',
  '/v1//x',
  '/%2e%2e/',
  'http://x/',
  '*',
  '',
];

function readHead(next: Numbers): void {
  const some = Array.from(
    { length: Math.floor(next() ** 2 * 5) },
    () => [pick(names, next), pick(values, next)] as const,
  );
  const rawHeaders = [['host', next() < 0.85 ? pick(hosts, next) : pick(values, next)] as const, ...some].map(
    ([name, value]) => [next() < 0.3 ? name.toUpperCase() : name, value] as const,
  );
  const headers: Record<string, string> = {};
  // Of what stands twice, Node keeps the first of these.
  for (const [name, value] of rawHeaders) headers[name.toLowerCase()] ??= value;
  const asked = Buffer.from(pick(paths, next));
  const url = (next() < 0.5 ? asked : mutateBytes(asked, Buffer.from(pick(paths, next)), next)).toString('latin1');
  const method = next() < 0.7 ? 'POST' : pick(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', ''], next);
  const request = {
    method,
    url,
    headers,
    rawHeaders: rawHeaders.flat(),
    httpVersion: '1.1',
  } as unknown as IncomingMessage;
  const { path, query } = checkRequest(request, hosts);
  must(hosts.includes(headers['host'] ?? ''), 'nobody is answered who asks another host');
  must(
    headers['origin'] === undefined || headers['origin'] === `http://${headers['host']}`,
    'no other page is answered',
  );
  must(new URL(url, 'http://localhost').pathname === path, 'every reader of the path takes it as the same');
  checkNoKeyInQuery(query);
  presentedKey(request);
  traceOf(headers);
}

const addresses = [
  'http://127.0.0.1:8080/v1',
  'https://api.openai.com/v1',
  'http://[::1]:1/x',
  'https://user:pass@host/',
  'localhost',
  'models.lan:8080',
  'http://2130706433/',
  'http://0x7f.1/',
  'xn--e1afmkfd.',
];

function readAddress(next: Numbers): void {
  const text = mutateBytes(Buffer.from(pick(addresses, next)), Buffer.from(pick(addresses, next)), next).toString();
  originOf(text);
  if (next() < 0.5) {
    const host = allowedHost(text);
    must(allowedHost(host) === host, 'the form in which hosts are compared is one');
    return;
  }
  const target = targetOf(text);
  must(target.port < 65_536 && target.host !== '', 'a target is a host and a port');
  must(isAllowed(target, [allowedHost(target.host)]), 'a host that is allowed by its name may be reached');
}
