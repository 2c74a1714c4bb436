// The ledger against the wire: a server that counts every byte on its sockets, and entries that say the same.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { HttpFailure } from '#engine/network-ports';
import { bodyOf, egressWorld, outbound, trafficOf, until } from '#test/egress-world';
import { startFakeUpstream, type FakeUpstream, type Played, type PlayedRequest } from '#test/upstream/fake-upstream';

async function upstream(play: (request: PlayedRequest) => Played | Promise<Played>): Promise<FakeUpstream> {
  const server = await startFakeUpstream(play);
  onTestFinished(() => server.close());
  return server;
}

/** What the server counts, once it stands at what is expected, or for good. */
async function wireOf(server: FakeUpstream, expected: { readonly sent: number; readonly received: number }) {
  await until(() => server.received >= expected.sent);
  return { sent: server.received, received: server.sent };
}

const long = 'data: {"delta":"four words of text"}\n\n'.repeat(3000);

it('agree over one kept connection, with and without a length', async () => {
  const server = await upstream(({ path }) => ({
    headers: [['X-Answer', 'yes']],
    body: path === '/chunked' ? ['first', 1, 'second', long] : long,
  }));
  const { egress, entries } = egressWorld();
  for (const path of ['/chunked', '/', '/chunked', '/', '/'])
    expect((await bodyOf(await egress.send(outbound(server.origin + path)))).endsWith(long)).toBe(true);
  const written = await entries();
  expect(written.map(({ kind, opens }) => [kind, opens])).toEqual(
    expect.arrayContaining([1, 2, 3, 4, 5].map(() => ['open', undefined])),
  );
  const traffic = trafficOf(written);
  expect(traffic).toEqual(await wireOf(server, traffic));
  // Each exchange by itself, too.
  const closes = written.filter(({ kind }) => kind === 'close');
  expect(new Set(closes.map(({ received }) => received)).size).toBe(2);
  expect(closes.every(({ status, reason }) => status === 200 && reason === undefined)).toBe(true);
  expect(await egress.check()).toMatchObject({ isWhole: true, entries: 10 });
});

it('agree with 200 at once, some cut off, some called off, some left, some never answered', async () => {
  const server = await upstream(({ path }) => {
    if (path.endsWith('cut')) return { body: ['half', { cut: true }] };
    if (path.endsWith('silent')) return { body: [1_000_000] };
    if (path.endsWith('hang') || path.endsWith('left')) return { body: ['some', 1_000_000] };
    return { body: path.endsWith('chunked') ? ['a', long, 'b'] : long };
  });
  const { egress, entries } = egressWorld();
  const kinds = ['whole', 'chunked', 'cut', 'hang', 'left', 'silent'] as const;
  const one = async (index: number): Promise<void> => {
    const kind = kinds[index % kinds.length];
    const controller = new AbortController();
    const { signal } = controller;
    const body = Buffer.alloc(index * 37, 'x');
    const response = await egress.send(outbound(`${server.origin}/${index}/${kind}`, { body, signal }));
    if (kind === 'left') {
      for await (const _ of response.body) break;
      return;
    }
    if (kind === 'hang') {
      await response.body[Symbol.asyncIterator]().next();
      controller.abort();
      return;
    }
    if (kind === 'silent') {
      controller.abort();
      return;
    }
    const failure: unknown = await bodyOf(response).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure instanceof HttpFailure).toBe(kind === 'cut');
  };
  await Promise.all(Array.from({ length: 200 }, (_, index) => one(index)));
  const written = await entries();
  const closes = written.filter(({ kind }) => kind === 'close');
  expect(written.filter(({ kind }) => kind === 'open')).toHaveLength(200);
  expect(closes).toHaveLength(200);
  const reasons = Map.groupBy(closes, ({ path = '' }) => path.split('/')[2]);
  const reasonsOf = (kind: string): unknown => [...new Set(reasons.get(kind)?.map(({ reason }) => reason))];
  expect(kinds.map(reasonsOf)).toEqual([[undefined], [undefined], ['ECONNRESET'], ['ABORTED'], ['LEFT'], ['ABORTED']]);
  const traffic = trafficOf(written);
  const wire = await wireOf(server, traffic);
  expect(traffic).toEqual(wire);
  expect(await egress.check()).toMatchObject({ isWhole: true, entries: 400 });
});

