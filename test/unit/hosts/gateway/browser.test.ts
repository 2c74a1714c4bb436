// The studio in a browser: who gets in, by what, and who does not, however they ask.
import { describe, expect, test } from 'vitest';
import { linkMs } from '#hosts/gateway/login';
import { browserStudio, clientOver } from '#test/browser-studio';
import { temporaryFolder } from '#test/store';

describe('the link', () => {
  test('shows a button however often it is followed, and lets one in once', async () => {
    const studio = await browserStudio();
    const token = studio.token();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    for (const method of ['HEAD', 'GET', 'GET']) {
      const page = await studio.ask({ method, path: `/login/${token}` });
      expect(page.status).toBe(200);
      expect(page.headers['set-cookie']).toBeUndefined();
      expect(page.text.includes('<button class="main">Open the studio</button>')).toBe(method === 'GET');
    }
    const entered = await studio.enter(token);
    expect(entered.status).toBe(303);
    expect(entered.headers['location']).toMatch(/^\/#key=[\w-]{43}$/);
    expect(entered.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^atelier-${studio.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    const again = await studio.enter(token);
    expect(again.status).toBe(410);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.text).toContain('somebody else on this machine');
    expect((await studio.ask({ path: `/login/${token}` })).status).toBe(410);
    // The next one was told at once.
    expect(studio.links.map(({ why }) => why)).toEqual(['first', 'used']);
    expect((await studio.enter(studio.token())).status).toBe(303);
  });

  test('is good for ten minutes', async () => {
    let now = 1_000_000;
    const studio = await browserStudio({ now: () => now });
    now += linkMs - 1;
    expect((await studio.ask({ path: `/login/${studio.token()}` })).status).toBe(200);
    now += 1;
    expect((await studio.ask({ path: `/login/${studio.token()}` })).status).toBe(410);
    expect((await studio.enter(studio.token())).status).toBe(410);
  });

  test('stays good when the page asks for another, as anybody may; none is printed in floods', async () => {
    let now = 0;
    const studio = await browserStudio({ now: () => now });
    const first = studio.token();
    const askNew = () => studio.ask({ method: 'POST', path: '/login/new', headers: { origin: studio.origin } });
    for (let at = 0; at < 20; at += 1) expect((await askNew()).status).toBe(200);
    expect(studio.links.map(({ why }) => why)).toEqual(['first', 'asked']);
    now += 60_000;
    await askNew();
    expect(studio.links).toHaveLength(3);
    for (let at = 0; at < 600; at += 1) {
      now += 1000;
      await askNew();
    }
    // Ten minutes of asking each second.
    expect(studio.links.length).toBeLessThan(20);
    const second = studio.token();
    now += 60_000;
    await askNew();
    expect((await studio.enter(first)).status).toBe(410);
    const third = studio.token();
    expect((await studio.enter(second)).status).toBe(303);
    expect((await studio.enter(third)).status).toBe(410);
    expect(studio.links.at(-1)?.why).toBe('used');
    expect((await studio.enter(studio.token())).status).toBe(303);
  });

  test('is not followed for another site: nothing it can send uses it up or takes a session', async () => {
    const studio = await browserStudio();
    const token = studio.token();
    const foreign = [
      {},
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: `http://127.0.0.1:${studio.port + 1}` },
      { origin: `https://127.0.0.1:${studio.port}` },
      { origin: studio.origin, 'sec-fetch-site': 'cross-site' },
      { origin: `http://evil.example:${studio.port}`, host: `evil.example:${studio.port}` },
    ];
    for (const headers of foreign) {
      const entered = await studio.enter(token, headers);
      expect(entered).toSatisfy(({ status }) => [403, 421].includes(status));
      expect(entered.headers['set-cookie']).toBeUndefined();
      for (const path of ['/login/new', '/logout']) {
        expect([403, 421]).toContain((await studio.ask({ method: 'POST', path, headers })).status);
      }
    }
    expect(studio.links).toHaveLength(1);
    expect((await studio.enter(token)).status).toBe(303);
  });

  test('is not guessed: what is nearly right is wrong', async () => {
    const studio = await browserStudio();
    const token = studio.token();
    const wrong = [token.slice(0, -1), `${token}A`, token.toLowerCase(), `${token.slice(0, -2)}AA`, '', 'undefined'];
    for (const one of wrong.filter((guess) => guess !== token)) expect((await studio.enter(one)).status).toBe(410);
    expect((await studio.enter('x'.repeat(2000))).status).toBe(413);
    expect((await studio.enter(token)).status).toBe(303);
  });
});

describe('the page', () => {
  test('is for whoever is in, under the policy of the window', async () => {
    const studio = await browserStudio();
    const outside = await studio.ask({});
    expect(outside.status).toBe(403);
    expect(outside.text).toContain('You are not logged in');
    expect((await studio.ask({ path: '/assets/plain.svg' })).status).toBe(403);
    const { cookie } = await studio.login();
    const page = await studio.ask({ headers: { cookie: `other=1; ${cookie}; last=2` } });
    expect(page).toMatchObject({ status: 200, text: '<!doctype html><title>Atelier</title>' });
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${studio.port};`);
    expect(policy).not.toContain('unsafe-eval');
    const script = await studio.ask({ path: '/assets/index-Ab3_9xQ-.js', headers: { cookie } });
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'private, max-age=31536000, immutable',
    });
    const picture = await studio.ask({ path: '/assets/plain.svg', headers: { cookie } });
    expect(picture.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-store' });
    const head = await studio.ask({ method: 'HEAD', headers: { cookie } });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect((await studio.ask({ method: 'PUT', headers: { cookie, origin: studio.origin } })).status).toBe(405);
  });

  test('comes from its folder alone, however a path is written', async () => {
    const studio = await browserStudio();
    const { cookie } = await studio.login();
    const tries = [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/assets/..\\..\\secret.txt',
      '//secret.txt',
      '/./../secret.txt',
      '/assets/link.txt',
      '/index.html%00.js',
      '/index.html/',
      '/assets',
      '/assets/',
      '/%61ssets/plain.svg%2f..%2f..%2fsecret.txt',
      '/etc/passwd',
      '/__proto__',
      '/constructor',
    ];
    for (const path of tries) {
      const answer = await studio.ask({ path, headers: { cookie } });
      expect([path, [400, 404].includes(answer.status), answer.text.includes('canary')]).toEqual([path, true, false]);
    }
    // The request line itself, which no library would write.
    for (const path of [`${studio.origin}/index.html`, '*', 'secret.txt']) {
      expect([path, (await studio.ask({ path, headers: { cookie } }).catch(() => ({ status: 400 }))).status]).toEqual([
        path,
        400,
      ]);
    }
  });
});

describe('beside the page', () => {
  test('the API answers to keys that were made on it, and to no login', async () => {
    const studio = await browserStudio();
    const login = await studio.login();
    const socket = studio.socket(login);
    const { key, id } = await clientOver(socket).gateway.createKey({
      label: 'notebook',
      scopes: ['read'],
      mode: 'record',
    });
    const path = '/api/workspace';
    const keyed = { path, headers: { authorization: `Bearer ${key}` } };
    expect(await studio.ask(keyed)).toMatchObject({ status: 200, text: expect.stringContaining('"name":"workspace"') });
    expect((await studio.ask({ path, headers: { cookie: login.cookie } })).status).toBe(401);
    expect((await studio.ask({ path: '/', headers: keyed.headers })).status).toBe(403);
    await clientOver(socket).gateway.revokeKey({ id });
    expect((await studio.ask(keyed)).status).toBe(401);
    socket.close();
  });

  test('a port that is taken is said to be, and the workspace is free again', async () => {
    const first = await browserStudio();
    const asked = temporaryFolder();
    await expect(browserStudio({ asked, port: first.port })).rejects.toMatchObject({ code: 'CONFLICT' });
    const second = await browserStudio({ asked });
    expect((await second.enter(second.token())).status).toBe(303);
  });
});

test('a client of models that was given the port of the studio is told so in its own form', async () => {
  const studio = await browserStudio();
  const json = { 'content-type': 'application/json' };
  const chat = await studio.ask({ method: 'POST', path: '/v1/chat/completions', headers: json, body: '{}' });
  const list = await studio.ask({ path: '/v1/models' });
  for (const { status, text } of [chat, list]) {
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({
      error: { message: expect.stringContaining('port of the studio') as string },
      hint: expect.stringContaining('under Gateway') as string,
    });
  }
});
