// Slow, endless and too many: what a client may cost the loopback server.
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Problem } from '#engine/problem';
import type { Route } from '#hosts/gateway/route';
import { openServer } from '#hosts/gateway/server';
import { openGateway, speak, type GatewayOptions } from '#test/gateway';
import { startFakeUpstream, type Piece } from '#test/upstream/fake-upstream';

async function setUp(options: GatewayOptions = {}) {
  const upstream = await startFakeUpstream(() => ({
    headers: [['content-type', 'application/json']],
    body: '{"ok":true}',
  }));
  onTestFinished(() => upstream.close());
  const gateway = await openGateway({ providers: { up: upstream.origin }, ...options });
  const { port } = gateway.server;
  const key = gateway.key();
  const head = (more: string): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n${more}`;
  return { upstream, gateway, port, key, head };
}

const quick = { headersMs: 150, requestMs: 300, checkMs: 30 };

it('ends a connection that says nothing', async () => {
  const { port } = await setUp({ bounds: quick });
  expect(await speak(port, '')).toMatch(/^(?:HTTP\/1\.1 408.*too slowly.*)?$/su);
});

it('ends headers that drip', async () => {
  const { port, head, upstream } = await setUp({ bounds: quick });
  expect(await drip(port, head('X-A: '), 'b')).toContain('HTTP/1.1 408');
  expect(upstream.requests).toEqual([]);
});

it('ends a body that drips, whatever it says of its length', async () => {
  const { port, head, upstream, gateway } = await setUp({ bounds: quick });
  expect(await drip(port, head('Content-Length: 100000\r\n\r\n{"a":"'), 'b')).toContain('HTTP/1.1 408');
  expect(await drip(port, head('Transfer-Encoding: chunked\r\n\r\n'), '1\r\nb\r\n')).toContain('HTTP/1.1 408');
  expect(upstream.requests).toEqual([]);
  expect(gateway.failures).toEqual([]);
});

it('stops reading a body that has no end', async () => {
  const { port, head, upstream } = await setUp();
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  let sent = 0;
  socket.on('data', (piece: Buffer) => (heard += piece.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(head('Transfer-Encoding: chunked\r\n\r\n'));
  const piece = Buffer.from(`100000\r\n${'x'.repeat(0x10_0000)}\r\n`);
  const more = (): void => {
    if (socket.destroyed || sent > 400) return;
    sent += 1;
    socket.write(piece, more);
  };
  more();
  await new Promise((resolve) => socket.once('close', resolve));
  expect(heard).toContain('HTTP/1.1 413');
  expect(heard).toContain('longer than 32 MiB');
  expect(upstream.requests).toEqual([]);
}, 30_000);

it('unpacks no more than it would read', async () => {
  const { port, key, upstream } = await setUp();
  const bomb = gzipSync(Buffer.alloc(33 * 1024 * 1024, 0x20));
  expect(bomb.length).toBeLessThan(100_000);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: bomb,
  });
  expect(answer.status).toBe(413);
  expect(upstream.requests).toEqual([]);
});

it('takes as large a body as it says, nested or in one text', async () => {
  const { port, key, upstream } = await setUp();
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '"\\é'.repeat(2_000_000) }] });
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
  expect(answer.status).toBe(200);
  expect(upstream.requests[0]?.body === body).toBe(true);
});

it('has so many connections at once', async () => {
  const { port } = await setUp({ bounds: { connections: 5 } });
  const sockets: Socket[] = [];
  let dropped = 0;
  for (let n = 0; n < 12; n += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).on('close', () => (dropped += 1));
    sockets.push(socket);
  }
  await vi.waitFor(() => expect(dropped).toBe(7), 10_000);
  for (const socket of sockets) socket.destroy();
});

it('slows wrong keys down, and lets right ones in all the same', async () => {
  let now = 1_000_000;
  const { port, key } = await setUp({ now: () => now });
  const ask = (given: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization: `Bearer ${given}` } });
  const wrong = await Promise.all(Array.from({ length: 70 }, (_, n) => ask(`atl-${String(n).padStart(43, 'x')}`)));
  const statuses = wrong.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(60);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  expect(wrong.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('60');
  expect((await ask(key)).status).toBe(200);
  now += 61_000;
  expect((await ask('atl-x')).status).toBe(401);
});

it('closes while a stream goes on: takes nothing new, lets it end, and cuts it after its patience', async () => {
  let go: (() => void) | undefined;
  const stream = await startFakeUpstream(() => ({
    headers: [['content-type', 'text/event-stream']],
    body: (async function* (): AsyncGenerator<Piece> {
      yield 'data: 1\n\n';
      await new Promise<void>((resolve) => (go = resolve));
      yield 'data: 2\n\n';
    })(),
  }));
  onTestFinished(() => stream.close());
  const begin = async (closeMs: number) => {
    const gateway = await openGateway({ providers: { up: stream.origin }, bounds: { closeMs } });
    const answer = await fetch(`${gateway.server.address}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key()}`, 'content-type': 'application/json' },
      body: '{"model":"m","stream":true}',
    });
    const reader = answer.body?.getReader();
    await reader?.read();
    const closed = gateway.server.close();
    await expect(fetch(`${gateway.server.address}/v1/models`)).rejects.toThrow('fetch failed');
    const ended = (): Promise<unknown> =>
      vi.waitFor(() => gateway.told[0]?.answered?.state ?? Promise.reject(new Error('not yet')), 10_000);
    return { reader, closed, ended };
  };
  const patient = await begin(20_000);
  go?.();
  expect(Buffer.from((await patient.reader?.read())?.value ?? '').toString()).toBe('data: 2\n\n');
  expect((await patient.reader?.read())?.done).toBe(true);
  await patient.closed;
  expect(await patient.ended()).toBe('done');
  const impatient = await begin(100);
  await expect(impatient.reader?.read()).rejects.toThrow('terminated');
  await impatient.closed;
  expect(await impatient.ended()).toBe('cancelled');
});

it('says which port is taken, and takes it from nobody', async () => {
  const { gateway, port } = await setUp();
  const again = openServer({ port, routes: [], authenticate: () => gateway.keys.enter(''), failed: () => undefined });
  const error = await again.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({ code: 'CONFLICT', message: `Port ${port} is taken by another program.` });
  expect((await fetch(`http://127.0.0.1:${port}/v1/models`)).status).toBe(401);
});

