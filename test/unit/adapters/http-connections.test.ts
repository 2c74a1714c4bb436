// Connections of outbound HTTP: kept, dead, refused, secured; and their bytes, counted.
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NodeHttp } from '#adapters/http';
import type { HttpRequest } from '#engine/network-ports';
import { until } from '#test/egress-world';
import { client, failureOf, get, raw, small, textOf, upstream } from '#test/http-world';
import { tlsCertificate } from '#test/tls-certificate';

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
