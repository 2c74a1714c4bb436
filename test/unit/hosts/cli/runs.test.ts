// Runs from the command line, with the sample's agents, real runner processes and the real store: from start to preference data.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createWorkspace } from '#adapters/workspace';
import { detachWith } from '#hosts/cli/detach';
import { runCli } from '#hosts/cli/run';

const root = resolve(import.meta.dirname, '../../../..');
const question = '{"mail":"Where is my order W2057?"}';
const refund = '{"mail":"I want my money back for order W2041, it came torn."}';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-runs-'));
  cpSync(join(root, 'resources/sample'), folder, { recursive: true });
  createWorkspace(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function atelier(
  argv: readonly string[],
  options: { typed?: string[]; signal?: AbortSignal; onOut?: (text: string) => void; cwd?: string } = {},
): Promise<Told> {
  let out = '';
  let err = '';
  const { typed } = options;
  const code = await runCli(argv, {
    out: {
      isTTY: typed !== undefined,
      columns: 100,
      rows: 30,
      write: (text) => {
        out += text;
        options.onOut?.(out);
      },
    },
    err: { isTTY: false, write: (text) => (err += text) },
    cwd: options.cwd ?? folder,
    signal: options.signal ?? new AbortController().signal,
    detach: detachWith(join(root, 'src-main/hosts/cli/main.ts'), folder),
    ...(typed === undefined ? {} : { ask: () => Promise.resolve(typed.shift()) }),
  });
  return { code, out, err };
}

const endSchema = z.object({
  kind: z.literal('end'),
  run: z.object({ id: z.string(), status: z.string(), step: z.number(), seed: z.number() }),
  interrupts: z.array(z.object({ id: z.string(), kind: z.string() })),
  state: z.record(z.string(), z.json()),
});

/** The last line: how the run stands. */
function ended({ out }: Told): z.infer<typeof endSchema> {
  return endSchema.parse(JSON.parse(out.trim().split('\n').at(-1) ?? ''));
}

// Each command starts a runner process: slow where many tests run at once.
describe('atelier run', { timeout: 60_000 }, () => {
  it('tells every event in order, then the result, as JSON lines', async () => {
    const told = await atelier(['run', 'triage', '--input', question, '--seed', '4']);
    expect(told.err).toBe('');
    expect(told.code).toBe(0);
    const lines = told.out
      .trim()
      .split('\n')
      .map((line) => z.object({ kind: z.string() }).loose().parse(JSON.parse(line)));
    const seqs = lines.flatMap((line) =>
      line.kind === 'events' ? z.array(z.object({ seq: z.number() })).parse(line['events']) : [],
    );
    expect(seqs.map(({ seq }) => seq)).toEqual(seqs.map((_, index) => index + 1));
    const { run, state } = ended(told);
    expect(run).toMatchObject({ status: 'finished', seed: 4 });
    expect(state['reply']).toMatch(/W2057/);
  });

  it('waits for a person with exit code 3, and goes on with the answer', async () => {
    const told = await atelier(['run', 'agents/triage.agent.ts', '--input', refund, '--text']);
    expect(told.code).toBe(3);
    const hint = /atelier resume (\w+) --answer '(.*)=\{"approve":…,"note":…\}'/.exec(told.out);
    const [, id = '', name = ''] = hint ?? [];
    expect(name).toMatch(/:approve$/);
    const waiting = await atelier(['runs', '--status', 'waiting', '--text']);
    expect(waiting.out).toContain(id);
    const shown = await atelier(['show', id, '--text']);
    expect(shown.out).toContain(hint?.[0]);
    expect((await atelier(['resume', id, '--answer', 'approve={"approve":7}'])).code).toBe(1);
    const done = await atelier(['resume', id, '--answer', 'approve={"approve":true}']);
    expect(done.err).toBe('');
    expect(done.code).toBe(0);
    expect(ended(done).state['refund']).toMatchObject({ order: 'W2041' });
  });

  it('asks the person at the terminal, field by field, and draws the tree', async () => {
    const told = await atelier(['run', 'triage', '--input', refund], { typed: ['n', 'It was not torn when it left.'] });
    expect(told.code).toBe(0);
    expect(told.out).toContain('✓ approve');
    expect(told.out).toContain('decision: {"approve":false,"note":"It was not torn when it left."}');
    expect(told.out).toMatch(/reply:\n {2}\S/);
  });

  it('asks the person at the terminal for the input that was not given', async () => {
    const { code, out } = await atelier(['run', 'triage'], { typed: ['Where is my order W2057?'] });
    expect(code).toBe(0);
    expect(out).toContain('W2057');
    const left = await atelier(['run', 'triage'], { typed: [] });
    expect([left.code, left.out]).toEqual([1, 'Nothing was started.\n']);
  });

  it('takes the workspace of the file that is named, and agents by name in the one that is', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'atelier-elsewhere-'));
    const file = join(folder, 'agents/triage.agent.ts');
    const told = await atelier(['run', file, '--input', question], { cwd: elsewhere });
    expect(told.code).toBe(0);
    const checked = await atelier(['check', 'triage', '--static', '--workspace', folder], { cwd: elsewhere });
    expect([checked.code, checked.err]).toEqual([0, '']);
    const drawn = await atelier(['graph', 'triage', '--mermaid', '--workspace', folder], { cwd: elsewhere });
    expect(drawn.out).toContain('flowchart');
    rmSync(elsewhere, { recursive: true, force: true });
  });

  it('tells how a run in the background is stopped, which pauses it', async () => {
    writeFileSync(
      join(folder, 'agents/slow.agent.ts'),
      `import { agent, code, edge, end, otherwise, start, sum, when } from 'atelier';
export default agent(
  { state: { n: sum() } },
  {
    nodes: { a: code(async () => { await new Promise((done) => setTimeout(done, 50)); return { n: 1 }; }) },
    edges: [start('a'), edge('a', 'a', when(({ state }) => state.n < 5000)), end('a', otherwise)],
  },
);
`,
    );
    const begun = await atelier(['run', 'slow', '--detach', '--input', '{}']);
    const { pid, run } = z.object({ pid: z.number(), run: z.string() }).parse(JSON.parse(begun.out));
    const busy = await atelier(['runs']);
    expect(busy.err).toContain(`kill ${pid}`);
    process.kill(pid, 'SIGTERM');
    const read = z.object({ runs: z.array(z.object({ id: z.string(), status: z.string() })) });
    const look = async (): Promise<unknown> => {
      const told = await atelier(['runs', '--json']);
      return told.code === 0 ? read.parse(JSON.parse(told.out)).runs : told.err;
    };
    await expect.poll(look, { timeout: 30_000, interval: 200 }).toEqual([{ id: run, status: 'paused' }]);
  });

  it('says of a run that failed where, and how it can go on', async () => {
    writeFileSync(
      join(folder, 'agents/fails.agent.ts'),
      `import { agent, code, end, start } from 'atelier';
export default agent({ state: {} }, { nodes: { a: code(() => { throw new TypeError('no such thing'); }) }, edges: [start('a'), end('a')] });
`,
    );
    const told = await atelier(['run', 'fails', '--text', '--input', '{}']);
    expect(told.code).toBe(1);
    expect(told.out).toMatch(/failed in .*: TypeError: no such thing\n +at .*agents\/fails\.agent\.ts:2:\d+/u);
    expect(told.out).toMatch(/atelier fork \w{12} --at 0/u);
  });

  it('pauses where it is told to, goes on by a step, and is cancelled', async () => {
    const paused = ended(await atelier(['run', 'triage', '--input', question, '--until', 'sort']));
    expect(paused.run).toMatchObject({ status: 'paused', step: 1 });
    const id = paused.run.id.slice(0, 10);
    const next = await atelier(['resume', id, '--step']);
    expect(next.code).toBe(0);
    expect(ended(next).run).toMatchObject({ status: 'paused', step: 2 });
    const cancelled = await atelier(['cancel', id, '--text']);
    expect(cancelled).toMatchObject({ code: 0 });
    expect(cancelled.out).toContain('is cancelled after step 2');
    expect((await atelier(['resume', id])).code).toBe(1);
  });

  it('is paused by Ctrl-C, durably, and goes on to the same end', async () => {
    writeFileSync(
      join(folder, 'agents/slow.agent.ts'),
      `import { agent, code, edge, end, otherwise, start, sum, when } from 'atelier';
       export default agent({ state: { rounds: sum() } }, {
         nodes: { beat: code(async () => { await new Promise((done) => setTimeout(done, 60)); return { rounds: 1 }; }) },
         edges: [start('beat'), edge('beat', 'beat', when(({ state }) => state.rounds < 20)), end('beat', otherwise)],
       });\n`,
    );
    const stop = new AbortController();
    const stopped = await atelier(['run', 'slow', '--json'], {
      signal: stop.signal,
      onOut: (out) => {
        if (out.split('"step.finished"').length > 4) stop.abort();
      },
    });
    expect(stopped.code).toBe(130);
    const { run } = ended(stopped);
    expect(run.status).toBe('paused');
    const done = await atelier(['resume', run.id]);
    expect(done.code).toBe(0);
    expect(ended(done).state).toEqual({ rounds: 20 });
  });

  it('goes on in the background, after this command has told its id', async () => {
    const told = await atelier(['run', 'triage', '--input', question, '--detach', '--json']);
    expect(told.err).toBe('');
    const { run, log } = z.object({ run: z.string(), log: z.string() }).parse(JSON.parse(told.out));
    await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8'), { timeout: 20_000 }).toMatch(/finished in/);
    await expect
      .poll(async () => (await atelier(['show', run])).out, { timeout: 20_000, interval: 200 })
      .toMatch(/"status":"finished"/);
    const refused = await atelier(['run', 'triage', '--input', '{"mail":7}', '--detach']);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/mail/);
  });

  it.each([
    [['run'], /Name the agent/, 2],
    [['run', 'triage', '--input', '7'], /--input takes a JSON object/, 2],
    [['run', 'triage', '--input', '@none.json'], /none\.json cannot be read/, 1],
    [['run', 'nobody'], /There is no agent nobody\.\n {2}There are: .*"triage"/, 1],
    [['run', 'triag'], /Did you mean "triage"\?/, 1],
    [['run', 'triage', '--input', '{}'], /"mail" is missing\.\n {2}It takes: mail\./, 1],
    [['run', 'triage', '--until', 'serch', '--input', question], /There is no node "serch" in agents\/triage/, 2],
    [['run', 'triage', '--nope'], /Unknown option '--nope'\.\n.*`atelier run --help`/, 2],
    [['runn'], /Did you mean `atelier run`\?/, 2],
    [['run', '../../etc/hosts'], /There is no agent|is not in the workspace/, 1],
    [['show', 'ffff'], /There is no run "ffff"/, 1],
    [['fork', 'ffff'], /Say --at STEP/, 2],
    [['runs', '--status', 'tired'], /--status takes queued/, 2],
  ])('says what is wrong with %j', async (argv, sentence, code) => {
    const told = await atelier(argv);
    expect(told.err).toMatch(sentence);
    expect(told.code).toBe(code);
  });
});