it('agree where nobody answers, and where nobody is there', async () => {
  const server = await upstream(({ path }) =>
    path === '/late' ? new Promise(() => undefined) : { body: ['x', 100_000] },
  );
  const gone = await upstream(() => ({ body: '' }));
  await gone.close();
  const { egress, entries } = egressWorld();
  await expect(egress.send(outbound(`${server.origin}/late`, { headMs: 60 }))).rejects.toMatchObject({
    code: 'TIMEOUT',
  });
  const idle = await egress.send(outbound(server.origin, { idleMs: 60 }));
  await expect(bodyOf(idle)).rejects.toMatchObject({ code: 'TIMEOUT' });
  await expect(egress.send(outbound(gone.origin))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(egress.send(outbound(server.origin, { headers: [['x', 'a\r\nb: c']] }))).rejects.toMatchObject({
    code: 'INVALID',
  });
  const closes = (await entries()).filter(({ kind }) => kind === 'close');
  expect(closes.map(({ reason, status }) => [reason, status])).toEqual([
    ['TIMEOUT', undefined],
    ['TIMEOUT', 200],
    ['ECONNREFUSED', undefined],
    ['INVALID', undefined],
  ]);
  expect(closes.slice(2).map(({ sent, received }) => [sent, received])).toEqual([
    [0, 0],
    [0, 0],
  ]);
  const traffic = trafficOf(closes);
  expect(traffic).toEqual(await wireOf(server, traffic));
});

it('count a dead connection’s bytes with those of the second try', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      socket.once('data', () => socket.resetAndDestroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { egress, entries } = egressWorld();
  for (let turn = 0; turn < 6; turn += 1) expect(await bodyOf(await egress.send(outbound(url)))).toBe('ok');
  const written = await entries();
  expect(written).toHaveLength(12);
  expect(sockets).toHaveLength(6);
  expect(trafficOf(written)).toEqual({
    sent: sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    received: sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
  });
});

it('say of a body that was called off while it was sent what had left, but for what the system still held', async () => {
  const sockets: Socket[] = [];
  let held = true;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (held) socket.pause();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { egress, entries } = egressWorld();
  const controller = new AbortController();
  const total = 60_000_000;
  const sending = egress.send(
    outbound(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      body: Buffer.alloc(total),
      signal: controller.signal,
    }),
  );
  await until(() => (sockets[0]?.bytesRead ?? 0) > 0);
  controller.abort();
  await expect(sending).rejects.toMatchObject({ code: 'ABORTED' });
  held = false;
  sockets[0]?.resume();
  await until(() => sockets[0]?.destroyed === true);
  const { sent } = trafficOf(await entries());
  const arrived = sockets[0]?.bytesRead ?? 0;
  expect(sent).toBeGreaterThanOrEqual(arrived);
  expect(sent).toBeLessThan(total);
  expect(sent - arrived).toBeLessThanOrEqual(80 * 1024);
});

it('hold a thousand answers that nobody reads without holding their bytes', async () => {
  const piece = Buffer.alloc(64 * 1024, 'a');
  const sockets = new Set<Socket>();
  let asked = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      asked += 1;
      const more = (): void => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on('drain', more);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n');
      more();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 2000, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { egress, entries } = egressWorld();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const before = process.memoryUsage().arrayBuffers;
  const responses = await Promise.all(Array.from({ length: 1000 }, () => egress.send(outbound(url))));
  let last = -1;
  let still = 0;
  await until(() => {
    const now = responses.reduce((sum, response) => sum + response.traffic().received, 0);
    still = now === last ? still + 1 : 0;
    last = now;
    return still === 20;
  });
  expect(asked).toBe(1000);
  // Read ahead: 64 KiB and a piece of as much for each, and as much again on the server's side of this same process.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400_000_000);
  for (const response of responses) await response.body[Symbol.asyncIterator]().return?.();
  const written = await entries();
  expect(written).toHaveLength(2000);
  expect(new Set(written.map(({ opens }) => opens)).size).toBe(1001);
  await until(() => sockets.size === 0);
}, 60_000);
