// `atelier ledger` on a workspace of a person's: what left, by host, and whether the ledger is whole.
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWorkspace, openWorkspaceStore } from '#adapters/workspace';
import { appendChained, type LedgerDraft } from '#engine/egress/chain';
import { runCli } from '#hosts/cli/run';
import { runId, runOf } from '#test/run-samples';
import { temporaryFolder } from '#test/store';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
  createWorkspace(folder);
});

async function atelier(argv: readonly string[], isTTY = true) {
  let out = '';
  let err = '';
  const code = await runCli(argv, {
    out: { isTTY, columns: 200, rows: 30, write: (text) => (out += text) },
    err: { isTTY: false, write: (text) => (err += text) },
    cwd: folder,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

const at = (day: number, hour = 12): number => new Date(2026, 2, day, hour).getTime();

function fill(): void {
  const store = openWorkspaceStore(folder, { owner: 'a test' });
  store.runs.create(runOf('one'));
  const base = { port: 443, purpose: 'model', method: 'POST', path: '/v1/chat' } as const;
  const run = runId('one');
  const drafts: LedgerDraft[] = [
    { ...base, at: at(1), kind: 'open', host: 'api.example', run, secret: 'OPENAI' },
    {
      ...base,
      at: at(1),
      kind: 'close',
      opens: 1,
      host: 'api.example',
      run,
      secret: 'OPENAI',
      sent: 1500,
      received: 20_000,
      status: 200,
      ms: 1234,
    },
    { ...base, at: at(2), kind: 'open', host: 'localhost', port: 11_434 },
    { ...base, at: at(3), kind: 'refused', host: 'api.example', reason: 'OFFLINE' },
    { ...base, at: Date.now(), kind: 'open', host: '\u001b[31mevil.example' },
  ];
  appendChained(store, drafts);
  store.close();
}

describe('atelier ledger', () => {
  it('lists entries, the newest first, narrowed as asked', async () => {
    fill();
    const all = await atelier(['ledger']);
    expect(all).toMatchObject({ code: 0, err: '' });
    const lines = all.out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^N +TIME +HOST/u);
    // Each connection once: how it ended (2) stands with its opening (1).
    expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['5', '4', '3', '1']);
    expect(lines[1]).toMatch(/not ended/u);
    expect(lines[2]).toMatch(/refused OFFLINE/u);
    expect(lines[4]).toMatch(
      /^1 +2026-03-01 12:00 +api\.example +POST \/v1\/chat +model .+ 1,500 +20,000 +1\.2 s +200 +OPENAI/u,
    );
    expect(all.out).not.toContain('\u001b');
    const numbers = async (...argv: string[]): Promise<unknown> => {
      const { out, code } = await atelier(['ledger', '--json', ...argv]);
      expect(code).toBe(0);
      return (JSON.parse(out) as { entries: { n: number }[] }).entries.map(({ n }) => n);
    };
    expect(await numbers()).toEqual([5, 4, 3, 2, 1]);
    expect(await numbers('--run', runId('one').slice(0, 6))).toEqual([2, 1]);
    expect(await numbers('--from', '2026-03-02', '--to', '2026-03-03')).toEqual([4, 3]);
    expect(await numbers('--to', '2026-03-01T12:00')).toEqual([]);
    expect(await numbers('--host', 'API.example.')).toEqual([4, 2, 1]);
    expect(await numbers('--host', 'localhost:11434')).toEqual([3]);
    expect(await numbers('--host', 'localhost:80')).toEqual([]);
    expect(await numbers('--refused')).toEqual([4]);
    expect(await numbers('--limit', '2')).toEqual([5, 4]);
    expect((await atelier(['ledger', '--limit', '2'])).out).toContain('3 older entries not shown');
    expect((await atelier(['ledger', '--host', 'none.example'])).out).toContain('No entry fits');
  });

  it('reports by host, of a run, of a time, of today', async () => {
    fill();
    const run = await atelier(['ledger', '--report', '--run', runId('one')]);
    expect(run.out).toMatch(
      /HOST .*\napi\.example +1 +1,500 +20,000 +0 +model +OPENAI\n1,500 bytes sent, 20,000 received/u,
    );
    const march = await atelier(['ledger', '--report', '--from', '2026-03-01', '--to', '2026-03-31', '--json']);
    expect(JSON.parse(march.out)).toMatchObject({
      hosts: [
        { host: 'api.example', connections: 1, refused: 1, sent: 1500 },
        { host: 'localhost', port: 11_434 },
      ],
      unfinished: 1,
    });
    const today = await atelier(['ledger', '--report']);
    expect(today.out).toContain('evil.example');
    expect(today.out).toContain('1 connection never closed');
    expect(today.out).not.toContain('api.example');
    const none = await atelier(['ledger', '--report', '--to', '2020-01-01']);
    expect(none.out).toContain('Nothing left this machine');
  });

  it('checks the chain: 0 where it is whole, 1 and where it is broken', async () => {
    expect((await atelier(['ledger', '--check'])).out).toContain('empty');
    fill();
    const whole = await atelier(['ledger', '--check']);
    expect(whole).toMatchObject({ code: 0, out: expect.stringContaining('5 entries') });
    const db = new Database(join(folder, '.atelier', 'studio.db'));
    db.exec('DROP TRIGGER ledger_unchanged; UPDATE ledger SET sent = 1 WHERE n = 2');
    db.close();
    expect(await atelier(['ledger', '--check'])).toMatchObject({ code: 1, out: expect.stringContaining('entry 2') });
    const json = await atelier(['ledger', '--check'], false);
    expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { isWhole: false, brokenAt: 2 }]);
  });

  it('refuses what it cannot mean', async () => {
    for (const argv of [
      ['--from', 'yesterday'],
      ['--from', '2026-02-30'],
      ['--to', '2026-13-01'],
      ['--limit', '-1'],
      ['--check', '--report'],
      ['--check', '--run', 'x'],
      ['--report', '--refused'],
    ])
      expect(await atelier(['ledger', ...argv])).toMatchObject({ code: 2, out: '' });
    expect(await atelier(['ledger', '--host', 'http://x/'])).toMatchObject({ code: 1 });
    expect(await atelier(['ledger', '--run', 'fff'])).toMatchObject({ code: 1 });
  });
});