describe('what a run did', { timeout: 60_000 }, () => {
  it('is shown, replayed, forked with another state or another message, and becomes preference data', async () => {
    const first = ended(await atelier(['run', 'triage', '--input', question, '--seed', '4']));
    const id = first.run.id.slice(0, 12);
    const shown = await atelier(['show', id, '--text']);
    expect(shown.out).toMatch(/step 1 +sort/);
    expect(shown.out).toMatch(/input +\{"mail"/);
    const state = await atelier(['show', id, '--state', '1']);
    expect(JSON.parse(state.out)).toMatchObject({ step: 1, state: { triage: { kind: 'question', order: 'W2057' } } });
    const journal = (await atelier(['show', id, '--journal'])).out.trim().split('\n');
    const events = journal.map((line) =>
      z
        .object({ seq: z.number(), event: z.object({ type: z.string(), key: z.string().optional() }) })
        .parse(JSON.parse(line)),
    );
    expect(events.at(-1)?.event.type).toBe('run.finished');

    const replayed = await atelier(['replay', id]);
    expect(replayed.code).toBe(0);
    expect(ended(replayed).state).toEqual(first.state);

    const happy = 'triage={"kind":"thanks","order":null,"gist":"Is happy."}';
    const thanked = await atelier(['fork', id, '--at', '1', '--set', happy]);
    expect(thanked.code).toBe(0);
    expect(ended(thanked).state['reply']).not.toEqual(first.state['reply']);

    const step = first.run.step;
    const answered = events.findLast(
      ({ event }) => event.type === 'effect.finished' && /:answer#/.test(event.key ?? ''),
    );
    const key = answered?.event.key ?? '';
    const before = Number(/^\/(\d+)/.exec(key)?.[1]) - 1;
    expect(before).toBeLessThan(step);
    const edited = await atelier(['fork', id, '--at', String(before), '--message', `${key}=It is under way.`]);
    expect(edited.code).toBe(0);
    expect(ended(edited).state['reply']).toBe('It is under way.');

    expect((await atelier(['traces', '--source', 'atelier', '--text'])).out).toMatch(/triage: Where is my order/);
    const mined = z
      .object({ byKind: z.object({ sibling: z.number() }) })
      .parse(JSON.parse((await atelier(['mine'])).out));
    expect(mined.byKind.sibling).toBeGreaterThanOrEqual(1);
    const { pairs } = z
      .object({
        pairs: z.array(z.object({ pair: z.object({ id: z.string() }), excerptA: z.string(), excerptB: z.string() })),
      })
      .parse(JSON.parse((await atelier(['pairs', '--kind', 'sibling'])).out));
    const pair = pairs.find(({ excerptA, excerptB }) => [excerptA, excerptB].includes('It is under way.'));
    expect(pair).toBeDefined();
    const side = pair?.excerptA === 'It is under way.' ? 'b' : 'a';
    expect((await atelier(['label', pair?.pair.id ?? '', '--choose', side, '--annotator', 'Ada'])).code).toBe(0);
    const exported = await atelier(['export', '--target', 'trl-dpo', '--out', 'data.jsonl']);
    expect(exported.code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'data.jsonl'), 'utf8'))).toMatchObject({
      rejected: [{ content: 'It is under way.' }],
    });
  });
});
