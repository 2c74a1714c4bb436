// A provider's server over real HTTP: what is sent, with which key, how often, and what comes back.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VaultRedactor } from '#engine/vault/redactor';
import {
  ask,
  failureOf,
  fakeUpstream,
  ManualTime,
  noWaiting,
  openUpstream,
  openWay,
  secretsOf,
  textOf,
  until,
  valueOf,
} from './model-world.ts';

const key = 'sk-test-0123456789abcdefghij';

describe('what is sent', () => {
  it('goes to the provider’s address with its key, the caller’s headers in their order and none that are its own', async () => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const { upstream, asked } = openUpstream(server.origin, {
      settings: { secret: 'KEY', headers: { 'OpenAI-Organization': 'org-1', 'X-Two': 'settings' } },
      secrets: secretsOf({ KEY: { values: [key], origin: server.origin } }),
    });
    await textOf(
      await upstream.send(
        ask({
          headers: [
            ['X-One', '1'],
            ['Authorization', 'Bearer theirs'],
            ['content-type', 'application/json'],
            ['x-two', 'caller'],
            ['Cookie', 'a=b'],
            ['x-api-key', 'theirs'],
            ['X-Atelier-Session', 's'],
            ['Accept-Encoding', 'gzip'],
            ['connection', 'x-hop'],
            ['x-hop', '1'],
          ],
          body: Buffer.from('{"model":"small"}'),
        }),
      ),
    );
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions', body: '{"model":"small"}' });
    const framing = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);
    expect(request?.headers.filter(([name]) => !framing.has(name.toLowerCase()))).toEqual([
      ['X-One', '1'],
      ['authorization', `Bearer ${key}`],
      ['content-type', 'application/json'],
      ['x-two', 'caller'],
      ['OpenAI-Organization', 'org-1'],
      ['accept-encoding', 'identity'],
    ]);
    expect(asked[0]?.cause).toEqual({ purpose: 'model', model: 'small', secret: 'KEY' });
    expect(JSON.stringify([asked[0]?.cause, asked[0]?.url])).not.toContain(key);
  });

  it('has the key and the version where Anthropic wants them', async () => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const settings = { dialect: 'anthropic', secret: 'KEY' } as const;
    const secrets = secretsOf({ KEY: { values: [key], origin: server.origin } });
    const { upstream } = openUpstream(server.origin, { settings, secrets });
    await textOf(await upstream.send(ask({ path: '/messages' })));
    await textOf(await upstream.send(ask({ path: '/messages', headers: [['Anthropic-Version', '2099-01-01']] })));
    const [first, second] = server.requests;
    if (first === undefined || second === undefined) throw new Error('Two requests should have come.');
    expect(valueOf(first, 'x-api-key')).toBe(key);
    expect(valueOf(first, 'authorization')).toBeUndefined();
    expect(valueOf(first, 'anthropic-version')).toBe('2023-06-01');
    expect(second.headers.filter(([name]) => /version/iu.test(name))).toEqual([['Anthropic-Version', '2099-01-01']]);
  });

  it.each([
    '/../admin',
    '/x/../../admin',
    '/%2e%2e/admin',
    '@elsewhere.test/',
    '/a b',
    '/a\\..\\b',
    'chat',
    '/x\r\nx-evil: 1',
  ])('never goes to %j', async (path) => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const { upstream } = openUpstream(server.origin);
    await expect(upstream.send(ask({ path }))).rejects.toThrow(/is no path below/u);
    expect(server.requests).toEqual([]);
  });

  it('keeps a query, and no hash', async () => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const { upstream } = openUpstream(server.origin);
    await textOf(await upstream.send(ask({ method: 'GET', path: '/models?limit=2#x' })));
    expect(server.requests[0]?.path).toBe('/v1/models?limit=2');
  });
});

