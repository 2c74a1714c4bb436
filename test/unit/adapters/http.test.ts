// Outbound HTTP against real sockets: what goes out and comes in is what was said, and who waits is not left waiting.
import { describe, expect, it } from 'vitest';
import { until } from '#test/egress-world';
import { client, failureOf, get, raw, textOf, upstream } from '#test/http-world';

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