it('listens on 127.0.0.1 alone', async () => {
  const { port } = await setUp();
  await expect(
    new Promise((resolve, reject) => connect(port, '::1').once('connect', resolve).once('error', reject)),
  ).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT|ENETUNREACH/u);
  // On Linux all of 127/8 is this machine; the socket is bound to one address of it.
  if (process.platform !== 'linux') return;
  await expect(
    new Promise((resolve, reject) => connect(port, '127.0.0.2').once('connect', resolve).once('error', reject)),
  ).rejects.toThrow('ECONNREFUSED');
});

it('tells the log what a route threw, and the client that it did', async () => {
  const route = (handle: Route['handle']): Route => ({ prefix: '/odd/', bodyLimit: 10, scope: () => 'read', handle });
  const thrown = await setUp({ routes: [route(() => Promise.reject(new Error('a secret detail')))] });
  const ask = (port: number, key: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/odd/x`, { headers: { authorization: `Bearer ${key}` } });
  const answer = await ask(thrown.port, thrown.key);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret detail');
  expect(thrown.gateway.failures).toHaveLength(1);
  expect(thrown.gateway.failures[0]).toContain('a secret detail');
  const problem = await setUp({
    routes: [route(() => Promise.reject(new Problem('CONFLICT', 'It is so.', 'Do this.')))],
  });
  const told = await ask(problem.port, problem.key);
  expect(told.status).toBe(409);
  expect(await told.json()).toMatchObject({ error: { message: 'It is so. Do this.' }, hint: 'Do this.' });
  expect(problem.gateway.failures).toEqual([]);
});

it('asks a key for the scope of the route', async () => {
  const { gateway, port } = await setUp();
  const ask = (key: string, path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-api-key': key } });
  expect((await ask(gateway.key({ scopes: ['read'] }), '/v1/models')).status).toBe(403);
  expect((await ask(gateway.key({ scopes: ['models'] }), '/v1/models')).status).toBe(200);
});

/** Says `first`, then `more` again and again, until the other side ends the connection. */
function drip(port: number, first: string, more: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    const timer = setInterval(() => socket.write(more), 20);
    socket.on('data', (piece: Buffer) => (heard += piece.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(heard);
    });
    socket.write(first);
  });
}

it('keeps nothing for a client that leaves the end of an answer unread', async () => {
  const cut = vi.fn();
  const long: Route = {
    prefix: '/long',
    scope: () => undefined,
    bodyLimit: 0,
    async handle({ response }) {
      response.once('close', cut);
      response.end(Buffer.alloc(32 * 1024 * 1024, 'a'));
    },
  };
  const { server } = await openGateway({ bounds: { readMs: 200 }, routes: [long] });
  const socket = connect(server.port, '127.0.0.1').pause();
  onTestFinished(() => void socket.destroy());
  socket.write(`GET /long HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
  await vi.waitFor(() => expect(cut).toHaveBeenCalled(), 10_000);
});

it('has room for so much of large bodies under way, and always for small ones', async () => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const upstream = await startFakeUpstream(async () => {
    await mayAnswer;
    return { headers: [['content-type', 'application/json']], body: '{"ok":true}' };
  });
  onTestFinished(() => upstream.close());
  const gateway = await openGateway({ providers: { up: upstream.origin }, route: { roomForBodies: 1_000_000 } });
  const bearer = gateway.key();
  const send = async (length: number): Promise<number> => {
    const { status } = await fetch(`${gateway.server.address}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'a'.repeat(length) }] }),
    });
    return status;
  };
  const first = send(900_000);
  await vi.waitFor(() => expect(upstream.requests).toHaveLength(1), 10_000);
  expect(await send(900_000)).toBe(503);
  const small = send(100);
  await vi.waitFor(() => expect(upstream.requests).toHaveLength(2), 10_000);
  answer();
  expect(await Promise.all([first, small])).toEqual([200, 200]);
  expect(await send(900_000)).toBe(200);
});

it('takes no endless name of a model', async () => {
  const { port, key, upstream, gateway } = await setUp();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm'.repeat(1025), messages: [] }),
  });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('1024 characters')]);
  expect([upstream.requests, gateway.told]).toEqual([[], []]);
});