describe('the secret', () => {
  it('goes to the origin that it is bound to, and to no other', async () => {
    const [own, other] = [await fakeUpstream(() => ({ body: '{}' })), await fakeUpstream(() => ({ body: '{}' }))];
    const secrets = secretsOf({ KEY: { values: [key], origin: own.origin } });
    const { upstream } = openUpstream(other.origin, { settings: { secret: 'KEY' }, secrets });
    const error = await failureOf(upstream.send(ask()));
    expect(error).toMatchObject({ status: 401, hint: 'Bind it in the vault.' });
    expect(error.message).toContain(other.origin);
    expect(other.received).toBe(0);
  });

  it('does not follow a redirect to another origin', async () => {
    const other = await fakeUpstream(() => ({ body: '{}' }));
    const server = await fakeUpstream(() => ({
      status: 307,
      headers: [['location', `${other.origin}/v1/chat/completions`]],
      body: '',
    }));
    const secrets = secretsOf({ KEY: { values: [key], origin: server.origin } });
    const { upstream } = openUpstream(server.origin, { settings: { secret: 'KEY' }, secrets });
    expect((await upstream.send(ask())).status).toBe(307);
    expect(other.received).toBe(0);
  });

  it('is said to be missing where there is no vault, before anything is sent', async () => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const { upstream } = openUpstream(server.origin, { settings: { secret: 'KEY' } });
    await expect(failureOf(upstream.send(ask()))).resolves.toMatchObject({ status: 401 });
    expect(server.received).toBe(0);
  });

  it('cannot add a header', async () => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const secrets = secretsOf({ KEY: { values: ['a\r\nx-evil: 1'], origin: server.origin } });
    const { upstream } = openUpstream(server.origin, { settings: { secret: 'KEY' }, secrets });
    const error = await failureOf(upstream.send(ask()));
    expect(error.status).toBe(401);
    expect(error.message).not.toContain('x-evil');
    expect(server.received).toBe(0);
  });

  it('is released for each request, for what it is for', async () => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const secrets = secretsOf({ KEY: { values: [key], origin: server.origin } });
    const { upstream } = openUpstream(server.origin, { settings: { secret: 'KEY' }, secrets });
    await textOf(await upstream.send(ask({ cause: { purpose: 'model', model: 'small', run: 'r1' } })));
    await textOf(await upstream.send(ask({ cause: { purpose: 'gateway', model: 'small', key: 'k1' } })));
    expect(secrets.releases.map(({ to }) => to)).toEqual([
      { provider: 'test', origin: server.origin, purpose: 'model test/small for run r1' },
      { provider: 'test', origin: server.origin, purpose: 'gateway test/small for gateway key k1' },
    ]);
  });

  it.each([401, 403])('is tried with its other value once where the first is refused with %i', async (status) => {
    const server = await fakeUpstream((request) => ({
      status: valueOf(request, 'authorization') === 'Bearer new-value' ? 200 : status,
      body: '{}',
    }));
    const secrets = secretsOf({ KEY: { values: [key, 'new-value'], origin: server.origin } });
    const { upstream } = openUpstream(server.origin, { settings: { secret: 'KEY' }, secrets });
    const response = await upstream.send(ask({ tries: 1 }));
    expect(response.status).toBe(200);
    expect(server.requests.map((request) => valueOf(request, 'authorization'))).toEqual([
      `Bearer ${key}`,
      'Bearer new-value',
    ]);
    await textOf(response);
    expect(upstream.settings.secret).toBe('KEY');
  });

  it('does not keep the connection of a refused first value', async () => {
    const server = await fakeUpstream((request) =>
      valueOf(request, 'authorization') === 'Bearer new-value' ? { body: '{}' } : { status: 401, body: ['a', 20_000] },
    );
    const secrets = secretsOf({ KEY: { values: [key, 'new-value'], origin: server.origin } });
    const { upstream } = openUpstream(server.origin, { settings: { secret: 'KEY' }, secrets });
    expect((await upstream.send(ask())).status).toBe(200);
    await until(() => server.requests[0]?.gone.aborted === true);
  });

  it('gives the refusal of the second value where both are refused, and no third is tried', async () => {
    const server = await fakeUpstream((request) => ({ status: 401, body: valueOf(request, 'authorization') ?? '' }));
    const secrets = secretsOf({ KEY: { values: [key, 'new-value'], origin: server.origin } });
    const { upstream } = openUpstream(server.origin, { settings: { secret: 'KEY' }, secrets });
    await expect(textOf(await upstream.send(ask()))).resolves.toBe('Bearer new-value');
    expect(server.requests).toHaveLength(2);
  });
});

