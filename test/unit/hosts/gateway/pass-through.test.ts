// What goes through the gateway to a provider of the same dialect, and back, byte for byte.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isWhole, openGateway, speak, type GatewayOptions } from '#test/gateway';
import { startFakeUpstream, type Piece, type Played, type PlayedRequest } from '#test/upstream/fake-upstream';

async function setUp(play: (request: PlayedRequest) => Played | Promise<Played>, options: GatewayOptions = {}) {
  const upstream = await startFakeUpstream(play);
  onTestFinished(() => upstream.close());
  const gateway = await openGateway({ providers: { up: upstream.origin }, ...options });
  return { upstream, gateway, port: gateway.server.port, key: gateway.key() };
}

const ok: Played = { headers: [['content-type', 'application/json']], body: '{"ok":true}' };

function raw(port: number, key: string, body: string, more = '', path = '/v1/chat/completions'): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${key}\r\n` +
    `Content-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`
  );
}

/** Over fetch, for where raw bytes do not matter. */
function post(port: number, key: string, body: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  });
}

it('sends the headers on in their order and case, less what is of the connection or of the gateway', async () => {
  const { upstream } = await setUp(() => ok);
  const other = await openGateway({
    providers: { up: { url: `${upstream.origin}/v1`, secret: 'UP_KEY' } },
    secret: 'sk-real-key',
  });
  const body = '{"model":"m"}';
  const more =
    'X-First: 1\r\nuser-agent: Client/1.0 (über)\r\nCookie: a=b\r\nX-MiXeD-cAsE: Value  with  spaces\r\nx-atelier-session: s\r\n' +
    'Accept-Encoding: gzip, br\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nX-Repeated: 1\r\n' +
    'x-repeated: 2\r\nReferer: http://x\r\nProxy-Authorization: Basic abc\r\napi-key: %KEY%\r\ntraceparent: 00-x\r\nX-Last: \r\n';
  const otherKey = other.key();
  await speak(
    other.server.port,
    raw(other.server.port, otherKey, body, more.replace('%KEY%', otherKey)),
    '{"ok":true}',
  );
  const [request] = upstream.requests;
  expect(request?.path).toBe('/v1/chat/completions');
  expect(
    request?.headers.filter(([name]) => !['host', 'connection', 'content-length'].includes(name.toLowerCase())),
  ).toEqual([
    ['authorization', 'Bearer sk-real-key'],
    ['Content-Type', 'application/json'],
    ['X-First', '1'],
    ['user-agent', 'Client/1.0 (über)'],
    ['X-MiXeD-cAsE', 'Value  with  spaces'],
    ['X-Repeated', '1'],
    ['x-repeated', '2'],
    ['traceparent', '00-x'],
    ['X-Last', ''],
    ['accept-encoding', 'identity'],
  ]);
  expect(JSON.stringify(upstream.requests)).not.toContain(otherKey);
});

it('sends the body on byte for byte, but for the provider before the name of the model', async () => {
  const { upstream, port, key } = await setUp(() => ok);
  const odd = [
    '{"model":"m" , "unknown":{"a":[1.0,1e2,-0, {"model":"up/inner"}]},\n\t"text":"\\u00e9\\/"}',
    '  { "messages" : [] , "model" : "org/some model" }  ',
    '{"n":12345678901234567890,"model":"m"}',
    '{"stream":false,"__proto__":{"x":1},"model":"m","a":"\\ud83d"}',
    '{}',
  ];
  for (const body of odd) await speak(port, raw(port, key, body), '{"ok":true}');
  expect(upstream.requests.map(({ body }) => body)).toEqual(odd);
  const prefixed = '{ "a": {"model":"up/x"}, "mod\\u0065l" :\n "up\\/org\\/m\\u00e9" , "b":"model" }';
  await speak(port, raw(port, key, prefixed), '{"ok":true}');
  expect(upstream.requests.at(-1)?.body).toBe('{ "a": {"model":"up/x"}, "mod\\u0065l" :\n "org/mé" , "b":"model" }');
});

it('unpacks a body that comes as gzip', async () => {
  const { upstream, port, key } = await setUp(() => ok);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync('{"model":"m"}'),
  });
  expect(answer.status).toBe(200);
  expect(upstream.requests[0]?.body).toBe('{"model":"m"}');
  expect(upstream.requests[0]?.headers.some(([name]) => name.toLowerCase() === 'content-encoding')).toBe(false);
});

it('gives back status, reason, headers and body as they came', async () => {
  const { port, key, gateway } = await setUp(() => ({
    status: 418,
    headers: [
      ['X-Request-ID', 'req_1'],
      ['content-TYPE', 'application/json; charset=UTF-8'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['Date', 'Tue, 15 Nov 1994 08:12:31 GMT'],
      ['Connection', 'keep-alive, X-Hop'],
      ['X-Hop', '1'],
      ['Access-Control-Allow-Origin', '*'],
      ['x-atelier-call', 'forged'],
    ],
    body: '{"error" : {"message":"I am\ta teapot", "type":"odd", "more":[1.0]}}\n',
  }));
  const answer = await speak(port, raw(port, key, '{"model":"m"}'), 'more');
  const [head = '', body] = answer.split('\r\n\r\n');
  const { id } = gateway.told[0]?.asked ?? { id: '' };
  expect(head.split('\r\n').filter((line) => !/^(?:connection|keep-alive)/iu.test(line))).toEqual([
    'HTTP/1.1 418 Played',
    'X-Request-ID: req_1',
    'content-TYPE: application/json; charset=UTF-8',
    'Set-Cookie: a=1',
    'Set-Cookie: b=2',
    'Date: Tue, 15 Nov 1994 08:12:31 GMT',
    `x-atelier-call: ${id}`,
    'x-atelier-trace: trace-1',
    'content-length: 68',
  ]);
  expect(body).toBe('{"error" : {"message":"I am\ta teapot", "type":"odd", "more":[1.0]}}\n');
  expect(gateway.told[0]?.answered).toMatchObject({ state: 'failed', status: 418, from: 'upstream' });
  expect(gateway.told[0]?.answered?.body.toString()).toBe(body);
});

it('writes each piece of a stream as soon as it comes', async () => {
  const played = ['data: 1\n\n', ': keep\r\n', 'da', 'ta: 2\n\n', 'data: [DONE]\n\n'];
  const heard: string[] = [];
  const { port, key, gateway } = await setUp(() => ({
    headers: [['content-type', 'text/event-stream']],
    body: (async function* (): AsyncGenerator<Piece> {
      for (const [index, text] of played.entries()) {
        yield text;
        // The next piece is only played once this one was heard.
        await vi.waitFor(() => expect(heard).toHaveLength(index + 1), { timeout: 10_000, interval: 1 });
      }
    })(),
  }));
  const answer = await post(port, key, '{"model":"m","stream":true}');
  for await (const piece of answer.body ?? []) heard.push(Buffer.from(piece).toString());
  expect(heard).toEqual(played);
  await vi.waitFor(() => expect(gateway.told[0]?.answered).toBeDefined(), 10_000);
  const { asked, streaming, answered } = gateway.told[0] ?? {};
  expect(asked).toMatchObject({
    stream: true,
    dialect: 'openai-chat',
    provider: 'up',
    model: 'm',
    endpoint: 'POST /v1/chat/completions',
  });
  expect(streaming).toBe(200);
  expect(answered?.body.toString()).toBe(played.join(''));
  expect(answered?.state).toBe('done');
});

it('sends the head of a stream before its first piece', async () => {
  const { port, key } = await setUp(() => ({
    headers: [['content-type', 'text/event-stream']],
    body: (async function* (): AsyncGenerator<Piece> {
      await new Promise(() => undefined);
      yield '';
    })(),
  }));
  expect(await speak(port, raw(port, key, '{"model":"m"}'), '\r\n\r\n')).toContain('HTTP/1.1 200 Played');
});

it('passes on what keeps a slow answer awake', async () => {
  let go: (() => void) | undefined;
  const { port, key } = await setUp(() => ({
    headers: [['content-type', 'application/json']],
    body: (async function* (): AsyncGenerator<Piece> {
      yield ' ';
      await new Promise<void>((resolve) => (go = resolve));
      yield '{"late":true}';
    })(),
  }));
  const answer = await post(port, key, '{"model":"m"}');
  const reader = answer.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? '').toString()).toBe(' ');
  go?.();
  expect(Buffer.from((await reader?.read())?.value ?? '').toString()).toBe('{"late":true}');
});

it('lets go of the upstream when the client goes away, before the head and after', async () => {
  const gone: string[] = [];
  const { port, key, gateway } = await setUp((request) => {
    const name = request.headers.find(([header]) => header === 'x-name')?.[1] ?? '';
    request.gone.addEventListener('abort', () => gone.push(name));
    if (name === 'early') return new Promise<Played>(() => undefined);
    return {
      headers: [['content-type', 'text/event-stream']],
      body: (async function* (): AsyncGenerator<Piece> {
        yield 'data: 1\n\n';
        await new Promise(() => undefined);
      })(),
    };
  });
  const early = connect(port, '127.0.0.1');
  early.write(raw(port, key, '{"model":"m"}', 'x-name: early\r\n'));
  await vi.waitFor(() => expect(gateway.told).toHaveLength(1), 10_000);
  await vi.waitFor(() => expect(gateway.left).toHaveLength(1), 10_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  early.destroy();
  await vi.waitFor(() => expect(gone).toEqual(['early']), 10_000);
  await speak(port, raw(port, key, '{"model":"m","stream":true}', 'x-name: late\r\n'), 'data: 1');
  await vi.waitFor(() => expect(gone).toEqual(['early', 'late']), 10_000);
  await vi.waitFor(
    () => expect(gateway.told.map(({ answered }) => answered?.state)).toEqual(['cancelled', 'cancelled']),
    10_000,
  );
  expect(gateway.told[1]?.answered?.body.toString()).toBe('data: 1\n\n');
  expect(gateway.failures).toEqual([]);
});

it('cuts the client where the upstream was cut: no end is made up', async () => {
  const { port, key, gateway } = await setUp(() => ({
    headers: [['content-type', 'text/event-stream']],
    body: ['data: 1\n\n', 20, { cut: true }],
  }));
  const answer = await speak(port, raw(port, key, '{"model":"m","stream":true}'));
  expect(answer).toContain('data: 1\n\n');
  expect(answer).not.toContain('\r\n0\r\n\r\n');
  await vi.waitFor(() => expect(gateway.told[0]?.answered?.state).toBe('failed'), 10_000);
  expect(gateway.told[0]?.answered).toMatchObject({ status: 200, problem: expect.any(String) });
  expect(gateway.failures).toEqual([]);
});

it('says in the words of the dialect that the upstream is not there', async () => {
  const { port, key, upstream, gateway } = await setUp(() => ok);
  await upstream.close();
  const answer = await post(port, key, '{"model":"m"}');
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({
    error: { type: 'server_error', message: expect.stringContaining('up') },
  });
  expect(gateway.told[0]?.answered).toMatchObject({ state: 'failed', status: 502 });
});

it('tries once: what the upstream refuses is the client’s to try again', async () => {
  const { port, key, upstream } = await setUp(() => ({
    status: 429,
    headers: [
      ['content-type', 'application/json'],
      ['retry-after', '7'],
    ],
    body: '{"error":{}}',
  }));
  const answer = await post(port, key, '{"model":"m"}');
  expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([429, '7', '{"error":{}}']);
  expect(upstream.requests).toHaveLength(1);
});

it('reads no faster from the upstream than the client reads, and cuts a client that does not read', async () => {
  const piece = 'x'.repeat(64 * 1024);
  let played = 0;
  const { port, key, gateway, upstream } = await setUp(
    () => ({
      headers: [['content-type', 'text/event-stream']],
      body: (async function* (): AsyncGenerator<Piece> {
        for (; played < 3200; played += 1) yield piece;
      })(),
    }),
    { route: { patienceMs: 400 } },
  );
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write(raw(port, key, '{"model":"m","stream":true}'));
  await vi.waitFor(() => expect(gateway.told[0]?.answered?.state).toBe('cancelled'), 15_000);
  socket.destroy();
  expect(gateway.told[0]?.answered?.problem).toContain('read nothing');
  // Not the whole 200 MB, of which only what buffers hold was taken.
  expect(gateway.told[0]?.answered?.body.length).toBeLessThan(32 * 1024 * 1024);
  expect(upstream.requests).toHaveLength(1);
});

it('carries what is below the dialects’ paths, with its query, and counts what is no conversation', async () => {
  const { upstream, port, key, gateway } = await setUp(
    () => ({ ...ok, body: '{"usage":{"prompt_tokens":3,"completion_tokens":4}}' }),
    { costOf: () => 0.5 },
  );
  const ask = (method: string, path: string, body?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      httpRequest({ port, host: '127.0.0.1', path, method, headers }, (response: IncomingMessage) => {
        response.resume().once('end', () => resolve(`${response.statusCode}`));
      })
        .once('error', reject)
        .end(body);
    });
  expect(await ask('GET', '/v1/responses/resp_1?include%5B%5D=x&stream=true')).toBe('200');
  expect(await ask('POST', '/v1/responses/resp_1/cancel')).toBe('200');
  expect(await ask('POST', '/v1/completions', '{"model":"up/old","prompt":"x"}')).toBe('200');
  expect(await ask('POST', '/v1/messages/count_tokens', '{"model":"m"}')).toBe('404');
  expect(upstream.requests.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
    'GET /v1/responses/resp_1?include%5B%5D=x&stream=true ',
    'POST /v1/responses/resp_1/cancel ',
    'POST /v1/completions {"model":"old","prompt":"x"}',
  ]);
  expect(gateway.told).toEqual([]);
  const [last] = gateway.store.calls.list({}, 1);
  expect(last).toMatchObject({
    endpoint: 'POST /v1/completions',
    model: 'old',
    inputTokens: 3,
    outputTokens: 4,
    costUsd: 0.5,
    state: 'done',
  });
});

it('answers a client that waits for "100 Continue" only after the checks', async () => {
  const { port, key, upstream } = await setUp(() => ok);
  const body = '{"model":"m"}';
  const wrong = raw(port, 'atl-wrong', body, 'Expect: 100-continue\r\n').split('\r\n\r\n')[0];
  expect(await speak(port, `${wrong}\r\n\r\n`, isWhole)).toMatch(/^HTTP\/1\.1 401/u);
  const right = raw(port, key, body, 'Expect: 100-continue\r\n');
  expect(await speak(port, right, '{"ok":true}')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 Played/u);
  expect(upstream.requests).toHaveLength(1);
});

it('asks on one connection again and again', async () => {
  const { port, key, upstream } = await setUp(() => ok);
  const one = raw(port, key, '{"model":"m"}');
  const answer = await speak(port, [one + one, raw(port, key, '{"model":"m"}', 'Connection: close\r\n')]);
  expect(answer.split('HTTP/1.1 200 Played')).toHaveLength(4);
  expect(upstream.requests).toHaveLength(3);
});
