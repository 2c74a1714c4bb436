// The one way out: what may leave, what is on disk before it does, and what is said of it.
import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NodeHttp } from '#adapters/http';
import { openStore } from '#adapters/sqlite/store';
import type { Http, LedgerStore } from '#engine/network-ports';
import { Problem } from '#engine/problem';
import { noRedaction } from '#engine/redactor';
import { bodyOf, egressWorld, outbound, trafficOf, until } from '#test/egress-world';
import { memoryStore } from '#test/memory-store/store';
import { appendEntries } from '#test/network-samples';
import { runId } from '#test/run-samples';
import { temporaryFolder, temporaryStore } from '#test/store';
import { startFakeUpstream, type FakeUpstream, type Played, type PlayedRequest } from '#test/upstream/fake-upstream';

async function upstream(
  play: (request: PlayedRequest) => Played | Promise<Played> = () => ({ body: 'fine' }),
): Promise<FakeUpstream & { readonly host: string; readonly port: number }> {
  const server = await startFakeUpstream(play);
  onTestFinished(() => server.close());
  const port = Number(new URL(server.origin).port);
  return Object.assign(server, { host: `127.0.0.1:${port}`, port });
}

/** Real connections, and which requests it was asked for. */
function watchedHttp(before: () => void = () => undefined): Http & { readonly asked: string[] } {
  const http = new NodeHttp();
  const asked: string[] = [];
  return {
    asked,
    request: (request) => {
      asked.push(request.url);
      before();
      return http.request(request);
    },
    close: () => http.close(),
  };
}

/** The ledger itself, and how often it was written to. */
function countedLedger(ledger: LedgerStore): LedgerStore & { readonly commits: () => number; fail: boolean } {
  let commits = 0;
  const counted = {
    fail: false,
    commits: () => commits,
    append: (make: Parameters<LedgerStore['append']>[0]) => {
      if (counted.fail) throw new Problem('REFUSED', 'The disk is full; nothing of this step was saved.');
      commits += 1;
      return ledger.append(make);
    },
    last: () => ledger.last(),
    list: (...question: Parameters<LedgerStore['list']>) => ledger.list(...question),
    entries: (after: number, limit: number) => ledger.entries(after, limit),
    count: () => ledger.count(),
    hosts: (span: Parameters<LedgerStore['hosts']>[0]) => ledger.hosts(span),
    unclosed: (span: Parameters<LedgerStore['unclosed']>[0]) => ledger.unclosed(span),
  };
  return counted;
}