describe('what comes back', () => {
  const redactor = new VaultRedactor(() => Buffer.alloc(32));
  redactor.know('KEY', key);

  it('has every known secret masked, in body and headers, however it is cut', async () => {
    const said = `{"error":{"message":"Incorrect API key provided: ${key}."}}`;
    const server = await fakeUpstream(() => ({
      status: 401,
      headers: [
        ['x-echo', `you sent ${key}`],
        ['x-plain', 'as it is'],
      ],
      body: [...Buffer.from(said)].map((byte) => Buffer.from([byte])),
    }));
    const { upstream } = openUpstream(server.origin, { redactor });
    const response = await upstream.send(ask());
    expect(await textOf(response)).toBe(said.replace(key, '‹secret KEY›'));
    expect(response.headers).toContainEqual(['x-plain', 'as it is']);
    expect(JSON.stringify(response.headers)).toContain('you sent *secret KEY*');
    expect(JSON.stringify(response)).not.toContain(key);
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('is decoded where the server compresses it although it was asked not to (%s), and masked', async (name, pack) => {
    const server = await fakeUpstream(() => ({
      headers: [['content-encoding', name]],
      body: [pack(Buffer.from(`one ${key} two`))],
    }));
    const { upstream } = openUpstream(server.origin, { redactor });
    const response = await upstream.send(ask());
    expect(await textOf(response)).toBe('one ‹secret KEY› two');
    expect(response.headers.map(([header]) => header.toLowerCase())).not.toContain('content-encoding');
  });

  it('is an error where it is encoded in a way that cannot be searched, or is no such code', async () => {
    for (const [name, bytes] of [
      ['rot13', 'frperg'],
      ['gzip', 'no gzip at all'],
    ] as const) {
      const server = await fakeUpstream(() => ({ headers: [['content-encoding', name]], body: bytes }));
      const { upstream, limiter } = openUpstream(server.origin);
      const response = await upstream.send(ask());
      await expect(failureOf(textOf(response))).resolves.toMatchObject({ status: 502 });
      expect(limiter.inFlight).toBe(0);
    }
  });

  it('is handed on as it comes', async () => {
    let goOn = (): void => undefined;
    const rest = new Promise<void>((resolve) => (goOn = resolve));
    const server = await fakeUpstream(() => ({
      body: (async function* () {
        yield 'first ';
        await rest;
        yield 'second';
      })(),
    }));
    const { upstream } = openUpstream(server.origin, { redactor });
    const pieces = (await upstream.send(ask())).body[Symbol.asyncIterator]();
    const first = await pieces.next();
    expect(Buffer.from(first.value as Uint8Array).toString()).toBe('first ');
    goOn();
    const second = await pieces.next();
    expect(Buffer.from(second.value as Uint8Array).toString()).toBe('second');
  });
});

describe('retries', () => {
  it.each([408, 409, 429, 500, 503, 529])('are made for %i, as long as there are tries', async (status) => {
    let count = 0;
    const server = await fakeUpstream(() => ({ status: ++count < 3 ? status : 200, body: 'x' }));
    const timing = noWaiting();
    const { upstream, limiter } = openUpstream(server.origin, { timing });
    const response = await upstream.send(ask());
    expect(response.status).toBe(200);
    expect(await textOf(response)).toBe('x');
    expect(timing.pauses).toEqual([250, 500]);
    expect(server.requests).toHaveLength(3);
    expect(limiter.inFlight).toBe(0);
  });

  it('give the last answer, whatever it is, and end', async () => {
    const server = await fakeUpstream(() => ({ status: 503, body: 'busy' }));
    const { upstream } = openUpstream(server.origin, { timing: noWaiting(), settings: { tries: 2 } });
    const response = await upstream.send(ask());
    expect([response.status, await textOf(response)]).toEqual([503, 'busy']);
    expect(server.requests).toHaveLength(2);
  });

  it('are not made for a foreign client, nor for what would be refused again', async () => {
    const server = await fakeUpstream(({ path }) => ({ status: path.endsWith('bad') ? 400 : 500, body: 'x' }));
    const { upstream } = openUpstream(server.origin, { timing: noWaiting() });
    expect((await upstream.send(ask({ tries: 1 }))).status).toBe(500);
    expect((await upstream.send(ask({ path: '/bad' }))).status).toBe(400);
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    [[['retry-after', '7']], 7000],
    [[['retry-after-ms', '1500']], 1500],
  ] as const)('wait as long as %j asks', async (headers, ms) => {
    let count = 0;
    const server = await fakeUpstream(() => (++count < 2 ? { status: 429, headers, body: '' } : { body: 'x' }));
    const timing = noWaiting();
    const { upstream } = openUpstream(server.origin, { timing, random: 0 });
    await textOf(await upstream.send(ask()));
    expect(timing.pauses).toEqual([ms]);
  });

  it('wait until a date', async () => {
    let count = 0;
    const time = new ManualTime();
    const headers = [['retry-after', new Date(time.now() + 20_000).toUTCString()]] as const;
    const server = await fakeUpstream(() => (++count < 2 ? { status: 503, headers, body: '' } : { body: 'x' }));
    const { upstream } = openUpstream(server.origin, { timing: time, random: 0 });
    const response = upstream.send(ask());
    await until(() => time.next === 20_000);
    time.pass(20_000);
    expect((await response).status).toBe(200);
  });

  it('give the answer to who asks where the provider wants more than a minute', async () => {
    const server = await fakeUpstream(() => ({ status: 429, headers: [['retry-after', '3600']], body: 'later' }));
    const { upstream } = openUpstream(server.origin, { timing: noWaiting() });
    expect((await upstream.send(ask())).status).toBe(429);
    expect(server.requests).toHaveLength(1);
  });

  it('are made where the network fails', async () => {
    let count = 0;
    const server = await fakeUpstream(() => (++count < 2 ? { body: [{ cut: true }] } : { body: 'x' }));
    const down = await fakeUpstream(() => ({ body: '' }));
    await down.close();
    const timing = noWaiting();
    const { upstream } = openUpstream(down.origin, { timing });
    const error = await failureOf(upstream.send(ask()));
    expect(error).toMatchObject({ status: 502, hint: 'Is the server running, and on this port?' });
    expect(error.message).toContain('nothing listens there (ECONNREFUSED)');
    expect(timing.pauses).toHaveLength(2);
    // A body that breaks off is for who reads it: some of it may have been handed on.
    const cut = await openUpstream(server.origin, { timing }).upstream.send(ask());
    await expect(failureOf(textOf(cut))).resolves.toMatchObject({ status: 502 });
    expect(server.requests).toHaveLength(1);
  });

  it('end when they are cancelled while waiting', async () => {
    const server = await fakeUpstream(() => ({ status: 503, body: '' }));
    const time = new ManualTime();
    const { upstream, limiter } = openUpstream(server.origin, { timing: time });
    const stop = new AbortController();
    const response = upstream.send(ask({ signal: stop.signal }));
    await until(() => server.requests.length === 1 && time.next === 250);
    stop.abort();
    await expect(response).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(limiter.inFlight).toBe(0);
  });
});

describe('patience', () => {
  it('ends with 504, and says where it is set', async () => {
    const server = await fakeUpstream(() => new Promise(() => undefined));
    const { upstream } = openUpstream(server.origin, { settings: { timeoutMs: 30, tries: 1 } });
    await expect(failureOf(upstream.send(ask()))).resolves.toMatchObject({
      status: 504,
      hint: 'How long it may take is set in atelier.json at models.providers.test.timeoutMs.',
    });
  });
});

describe('offline mode', () => {
  it('refuses with its own sentence; nothing leaves, nothing is tried again, the breaker hears nothing', async () => {
    const server = await fakeUpstream(() => ({ body: '{}' }));
    const way = openWay();
    await way.egress.setAllowed([]);
    await way.egress.setOffline(true);
    const { upstream, breaker, asked } = openUpstream(server.origin, { way, breaker: { failures: 1 } });
    await expect(failureOf(upstream.send(ask()))).resolves.toMatchObject({ status: 403 });
    expect(asked).toHaveLength(1);
    expect(server.received).toBe(0);
    expect(breaker.state.state).toBe('closed');
  });
});
