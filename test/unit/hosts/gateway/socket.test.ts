// The page's socket: for whom it opens, when it closes, how fast it answers; and the desk that asks over it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { DeskQuestion } from '#contract/desk';
import { idleMs } from '#hosts/gateway/login';
import { sessionEnded } from '#hosts/gateway/socket';
import { browserStudio, clientOver, closing, statusOf } from '#test/browser-studio';
import { temporaryFolder } from '#test/store';

async function nextOf(questions: AsyncIterator<DeskQuestion>): Promise<DeskQuestion> {
  const next = await questions.next();
  if (next.done === true) throw new Error('No question came.');
  return next.value;
}

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
