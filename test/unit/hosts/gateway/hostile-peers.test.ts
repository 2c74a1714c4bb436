// Clients and upstreams that break off or lie where it hurts: the process goes on, and says what it met.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { completion } from '#test/captured';
import { openGateway, speak } from '#test/gateway';
import { openWorld, type Way } from '../../clients/two-ways.ts';

const body = '{"model":"m","messages":[]}';

describe('clients that end with a reset', () => {
  const head = 'HTTP/1.1\r\nHost: %HOST%\r\n';
  const requests: readonly (readonly [string, string])[] = [
    ['a tunnel', `CONNECT a:1 ${head}\r\n`],
    ['a WebSocket', `GET /socket ${head}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`],
    ['an expectation', `POST /v1/responses ${head}Expect: more\r\nContent-Length: 9\r\n\r\n`],
    ['what is not HTTP', `GET / ${head}bad\r\n\r\n`],
    ['many requests at once', `GET /v1/models ${head}\r\n`.repeat(50)],
  ];

  test.each(requests)('%s', async (_, request) => {
    const { server } = await openGateway();
    const host = `127.0.0.1:${server.port}`;
    for (let time = 0; time < 60; time += 1) {
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(request.replaceAll('%HOST%', host), () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    const answer = await speak(server.port, `GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toContain('A key is needed');
  });
});

/** Answers every connection with these bytes. */
async function rawUpstream(answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answerBy(upstream: string): Promise<{ readonly heard: string; readonly failures: readonly string[] }> {
  const gateway = await openGateway({ providers: { up: await rawUpstream(upstream) } });
  const { port } = gateway.server;
  const heard = await speak(
    port,
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${gateway.key()}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
  return { heard, failures: gateway.failures };
}

describe('upstreams', () => {
  test.each(['000', '099', '150'])('a status %s that is no answer’s', async (status) => {
    const { heard, failures } = await answerBy(`HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\n{}`);
    expect(heard).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
    expect(failures).toEqual([]);
  });

  test('a reason with control characters', async () => {
    const { heard, failures } = await answerBy(`HTTP/1.1 200 O\u0001\u007fK\r\nContent-Length: 2\r\n\r\n{}`);
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/u);
    expect(failures).toEqual([]);
  });

  test('a header that looks like a key is masked in the record, which is answered all the same', async () => {
    const world = await openWorld(() => ({
      headers: [
        ['content-type', 'application/json'],
        ['x-request', 'sk-proj-9Zr7Tb1Wm6Yc3Pd9Hs54Nq8vKx2'],
      ],
      body: JSON.stringify(completion({ content: 'Hello.' })),
    }));
    const ask = ({ origin, apiKey }: Way): Promise<Response> =>
      fetch(`${origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
        body: '{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
      });
    expect((await ask(world.way())).status).toBe(200);
    const again = await ask(world.way({ mode: 'replay' }));
    expect([again.status, again.headers.get('x-atelier-from')]).toEqual([200, 'record']);
    expect(again.headers.get('x-request')).not.toContain('9Zr7Tb1Wm6Yc3Pd9Hs54Nq8vKx2');
  });
});
