// Outbound HTTP against real sockets: what goes out and comes in is what was said, and is counted.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NodeHttp } from '#adapters/http';
import { HttpFailure, type HttpRequest, type HttpResponse } from '#engine/network-ports';
import { tlsCertificate } from '#test/tls-certificate';
import { startFakeUpstream, type Played, type PlayedRequest } from '#test/upstream/fake-upstream';

function client(): NodeHttp {
  const http = new NodeHttp();
  onTestFinished(() => http.close());
  return http;
}

async function upstream(play: (request: PlayedRequest) => Played | Promise<Played>) {
  const server = await startFakeUpstream(play);
  onTestFinished(() => server.close());
  return server;
}

/** A server that does with each of its connections what `serve` does; every byte it gets and gives is counted by the test itself. */
async function raw(serve: (socket: Socket) => void): Promise<{ readonly origin: string; readonly sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

function get(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  const patience = { headMs: 10_000, idleMs: 10_000 };
  return { method: 'GET', url, headers: [], signal: new AbortController().signal, ...patience, ...change };
}

async function textOf(response: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function failureOf(work: Promise<unknown>): Promise<HttpFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpFailure)) throw new Error('It did not fail as HTTP does.', { cause: error });
  return error;
}

async function until(holds: () => boolean): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > limit) throw new Error('It never came to that.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const small = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('headers', () => {
  it('go out and come in in their order and case, repeats too', async () => {
    const server = await upstream(() => ({
      status: 207,
      headers: [
        ['X-One', 'a'],
        ['x-one', 'b'],
        ['Set-COOKIE', 'c'],
        ['SET-cookie', 'd\u00e9'],
      ],
      body: 'x',
    }));
    const headers = [
      ['X-Zed', '1'],
      ['accept', 'text/html'],
      ['x-zed', '2'],
      ['X-Latin', 'é\t'],
    ] as const;
    const body = Buffer.from('{}');
    const response = await client().request(get(`${server.origin}/a?b=c%20d#e`, { method: 'POST', headers, body }));
    expect(await textOf(response)).toBe('x');
    const [asked] = server.requests;
    expect(asked).toMatchObject({ method: 'POST', path: '/a?b=c%20d', body: '{}' });
    expect(asked?.headers).toEqual([
      ['Host', server.origin.slice('http://'.length)],
      ['X-Zed', '1'],
      ['accept', 'text/html'],
      ['x-zed', '2'],
      ['X-Latin', 'é'],
      ['Content-Length', '2'],
      ['Connection', 'keep-alive'],
    ]);
    expect(response).toMatchObject({ status: 207, statusText: 'Played' });
    expect(response.headers).toEqual([
      ['X-One', 'a'],
      ['x-one', 'b'],
      ['Set-COOKIE', 'c'],
      ['SET-cookie', 'dé'],
      ['content-length', '1'],
    ]);
  });

  it('of the connection are the adapter’s own', async () => {
    const server = await upstream(() => ({ body: 'x' }));
    const headers = [
      ['HOST', 'elsewhere.example'],
      ['Content-Length', '999'],
      ['transfer-encoding', 'chunked'],
      ['Connection', 'close, x-kept'],
      ['Expect', '100-continue'],
      ['TE', 'trailers'],
      ['Upgrade', 'h2c'],
      ['x-kept', 'yes'],
    ] as const;
    await textOf(await client().request(get(server.origin, { method: 'POST', headers })));
    expect(server.requests[0]?.headers).toEqual([
      ['Host', server.origin.slice('http://'.length)],
      ['x-kept', 'yes'],
      ['Content-Length', '0'],
      ['Connection', 'keep-alive'],
    ]);
  });

  it('that would break out are refused before anything is sent', async () => {
    const server = await upstream(() => ({ body: 'x' }));
    const http = client();
    const attacks: readonly (readonly [string, string])[] = [
      ['x', 'a\r\nHost: elsewhere'],
      ['x', 'a\nb'],
      ['x', 'a\rb'],
      ['x', 'a\u0000b'],
      ['x', 'a\u010ab'],
      ['x', '\u{1f600}'],
      ['x\r\nevil', 'a'],
      ['x: y', 'a'],
      ['', 'a'],
      ['x ', 'a'],
      ['é', 'a'],
    ];
    for (const header of attacks) {
      const failure = await failureOf(http.request(get(server.origin, { headers: [header] })));
      expect(failure).toMatchObject({ code: 'INVALID', traffic: { sent: 0, received: 0 } });
    }
    for (const method of ['GET /x HTTP/1.1\r\nA: b\r\n\r\n', 'G T', '', 'CONNECT'])
      expect((await failureOf(http.request(get(server.origin, { method })))).code).toBe('INVALID');
    expect(server.received).toBe(0);
  });

  it('of an answer are bounded', async () => {
    const { origin } = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write(`x-more: ${'y'.repeat(1000)}\r\n`));
        if (!socket.destroyed) socket.once('drain', more);
      };
      socket.once('data', more);
    });
    const failure = await failureOf(client().request(get(origin)));
    expect(failure.code).toBe('HPE_HEADER_OVERFLOW');
    expect(failure.message).toContain('too long');
    const many = Array.from({ length: 3000 }, (_, index) => `a${index}: b\r\n`).join('');
    const { origin: other } = await raw((socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${many}Content-Length: 0\r\n\r\n`)),
    );
    expect((await client().request(get(other))).headers).toHaveLength(3001);
  });
});

describe('answers', () => {
  it('are not followed where they lead elsewhere, and not decoded', async () => {
    const server = await upstream(({ path }) =>
      path === '/'
        ? { status: 302, headers: [['location', '/other']], body: 'no' }
        : { headers: [['content-encoding', 'gzip']], body: 'not gzip at all' },
    );
    const http = client();
    const response = await http.request(get(server.origin));
    expect([response.status, await textOf(response)]).toEqual([302, 'no']);
    expect(await textOf(await http.request(get(`${server.origin}/gzip`)))).toBe('not gzip at all');
    expect(server.requests).toHaveLength(2);
  });

  it('come piece by piece, bytes as they are', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server = await upstream(() => ({
      body: (async function* () {
        yield Uint8Array.of(0, 255, 13, 10);
        await released;
        yield 'after';
      })(),
    }));
    const response = await client().request(get(server.origin));
    const body = response.body[Symbol.asyncIterator]();
    expect(Buffer.from((await body.next()).value ?? [])).toEqual(Buffer.from([0, 255, 13, 10]));
    release();
    expect(Buffer.from((await body.next()).value ?? []).toString()).toBe('after');
    expect((await body.next()).done).toBe(true);
    expect((await body.next()).done).toBe(true);
  });

  it('without a body end at once', async () => {
    for (const head of ['204 None\r\n', '304 Same\r\nContent-Length: 10\r\n']) {
      const { origin } = await raw((socket) => socket.on('data', () => socket.write(`HTTP/1.1 ${head}\r\n`)));
      expect(await textOf(await client().request(get(origin)))).toBe('');
    }
    const { origin } = await raw((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')),
    );
    expect(await textOf(await client().request(get(origin, { method: 'HEAD' })))).toBe('');
  });

  it('that end with their connection are whole, also for a slow reader', async () => {
    const { origin } = await raw((socket) =>
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${'z'.repeat(300_000)}`)),
    );
    const response = await client().request(get(origin));
    let length = 0;
    for await (const piece of response.body) {
      length += piece.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(length).toBe(300_000);
  });

  it('that are cut off give what came, then fail', async () => {
    const { origin } = await raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')),
    );
    const { body } = await client().request(get(origin));
    const reader = body[Symbol.asyncIterator]();
    expect(Buffer.from((await reader.next()).value ?? []).toString()).toBe('half');
    expect((await failureOf(reader.next())).code).toBe('ECONNRESET');
  });

  it('wait for a slow reader', async () => {
    let written = 0;
    const piece = Buffer.alloc(64 * 1024, 'a');
    const { origin } = await raw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
        const more = (): void => {
          while (!socket.destroyed && socket.write(piece)) written += piece.length;
        };
        socket.on('drain', more);
        more();
      });
    });
    const response = await client().request(get(origin));
    let before = -1;
    let still = 0;
    await until(() => {
      still = written === before && written > 0 ? still + 1 : 0;
      before = written;
      return still === 30;
    });
    // What the system itself holds for a connection is a few megabytes.
    expect(written).toBeLessThan(100_000_000);
    for await (const _ of response.body) break;
    await until(() => response.traffic().received > 0);
  });

  it('that are no HTTP fail with a reason', async () => {
    for (const [said, code] of [
      ['SSH-2.0-OpenSSH_9\r\n', 'HPE_'],
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nxx', 'HPE_'],
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxx\r\n0\r\n\r\n', 'HPE_'],
      ['HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', 'UPGRADE'],
      ['', 'ECONNRESET'],
    ] as const) {
      const { origin } = await raw((socket) => socket.once('data', () => socket.end(said)));
      expect((await failureOf(client().request(get(origin)))).code).toContain(code);
    }
  });
});

