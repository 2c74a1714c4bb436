// The studio in a browser: who gets in, by what, and who does not, however they ask.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { DeskQuestion } from '#contract/desk';
import { idleMs, linkMs } from '#hosts/gateway/login';
import { sessionEnded } from '#hosts/gateway/socket';
import { browserStudio, clientOver, closing, statusOf } from '#test/browser-studio';
import { temporaryFolder } from '#test/store';

async function nextOf(questions: AsyncIterator<DeskQuestion>): Promise<DeskQuestion> {
  const next = await questions.next();
  if (next.done === true) throw new Error('No question came.');
  return next.value;
}

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

  test('gives way to one that the page asked for, which is not printed in floods', async () => {
    let now = 0;
    const studio = await browserStudio({ now: () => now });
    const first = studio.token();
    const askNew = () => studio.ask({ method: 'POST', path: '/login/new', headers: { origin: studio.origin } });
    for (let at = 0; at < 20; at += 1) expect((await askNew()).status).toBe(200);
    expect(studio.links.map(({ why }) => why)).toEqual(['first', 'asked']);
    now += 60_000;
    await askNew();
    expect(studio.links).toHaveLength(3);
    expect((await studio.enter(first)).status).toBe(410);
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

describe('the socket', () => {
  test('opens for the page that logged in, and calls the same contract', async () => {
    const studio = await browserStudio();
    const login = await studio.login();
    const socket = studio.socket(login);
    const client = clientOver(socket);
    expect(await client.workspace.current()).toMatchObject({ name: 'workspace', traces: 0 });
    await expect(client.traces.get({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND', defined: true });
    expect(socket.protocol).toBe('atelier');
    socket.close();
  });

  test('opens for nobody else', async () => {
    let now = 0;
    const studio = await browserStudio({ now: () => now });
    const login = await studio.login();
    const other = await studio.login();
    const evil = 'https://evil.example';
    const tries: readonly (readonly [string, Parameters<typeof studio.socket>])[] = [
      ['no cookie', [{ pageKey: login.pageKey }]],
      ['no key of the page', [{ cookie: login.cookie }]],
      ['the key of another session', [{ cookie: login.cookie, pageKey: other.pageKey }]],
      ['a cookie that was made up', [{ cookie: `atelier-${studio.port}=${'A'.repeat(43)}`, pageKey: login.pageKey }]],
      ['another origin', [login, { headers: { origin: evil } }]],
      ['another port of this host', [login, { headers: { origin: `http://127.0.0.1:${studio.port + 1}` } }]],
      ['an origin that is none', [login, { headers: { origin: 'null' } }]],
      [
        'a name that somebody made lead here',
        [login, { headers: { host: 'evil.example', origin: 'http://evil.example' } }],
      ],
      ['another path', [login, { path: '/' }]],
      ['a longer path', [login, { path: '/socket/x' }]],
    ];
    for (const [what, told] of tries) {
      const status = await statusOf(studio.socket(...told));
      expect({ what, isRefused: [403, 404, 421].includes(status) }).toEqual({ what, isRefused: true });
    }
    const plain = await studio.ask({
      path: '/socket',
      headers: {
        cookie: login.cookie,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': `atelier, atelier.key.${login.pageKey}`,
      },
    });
    // A browser always says where it comes from.
    expect(plain.status).toBe(403);
    expect(await statusOf(studio.socket(login))).toBe(101);
    now += idleMs + 1;
    expect(await statusOf(studio.socket(login))).toBe(403);
  });

  test('closes when its session ends, and tells the page why it does not open again', async () => {
    const studio = await browserStudio();
    const login = await studio.login();
    const socket = studio.socket(login);
    await clientOver(socket).workspace.current();
    const asked = { path: '/session', headers: { cookie: login.cookie, 'x-atelier-page': login.pageKey } };
    expect((await studio.ask(asked)).status).toBe(204);
    expect((await studio.ask({ path: '/session', headers: { cookie: login.cookie } })).status).toBe(403);
    const closed = closing(socket);
    const left = await studio.ask({
      method: 'POST',
      path: '/logout',
      headers: { cookie: login.cookie, origin: studio.origin },
    });
    expect(left).toMatchObject({ status: 303 });
    expect(left.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect(await closed).toBe(sessionEnded);
    expect((await studio.ask(asked)).status).toBe(403);
    expect(await statusOf(studio.socket(login))).toBe(403);
    expect((await studio.ask({ headers: { cookie: login.cookie } })).status).toBe(403);
  });

  test('takes no endless message, and serves on', async () => {
    const studio = await browserStudio();
    const login = await studio.login();
    const socket = studio.socket(login);
    await clientOver(socket).workspace.current();
    const closed = closing(socket);
    socket.on('error', () => undefined);
    socket.send('x'.repeat(16 * 1024 * 1024 + 1));
    expect(await closed).toBe(1009);
    for (const rubbish of ['', '{', '[]', 'null', '{"i":1}', '\u0000']) {
      const next = studio.socket(login);
      expect(await clientOver(next).workspace.current()).toMatchObject({ name: 'workspace' });
      const ended = closing(next);
      next.send(rubbish);
      expect([rubbish, await ended]).toEqual([rubbish, 1002]);
    }
  });

  test('goes on when a stream is left, and when something is asked that is not there', async () => {
    const studio = await browserStudio();
    const socket = studio.socket(await studio.login());
    const client = clientOver(socket);
    const stop = new AbortController();
    const changes = await client.workspace.changes(undefined, { signal: stop.signal });
    const left = changes.next().catch(() => 'left');
    stop.abort();
    expect(await left).toBe('left');
    socket.send('{"i":"900","p":{"u":"/__proto__/x","b":{}}}');
    expect(await client.workspace.current()).toMatchObject({ name: 'workspace' });
    socket.close();
  });

  test('goes on after many messages at once that nothing answers', async () => {
    const studio = await browserStudio();
    const socket = studio.socket(await studio.login());
    const client = clientOver(socket);
    await client.workspace.current();
    // The end of calls that are over already.
    for (let at = 0; at < 100; at += 1) socket.send(JSON.stringify({ i: `over-${at}`, t: 4 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await client.workspace.current()).toMatchObject({ name: 'workspace' });
    socket.close();
  });

  test('answers no faster than the page reads', async () => {
    const studio = await browserStudio();
    const login = await studio.login();
    const { workspaces } = studio.served;
    const large = [{ path: 'x'.repeat(1_000_000), name: 'large', openedAt: 0, exists: true }];
    let answered = 0;
    workspaces.recent = () => {
      answered += 1;
      return large;
    };
    const socket = studio.socket(login);
    const client = clientOver(socket);
    await client.workspace.current();
    socket.pause();
    const all = Array.from({ length: 400 }, () => client.workspace.recent());
    let before = -1;
    // Nothing more is taken in once so much waits to go out.
    await vi.waitFor(
      () => {
        const [last, now] = [before, answered];
        before = now;
        expect(now).toBeGreaterThan(0);
        expect(now).toBe(last);
      },
      { timeout: 10_000, interval: 300 },
    );
    expect(answered).toBeLessThan(100);
    socket.resume();
    expect((await Promise.all(all)).map(([one]) => one?.path.length)).toEqual(all.map(() => 1_000_000));
    socket.close();
  });

  test('closing the studio ends sockets and streams', async () => {
    const studio = await browserStudio();
    const socket = studio.socket(await studio.login());
    const client = clientOver(socket);
    const changes = await client.workspace.changes();
    const closed = closing(socket);
    const end = changes.next().catch(() => 'broken off');
    await studio.served.close();
    await closed;
    await end;
    await expect(studio.ask({})).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the desk of a page', () => {
  test('asks for a folder through the page, says what is wrong with a path, and opens what is right', async () => {
    const studio = await browserStudio();
    const socket = studio.socket(await studio.login());
    const client = clientOver(socket);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const questions = await client.desk.questions();
    const picked = client.workspace.pick();
    const question = await nextOf(questions);
    expect(question).toMatchObject({ kind: 'folder', title: 'Choose a folder for the workspace' });
    const id = question.id;
    const answer = (...paths: string[]) => client.desk.answer({ id, paths });
    await expect(answer('workspace')).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('not a whole path'),
    });
    await expect(answer(join(folder, 'file'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(answer(join(folder, 'no', 'way'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(answer(folder, folder)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await answer(` ${join(folder, 'next')} `);
    expect(await picked).toMatchObject({ name: 'next' });
    await expect(answer(folder)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    socket.close();
  });

  test('takes files that are there, for import; and nothing that nobody named', async () => {
    const studio = await browserStudio();
    const socket = studio.socket(await studio.login());
    const client = clientOver(socket);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'logs'));
    const [log, other] = [join(folder, 'logs', 'a.jsonl'), join(folder, 'logs', 'b.jsonl')];
    for (const path of [log, other]) {
      writeFileSync(
        path,
        `${JSON.stringify({
          messages: [
            { role: 'user', content: 'Hi' },
            { role: 'assistant', content: 'Hello' },
          ],
        })}\n`,
      );
    }
    const questions = await client.desk.questions();
    const picked = client.imports.pick();
    const question = await nextOf(questions);
    const id = question.id;
    await expect(client.desk.answer({ id, paths: [join(folder, 'none.jsonl')] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(client.desk.answer({ id, paths: [folder] })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await client.desk.answer({ id, paths: [log] });
    expect(await picked).toEqual([log]);
    expect(await client.imports.detect({ paths: [log] })).toMatchObject([{ format: 'openai-chat' }]);
    await expect(client.imports.detect({ paths: [other] })).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(client.workspace.reveal({ path: log })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { hint: `It lies here: ${log}` },
    });
    socket.close();
  });

  test('a page that goes leaves no question behind, and hears none of another', async () => {
    const studio = await browserStudio();
    const login = await studio.login();
    const [one, two] = [studio.socket(login), studio.socket(login)];
    const asking = clientOver(one);
    const questions = await asking.desk.questions();
    const picked = asking.workspace.pick().catch(() => 'gone');
    const question = await nextOf(questions);
    await expect(clientOver(two).desk.answer({ id: question.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    one.close();
    expect(await picked).toBe('gone');
    two.close();
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