describe('an exchange', () => {
  it('is written down before its first byte leaves, for every reader of the disk', async () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    onTestFinished(() => store.close());
    const other = new Database(file, { readonly: true });
    onTestFinished(() => void other.close());
    const seen: unknown[] = [];
    const http = watchedHttp(() => seen.push(other.prepare('SELECT count(*) FROM ledger').pluck().get()));
    const { egress } = egressWorld({ store, http });
    const server = await upstream();
    await bodyOf(await egress.send(outbound(server.origin)));
    await bodyOf(await egress.send(outbound(server.origin)));
    expect(seen[0]).toBe(1);
    expect(seen[1]).toBeGreaterThanOrEqual(2);
  });

  it('says who asked whom for what, and neither query nor secret', async () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    const canary = 'sk-canary-4242424242';
    const redactor = { ...noRedaction, text: (text: string) => text.replaceAll(canary, '‹masked›') };
    const { egress, entries } = egressWorld({ store, redactor });
    const server = await upstream(() => ({ status: 404, body: canary }));
    const url = `${server.origin}/v1/chat?key=${canary}&a=${canary}`;
    const headers = [['authorization', `Bearer ${canary}`]] as const;
    const cause = { purpose: 'gateway', run: runId('one'), key: 'key-1', model: canary, secret: 'OPENAI' } as const;
    await bodyOf(await egress.send(outbound(url, { headers, cause, body: Buffer.from(canary) })));
    await bodyOf(await egress.send(outbound(`${server.origin}/${canary}/${'x'.repeat(5000)}`)));
    const written = await entries();
    const close = written.find(({ kind }) => kind === 'close');
    expect(written[0]).toMatchObject({
      ...cause,
      n: 1,
      kind: 'open',
      host: '127.0.0.1',
      port: server.port,
      method: 'POST',
      path: '/v1/chat',
      model: '‹masked›',
    });
    expect(close).toMatchObject({ ...cause, opens: 1, status: 404, model: '‹masked›', path: '/v1/chat' });
    expect(written.every(({ path = '' }) => path.length <= 300)).toBe(true);
    await egress.close();
    store.close();
    const files = readdirSync(join(file, '..'));
    expect(files).toContain('studio.db');
    expect(files.filter((name) => readFileSync(join(file, '..', name)).includes(canary))).toEqual([]);
  });

  it('of one tick shares its commit with all others', async () => {
    const store = temporaryStore();
    const ledger = countedLedger(store.ledger);
    const { egress, entries } = egressWorld({ store, ledger });
    const server = await upstream();
    const responses = await Promise.all(Array.from({ length: 100 }, () => egress.send(outbound(server.origin))));
    expect(ledger.commits()).toBe(1);
    for (const response of responses) await bodyOf(response);
    expect(await entries()).toHaveLength(200);
    expect(ledger.commits()).toBeLessThan(100);
  });

  it('does not begin where it cannot be written down; what was under way is written once that is possible again', async () => {
    const store = temporaryStore();
    const ledger = countedLedger(store.ledger);
    const { egress, entries } = egressWorld({ store, ledger });
    const server = await upstream();
    const response = await egress.send(outbound(server.origin));
    const before = server.received;
    ledger.fail = true;
    await bodyOf(response);
    await expect(egress.send(outbound(server.origin))).rejects.toThrow('disk is full');
    await expect(egress.send(outbound(server.origin))).rejects.toThrow('disk is full');
    expect(() => egress.report({})).toThrow('disk is full');
    expect(server.received).toBe(before);
    ledger.fail = false;
    await bodyOf(await egress.send(outbound(server.origin)));
    expect((await entries()).map(({ kind, opens }) => [kind, opens])).toEqual([
      ['open', undefined],
      ['close', 1],
      ['open', undefined],
      ['close', 3],
    ]);
  });

  it('that was called off before it began leaves nothing', async () => {
    const { egress, entries } = egressWorld();
    const server = await upstream();
    const gone = AbortSignal.abort();
    await expect(egress.send(outbound(server.origin, { signal: gone }))).rejects.toMatchObject({ code: 'ABORTED' });
    const controller = new AbortController();
    const sending = egress.send(outbound(server.origin, { signal: controller.signal }));
    controller.abort();
    await expect(sending).rejects.toMatchObject({ code: 'ABORTED' });
    expect(server.received).toBe(0);
    expect(await entries()).toMatchObject([
      { kind: 'open' },
      { kind: 'close', opens: 1, sent: 0, received: 0, reason: 'ABORTED' },
    ]);
  });

  it('whose answer nobody begins to read is cut off', async () => {
    const { egress, entries } = egressWorld();
    const server = await upstream(() => ({ body: ['some', 100_000] }));
    const response = await egress.send(outbound(server.origin, { idleMs: 50 }));
    await until(() => server.requests[0]?.gone.aborted === true);
    await expect(bodyOf(response)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const traffic = { sent: server.received, received: server.sent };
    expect(await entries()).toMatchObject([{ kind: 'open' }, { reason: 'UNREAD', status: 200, ...traffic }]);
  });

  it('to what is no address is refused, and so is one with a password in it', async () => {
    const { egress, entries } = egressWorld();
    for (const url of ['nowhere', 'ftp://a.example', 'http://user:pass@127.0.0.1'])
      await expect(egress.send(outbound(url))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await entries()).toEqual([]);
  });

  it('killed in the middle stays open in the ledger, and is said to be', async () => {
    const file = join(temporaryFolder(), 'studio.db');
    const server = await upstream(() => ({ body: ['some', 100_000] }));
    const program = resolve(import.meta.dirname, '../../../support/processes/send-and-hang.ts');
    const child = spawn(process.execPath, [program, file, server.origin], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
    await until(() => said.includes('200\n4\n'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = openStore(file);
    onTestFinished(() => store.close());
    const { egress } = egressWorld({ store });
    expect(store.ledger.entries(0, 10)).toMatchObject([{ n: 1, kind: 'open', purpose: 'gateway', key: 'key-1' }]);
    expect(await egress.check()).toMatchObject({ isWhole: true, entries: 1 });
    expect(egress.report({})).toMatchObject({ unfinished: 1, hosts: [{ connections: 1, sent: 0 }] });
    const hanging = await egress.send(outbound(server.origin));
    expect(egress.report({})).toMatchObject({ unfinished: 1, hosts: [{ connections: 2 }] });
    await hanging.body[Symbol.asyncIterator]().return?.();
    expect(egress.report({})).toMatchObject({ unfinished: 1 });
  });
});

describe('offline', () => {
  it('reaches the hosts that may be, and not one byte another; each refusal is written down', async () => {
    const [near, far] = [await upstream(), await upstream()];
    const http = watchedHttp();
    const { egress, entries } = egressWorld({ http });
    expect(egress.state()).toMatchObject({ isOffline: false, allowed: ['localhost', '127.0.0.1', '[::1]'] });
    await egress.setAllowed([near.host]);
    await bodyOf(await egress.send(outbound(far.origin)));
    const before = far.received;
    expect(await egress.setOffline(true)).toMatchObject({ isOffline: true });
    expect(await bodyOf(await egress.send(outbound(near.origin)))).toBe('fine');
    const refused = await Promise.allSettled([
      egress.send(outbound(far.origin)),
      egress.send(outbound(`${far.origin}/x?y=z`)),
      egress.send(outbound(`http://localhost:${far.port}`)),
      egress.send(outbound(`http://[::1]:${far.port}`)),
      // Its name is not even looked up.
      egress.send(outbound('http://never.invalid/path')),
    ]);
    for (const one of refused)
      expect(one).toMatchObject({
        status: 'rejected',
        reason: { code: 'REFUSED', hint: expect.stringContaining('offline mode') },
      });
    expect(far.received).toBe(before);
    expect(http.asked).toEqual([far.origin, near.origin]);
    const written = await entries();
    expect(written.filter(({ kind }) => kind === 'refused')).toMatchObject([
      { host: '127.0.0.1', port: far.port, reason: 'OFFLINE', purpose: 'model' },
      { host: '127.0.0.1', path: '/x' },
      { host: 'localhost' },
      { host: '[::1]' },
      { host: 'never.invalid', port: 80 },
    ]);
    expect(egress.state()).toMatchObject({ refusedToday: 5, sentToday: trafficOf(written).sent });
    await egress.setOffline(false);
    expect(await bodyOf(await egress.send(outbound(far.origin)))).toBe('fine');
    expect((await entries()).at(-1)).toMatchObject({ kind: 'close' });
  });

  it('cuts off what is under way, waiting or answering, and closes idle connections', async () => {
    const server = await upstream(({ path }) => ({ body: path === '/idle' ? 'x' : ['a', 100_000] }));
    const silent = await upstream(() => new Promise<never>(() => undefined));
    const near = await upstream(() => ({ body: ['a', 200, 'b'] }));
    const { egress, entries } = egressWorld();
    await egress.setAllowed([near.host]);
    await bodyOf(await egress.send(outbound(`${server.origin}/idle`)));
    const waiting = egress.send(outbound(silent.origin));
    const answering = await egress.send(outbound(`${server.origin}/answer`));
    const allowed = await egress.send(outbound(near.origin));
    const reader = answering.body[Symbol.asyncIterator]();
    await reader.next();
    await until(() => silent.received > 0);
    const rest = reader.next();
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'REFUSED' }),
      expect(rest).rejects.toMatchObject({ code: 'REFUSED' }),
      egress.setOffline(true),
    ]);
    await until(() => server.requests.every(({ gone, path }) => path === '/idle' || gone.aborted));
    expect(await bodyOf(allowed)).toBe('ab');
    const closes = (await entries()).filter(({ kind }) => kind === 'close');
    expect(closes.filter(({ reason }) => reason === 'OFFLINE')).toHaveLength(2);
    expect(closes.filter(({ reason }) => reason === undefined)).toHaveLength(2);
    expect(trafficOf(closes).sent).toBe(server.received + silent.received + near.received);
  });

  it('is remembered for the workspace; settings that are damaged let nothing out', async () => {
    const store = temporaryStore();
    const first = egressWorld({ store }).egress;
    await first.setAllowed(['Models.LAN:8080', 'models.lan.:8080', '[0::1]']);
    await first.setOffline(true);
    const second = egressWorld({ store }).egress;
    expect(second.state()).toMatchObject({ isOffline: true, allowed: ['models.lan:8080', '[::1]'] });
    await expect(second.setAllowed(['fine', 'http://not'])).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(second.state().allowed).toEqual(['models.lan:8080', '[::1]']);
    store.settings.set('egress.isOffline', 'perhaps');
    store.settings.set('egress.allowed', { all: true });
    expect(egressWorld({ store }).egress.state()).toMatchObject({ isOffline: true, allowed: [] });
  });
});