describe('patience', () => {
  it('ends where no head comes, be it begun or not', async () => {
    for (const begun of ['', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\nA: b\r\n']) {
      const { origin, sockets } = await raw((socket) => socket.once('data', () => socket.write(begun)));
      const failure = await failureOf(client().request(get(origin, { headMs: 50 })));
      expect(failure).toMatchObject({ code: 'TIMEOUT', traffic: { received: Buffer.byteLength(begun) } });
      await until(() => sockets.every(({ destroyed }) => destroyed));
    }
  });

  it('ends where the body stops, not where its reader does or where it drips', async () => {
    const server = await upstream(({ path }) => ({
      body: path === '/drip' ? ['a', 60, 'b', 60, 'c', 60, 'd'] : ['a', 100_000],
    }));
    const http = client();
    expect(await textOf(await http.request(get(`${server.origin}/drip`, { idleMs: 5000, headMs: 5000 })))).toBe('abcd');
    const response = await http.request(get(server.origin, { idleMs: 40 }));
    const reader = response.body[Symbol.asyncIterator]();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(Buffer.from((await reader.next()).value ?? []).toString()).toBe('a');
    expect((await failureOf(reader.next())).code).toBe('TIMEOUT');
    await until(() => server.requests.some(({ path, gone }) => path === '/' && gone.aborted));
  });

  it('ends when the caller says so: before, while it is sent, before the head, in the body', async () => {
    const server = await upstream(({ path }) => ({ body: path === '/head' ? [100_000] : ['a', 100_000] }));
    const http = client();
    expect(await failureOf(http.request(get(server.origin, { signal: AbortSignal.abort() })))).toMatchObject({
      code: 'ABORTED',
      traffic: { sent: 0, received: 0 },
    });
    const { origin } = await raw(() => undefined);
    const before = new AbortController();
    const waiting = failureOf(http.request(get(origin, { signal: before.signal })));
    setTimeout(() => before.abort(), 20);
    expect((await waiting).code).toBe('ABORTED');
    const during = new AbortController();
    const response = await http.request(get(`${server.origin}/body`, { signal: during.signal }));
    const reader = response.body[Symbol.asyncIterator]();
    await reader.next();
    during.abort();
    expect((await failureOf(reader.next())).code).toBe('ABORTED');
    await until(() => server.requests.some(({ path, gone }) => path === '/body' && gone.aborted));
  });

  it('is over for who leaves: its connection is closed', async () => {
    const server = await upstream(() => ({ body: ['a', 100_000] }));
    const response = await client().request(get(server.origin));
    for await (const _ of response.body) break;
    await until(() => server.requests[0]?.gone.aborted === true);
    expect(server.requests).toHaveLength(1);
  });
});

describe('connections', () => {
  it('are kept and used again, and closed when asked to', async () => {
    const { origin, sockets } = await raw((socket) => socket.on('data', () => socket.write(small)));
    const http = client();
    for (let turn = 0; turn < 5; turn += 1) expect(await textOf(await http.request(get(origin)))).toBe('ok');
    expect(sockets).toHaveLength(1);
    await http.close();
    await until(() => sockets[0]?.destroyed === true);
    expect(await textOf(await http.request(get(origin)))).toBe('ok');
    expect(sockets).toHaveLength(2);
  });

  it('that died while they were kept are noticed: the request is sent once more, and no third time', async () => {
    let served = 0;
    const asked: string[] = [];
    const { origin, sockets } = await raw((socket) => {
      let requests = 0;
      socket.on('data', (piece: Buffer) => {
        requests += 1;
        served += 1;
        asked.push(piece.toString('latin1').split('\r\n')[0] ?? '');
        // Each connection takes one request and is dead for the second.
        if (requests === 1) socket.write(small);
        else socket.resetAndDestroy();
      });
    });
    const http = client();
    const body = Buffer.from('hello');
    const post = (path: string): HttpRequest => get(origin + path, { method: 'POST', body });
    expect(await textOf(await http.request(post('/1')))).toBe('ok');
    const second = await http.request(post('/2'));
    expect(await textOf(second)).toBe('ok');
    expect(asked).toEqual(['POST /1 HTTP/1.1', 'POST /2 HTTP/1.1', 'POST /2 HTTP/1.1']);
    expect(sockets).toHaveLength(2);
    // Both tries are counted.
    const received = sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    expect(second.traffic()).toEqual({ sent: (received / 3) * 2, received: small.length });
    expect(served).toBe(3);
  });

  it('that break on a new connection, or after the server took its time, are not tried again', async () => {
    const { origin, sockets } = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect((await failureOf(client().request(get(origin)))).code).toBe('ECONNRESET');
    expect(sockets).toHaveLength(1);
    const slow = await raw((socket) => {
      socket.once('data', () => {
        socket.write(small);
        socket.once('data', () => setTimeout(() => socket.resetAndDestroy(), 1100));
      });
    });
    const http = client();
    await textOf(await http.request(get(slow.origin)));
    expect((await failureOf(http.request(get(slow.origin)))).code).toBe('ECONNRESET');
    expect(slow.sockets).toHaveLength(1);
  });

  it('are not kept where the answer came before the request was sent', async () => {
    const { origin, sockets } = await raw((socket) =>
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too large\r\nContent-Length: 2\r\n\r\nno');
      }),
    );
    const response = await client().request(get(origin, { method: 'POST', body: Buffer.alloc(50_000_000) }));
    expect([response.status, await textOf(response)]).toEqual([413, 'no']);
    expect(response.traffic().sent).toBeLessThan(50_000_000);
    sockets[0]?.resume();
    await until(() => sockets[0]?.destroyed === true);
  });

  it('to nobody fail without a byte', async () => {
    const gone = await raw(() => undefined);
    const server = await upstream(() => ({ body: 'x' }));
    await server.close();
    expect(await failureOf(client().request(get(server.origin)))).toMatchObject({
      code: 'ECONNREFUSED',
      traffic: { sent: 0, received: 0 },
      message: expect.stringContaining('Nothing answers at'),
    });
    // A server that speaks no TLS.
    const failure = await failureOf(client().request(get(gone.origin.replace('http', 'https'), { headMs: 300 })));
    expect(failure).toMatchObject({ code: 'TIMEOUT', traffic: { sent: 0, received: 0 } });
  });

  it('to localhost ask no name server', async () => {
    const { origin } = await raw((socket) => socket.on('data', () => socket.write(small)));
    const { port } = new URL(origin);
    for (const host of ['localhost', 'LOCALHOST.', 'models.localhost'])
      expect(await textOf(await client().request(get(`http://${host}:${port}/`)))).toBe('ok');
  });
});

