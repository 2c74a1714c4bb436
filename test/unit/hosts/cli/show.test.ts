// Runs on record, as the command line lists and shows them; no runner is needed for that.
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openWorkspaceStore } from '#adapters/workspace';
import { runCli } from '#hosts/cli/run';
import { HandRun } from '#test/run-journal';
import { temporaryFolder } from '#test/store';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
  const store = openWorkspaceStore(folder);
  onTestFinished(() => store.close());
  const failed = new HandRun(store, 'a')
    .start()
    .step(0, ['sort'])
    .node(1, 'sort', { ms: 120 })
    .step(1, ['look', 'mark']);
  failed.node(2, 'look', { ms: 30, try: 2 });
  failed.put({
    type: 'run.failed',
    error: {
      name: 'TypeError',
      message: 'no \u001B[2Jorder',
      hint: 'Give it one.',
      stack: 'TypeError: no order\n    at look (agents/triage.agent.ts:12:3)',
    },
  });
  const asking = new HandRun(store, 'b', { agent: 'desk', title: 'W2057?', open: 1 }).start().step(0, ['ask']);
  asking.put(
    {
      type: 'interrupt.opened',
      id: '/1:ask',
      kind: 'human',
      title: 'Send the reply?',
      form: { type: 'object', properties: { send: { type: 'boolean' } } },
    },
    { type: 'run.slept' },
  );
  new HandRun(store, 'c', { agent: 'digest' }).start().step(0, ['list']);
  store.close();
});

async function atelier(...argv: readonly string[]) {
  let out = '';
  let err = '';
  const code = await runCli(argv, {
    out: { isTTY: false, write: (text) => (out += text) },
    err: { isTTY: false, write: (text) => (err += text) },
    cwd: folder,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

describe('atelier runs', () => {
  it('lists them, the newest first, and those of a status or an agent', async () => {
    const { out } = await atelier('runs', '--text');
    const lines = out.split('\n').map((line) => line.split(/ {2,}/u));
    expect(lines[0]).toEqual(['ID', 'AGENT', 'STATUS', 'STEP', 'TOKENS', 'STARTED', 'TOOK', 'TITLE']);
    expect(lines.slice(1, 4).map((cells) => cells.slice(0, 4))).toEqual([
      ['cccccccccccc', 'digest', 'cut off', '0'],
      ['bbbbbbbbbbbb', 'desk', 'waiting (1)', '0'],
      ['aaaaaaaaaaaa', 'triage', 'failed', '1'],
    ]);
    expect((await atelier('runs', '--status', 'failed', '--text')).out).not.toContain('desk');
    expect((await atelier('runs', '--agent', 'desk', '--text')).out).not.toContain('triage');
    expect((await atelier('runs', '--agent', 'none', '--text')).out).toBe(
      'No run fits. `atelier run FILE` starts one.\n',
    );
    expect((await atelier('runs', '--limit', '1', '--text')).out).toContain('3 runs in all; --limit shows more.');
    expect(JSON.parse((await atelier('runs')).out)).toMatchObject({ total: 3, byStatus: { failed: 1, waiting: 1 } });
  });
});

describe('atelier show', () => {
  it('shows steps, error with hint and place, nothing that a terminal obeys', async () => {
    const { out } = await atelier('show', 'aa', '--text');
    expect(out).toContain('step 1     sort 120 ms  → look, mark\nstep 2     look (try 2) 30 ms\n');
    expect(out).toContain('TypeError: no \uFFFD[2Jorder\n  Give it one.\n    at look (agents/triage.agent.ts:12:3)');
    expect(out).toContain('input     {"mail":"The parcel never came"}');
  });

  it('says what its calls cost, where any did', async () => {
    expect((await atelier('show', 'cc', '--text')).out).not.toContain('cost');
    const store = openWorkspaceStore(folder);
    const call = {
      run: 'c'.repeat(32),
      key: '',
      at: 1,
      endpoint: 'chat',
      stream: true,
      state: 'done',
      from: 'upstream',
    } as const;
    store.calls.put([
      { ...call, id: 'one', costUsd: 0.0125 },
      { ...call, id: 'two', inputTokens: 3 },
    ]);
    store.close();
    expect((await atelier('show', 'cc', '--text')).out).toContain('cost      0.0125 USD, 1 call without a price');
  });

  it('says how a run goes on whose process died', async () => {
    const { out } = await atelier('show', 'cc', '--text');
    expect(out).toMatch(/Its process ended before it did.*\n {2}atelier resume cccccccccccc/u);
  });

  it('says what a run waits for and how to answer', async () => {
    const { out } = await atelier('show', 'bb', '--text');
    expect(out).toContain('It waits for an answer: Send the reply? (human)');
    expect(out).toContain(`atelier resume bbbbbbbbbbbb --answer '/1:ask={"send":…}'`);
    expect(JSON.parse((await atelier('show', 'bb')).out)).toMatchObject({
      run: { status: 'waiting' },
      interrupts: [{ id: '/1:ask', title: 'Send the reply?' }],
    });
  });

  it('gives the journal, one event a line, and the state after a step', async () => {
    const lines = (await atelier('show', 'aa', '--journal')).out.trim().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject(
      ['run.started', 'step.finished', 'node.finished', 'step.finished', 'node.finished', 'run.failed'].map(
        (type, index) => ({ seq: index + 1, event: { type } }),
      ),
    );
    expect((await atelier('show', 'aa', '--journal', '--text')).out).toMatch(/ 3 {2}.* ✓ sort {2}120 ms/u);
    expect(JSON.parse((await atelier('show', 'aa', '--state', '1')).out)).toMatchObject({
      step: 1,
      next: ['look', 'mark'],
    });
    const none = await atelier('show', 'aa', '--state', '9');
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('Step 9 is not finished.')]);
  });
});