describe('what is said of it', () => {
  it('counts today from the ledger on, and anew at midnight', async () => {
    const noon = new Date(2026, 4, 5, 12).getTime();
    let now = noon;
    const store = memoryStore();
    appendEntries(
      store.ledger,
      { at: new Date(2026, 4, 4, 23).getTime(), kind: 'close', sent: 1000 },
      { at: new Date(2026, 4, 5, 0).getTime(), kind: 'close', sent: 100 },
      { at: noon - 1, kind: 'refused' },
    );
    const { egress } = egressWorld({ store, clock: { now: () => now } });
    const server = await upstream();
    expect(egress.state()).toMatchObject({ refusedToday: 1, sentToday: 100, entries: 3 });
    await bodyOf(await egress.send(outbound(server.origin)));
    egress.report({});
    expect(egress.state()).toMatchObject({ refusedToday: 1, sentToday: 100 + server.received, entries: 5 });
    now = new Date(2026, 4, 6, 0).getTime();
    expect(egress.state()).toMatchObject({ refusedToday: 0, sentToday: 0, entries: 5 });
    await bodyOf(await egress.send(outbound(server.origin)));
    egress.report({});
    expect(egress.state()).toMatchObject({ refusedToday: 0, sentToday: server.received / 2, entries: 7 });
  });

  it('reports a run whole, and a day', async () => {
    let now = new Date(2026, 4, 5, 23, 59).getTime();
    const { egress } = egressWorld({ clock: { now: () => now } });
    const server = await upstream();
    const cause = { purpose: 'model', run: runId('one'), secret: 'KEY' } as const;
    const send = async (change: Parameters<typeof outbound>[1]): Promise<void> => {
      await bodyOf(await egress.send(outbound(server.origin, change)));
    };
    await send({ cause });
    await send({ cause: { purpose: 'discovery' } });
    egress.report({});
    now += 120_000;
    await send({ cause });
    const whole = egress.report({ run: runId('one') });
    expect(whole).toMatchObject({
      run: runId('one'),
      hosts: [{ host: '127.0.0.1', port: server.port, connections: 2, secrets: ['KEY'], purposes: ['model'] }],
      unfinished: 0,
    });
    expect(whole.hosts[0]?.sent).toBe((server.received / 3) * 2);
    const today = egress.report({});
    expect(today).toMatchObject({ from: new Date(2026, 4, 6).getTime(), hosts: [{ connections: 1 }] });
    expect(egress.report({ from: 0, to: now }).hosts).toMatchObject([
      { connections: 2, purposes: ['model', 'discovery'] },
    ]);
    expect(egress.ledger({ purpose: 'discovery', kind: 'open' }, 0, 10)).toMatchObject({ total: 1, items: [{ n: 3 }] });
  });

  it('is told to who watches, now and then, not each time', async () => {
    let told = 0;
    const { egress } = egressWorld({ changed: () => (told += 1) });
    const server = await upstream();
    const start = performance.now();
    for (let turn = 0; turn < 100; turn += 1) await bodyOf(await egress.send(outbound(server.origin)));
    await until(() => told > 0);
    expect(told).toBeLessThanOrEqual(Math.ceil((performance.now() - start) / 150) + 1);
  });

  it('is whole when it is closed: what is under way is cut off and written', async () => {
    const server = await upstream(() => ({ body: ['a', 100_000] }));
    const silent = await upstream(() => new Promise<never>(() => undefined));
    const { egress, store } = egressWorld();
    const answering = await egress.send(outbound(`${server.origin}/1`));
    const waiting = egress.send(outbound(silent.origin));
    const writing = egress.send(outbound(`${server.origin}/2`));
    await until(() => silent.received > 0);
    const ends = Promise.allSettled([waiting, bodyOf(answering), writing.then(bodyOf)]);
    await egress.close();
    expect(await ends).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: 'rejected', reason: { code: 'REFUSED' } })),
    );
    await expect(egress.send(outbound(server.origin))).rejects.toMatchObject({ code: 'REFUSED' });
    const written = store.ledger.entries(0, 10);
    expect(written).toHaveLength(6);
    expect(trafficOf(written).sent).toBe(server.received + silent.received);
    expect(await egress.check()).toMatchObject({ isWhole: true });
    await egress.close();
  });
});