describe('TLS', () => {
  async function secure() {
    const identity = tlsCertificate();
    const sockets: TLSSocket[] = [];
    const server = createTlsServer(identity, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      let waiting = '';
      socket.on('data', (piece: Buffer) => {
        waiting += piece.toString('latin1');
        while (waiting.includes('\r\n\r\nhello')) {
          waiting = waiting.slice(waiting.indexOf('\r\n\r\nhello') + 9);
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'y'.repeat(100_000)}`);
        }
      });
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return { ca: identity.cert, port: (server.address() as AddressInfo).port, sockets };
  }

  it('is counted inside: the bytes of HTTP, exchange by exchange', async () => {
    const { ca, port, sockets } = await secure();
    const http = new NodeHttp({ ca });
    onTestFinished(() => http.close());
    let [sent, received] = [0, 0];
    for (const host of ['127.0.0.1', 'localhost', '127.0.0.1', 'localhost.'])
      for (let turn = 0; turn < 3; turn += 1) {
        const request = get(`https://${host}:${port}/`, { method: 'POST', body: Buffer.from('hello') });
        const response = await http.request(request);
        expect(await textOf(response)).toHaveLength(100_000);
        sent += response.traffic().sent;
        received += response.traffic().received;
      }
    expect(sockets.length).toBeLessThan(12);
    expect(sent).toBe(sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0));
    expect(received).toBe(sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0));
    expect(received).toBe(12 * (100_000 + 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'.length));
  });

  it('sends nothing to a server whose certificate is not to be trusted', async () => {
    const { port, sockets } = await secure();
    const { ca } = await secure();
    for (const http of [client(), new NodeHttp({ ca })]) {
      const request = get(`https://127.0.0.1:${port}/`, { method: 'POST', body: Buffer.from('hello') });
      expect(await failureOf(http.request(request))).toMatchObject({
        code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/u),
        traffic: { sent: 0, received: 0 },
      });
    }
    expect(sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0)).toBe(0);
  });
});
