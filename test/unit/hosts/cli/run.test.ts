// The command line as a person uses it: text and JSON, exit codes, the workspace it finds, and the path from logs to labels.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '#hosts/cli/run';

const sample = resolve(import.meta.dirname, '../../../../resources/sample/logs');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function atelier(argv: readonly string[], options: { cwd?: string; isTTY?: boolean; signal?: AbortSignal } = {}) {
  let out = '';
  let err = '';
  const code = await runCli(argv, {
    out: { isTTY: options.isTTY ?? false, write: (text) => (out += text) },
    err: { isTTY: false, write: (text) => (err += text) },
    cwd: options.cwd ?? folder,
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}

async function json<T>(schema: z.ZodType<T>, argv: readonly string[]): Promise<T> {
  const { code, out, err } = await atelier(argv);
  expect(err + code).toMatch(/0$/);
  return schema.parse(JSON.parse(out));
}

describe('the path from logs to labels', () => {
  it('imports, mines, lists, labels and reports agreement', async () => {
    const counts = z.object({ traces: z.number(), newTraces: z.number(), rejected: z.number() });
    const logs = ['bookshop-trials.json', 'writing-drafts.jsonl'].map((name) => join(sample, name));
    expect(await json(counts, ['import', ...logs])).toEqual({ traces: 24, newTraces: 24, rejected: 0 });
    expect(await json(counts, ['import', ...logs])).toEqual({ traces: 24, newTraces: 0, rejected: 0 });

    const mined = z.object({ pairs: z.number(), new: z.number(), byKind: z.record(z.string(), z.number()) });
    const first = await json(mined, ['mine', '--kind', 'outcome,sibling']);
    expect(first.byKind['outcome']).toBe(8);
    expect(first.byKind['sibling']).toBeGreaterThanOrEqual(12);
    expect(await json(mined, ['mine'])).toMatchObject({ pairs: first.pairs, new: 0 });

    const listed = await json(
      z.object({ total: z.number(), pairs: z.array(z.object({ pair: z.object({ id: z.string() }) })) }),
      ['pairs', '--kind', 'outcome'],
    );
    expect(listed.total).toBe(8);
    const id = listed.pairs[0]?.pair.id ?? '';
    const label = await json(z.object({ pairId: z.string(), choice: z.string(), annotator: z.string() }), [
      'label',
      id.slice(0, 12),
      '--choose',
      'a',
      '--strength',
      '3',
      '--annotator',
      'Ada',
      '--tag',
      'honest',
      '--note',
      'it asked first',
    ]);
    expect(label).toEqual({ pairId: id, choice: 'a', annotator: 'Ada' });
    await json(z.object({}), ['label', id, '--choose', 'a', '--annotator', 'Bo']);
    const report = await json(
      z.object({
        annotators: z.array(z.object({ name: z.string() })),
        pairs: z.array(z.object({ shared: z.number(), agreement: z.number() })),
      }),
      ['agreement'],
    );
    expect(report.annotators.map((one) => one.name)).toEqual(['Ada', 'Bo']);
    expect(report.pairs).toEqual([expect.objectContaining({ shared: 1, agreement: 1 })]);
  });

  it('exports the labels for a trainer, says what it found first, and refuses what it does not know', async () => {
    await json(z.object({}), ['import', join(sample, 'tone-preferences.jsonl')]);
    const summary = await json(
      z.object({
        rows: z.number(),
        verified: z.number(),
        files: z.array(z.object({ path: z.string(), rows: z.number() })),
      }),
      ['export', '--target', 'trl-dpo', '--out', 'out'],
    );
    expect(summary).toMatchObject({ rows: 5, verified: 5 });
    const rows = summary.files
      .filter(({ path }) => path.endsWith('.jsonl'))
      .flatMap(({ path }) => readFileSync(path, 'utf8').trim().split('\n'));
    expect(rows.map((row) => Object.keys(JSON.parse(row) as object))).toEqual(
      Array.from({ length: 5 }, () => ['prompt', 'chosen', 'rejected']),
    );
    expect((await atelier(['export', '--target', 'csv', '--out', 'x'])).code).toBe(2);
    expect((await atelier(['export', '--target', 'trl-dpo'])).err).toMatch(/--out PATH/);
    expect((await atelier(['export', '--target', 'trl-dpo', '--out', 'x', '--min-strength', '9'])).err).toMatch(
      /--min-strength/,
    );
  });

  it('writes traces out equal to what came in', async () => {
    const log = join(sample, 'writing-drafts.jsonl');
    await json(z.object({}), ['import', log]);
    await json(z.object({ records: z.literal(12) }), ['traces', '--out', 'same.jsonl']);
    expect(
      readFileSync(join(folder, 'same.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(
      readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    );
  });

  it('leaves a file alone that holds something else, unless it is told to replace it', async () => {
    await json(z.object({}), ['import', join(sample, 'writing-drafts.jsonl')]);
    writeFileSync(join(folder, 'mine.jsonl'), 'mine');
    const { code, err } = await atelier(['traces', '--out', 'mine.jsonl']);
    expect([code, err]).toEqual([1, expect.stringMatching(/exists already.*--force/s)]);
    expect(readFileSync(join(folder, 'mine.jsonl'), 'utf8')).toBe('mine');
    await json(z.object({ records: z.literal(12) }), ['traces', '--out', 'mine.jsonl', '--force']);
    await json(z.object({ records: z.literal(12) }), ['traces', '--out', 'mine.jsonl']);
    expect((await atelier(['traces', '--out', '.'])).err).toContain('is a folder.');
  });

  it('names what was set aside on stderr and goes on; --strict makes that a failure', async () => {
    writeFileSync(join(folder, 'bad.jsonl'), '{"messages":[{"role":"user","content":"hello"}]}\n{"messages": oops\n');
    const { code, out, err } = await atelier(['import', 'bad.jsonl']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ traces: 1, rejected: 1 });
    expect(err).toMatch(/bad\.jsonl:2: /);
    expect((await atelier(['import', 'bad.jsonl', '--strict'])).code).toBe(1);
  });
});

describe('the workspace', () => {
  it('is the nearest one upwards, or the one that is named', async () => {
    await atelier(['import', join(sample, 'writing-drafts.jsonl')]);
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    const { out } = await atelier(['traces', '--limit', '1'], { cwd: join(folder, 'deep', 'er') });
    expect(JSON.parse(out)).toMatchObject({ total: 12 });
  });

  it('is left out by doctor where there is none, but not where one is named', async () => {
    expect((await atelier(['doctor'])).code).toBe(0);
    const { code, err } = await atelier(['doctor', '--workspace', join(folder, 'none')]);
    expect(code).toBe(1);
    expect(err).toMatch(/is no workspace/);
  });

  it('is asked for where there is none', async () => {
    const { code, err, out } = await atelier(['traces', '--json', '--workspace', join(folder, 'none')]);
    expect(code).toBe(1);
    expect(err).toMatch(/is no workspace.*\n.*atelier import/);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

describe('the command line itself', () => {
  it('prints a table on a terminal and JSON elsewhere', async () => {
    await atelier(['import', join(sample, 'bookshop-trials.json')]);
    expect((await atelier(['traces'], { isTTY: true })).out).toMatch(/^ID +SOURCE +GROUP/);
    expect((await atelier(['traces', '--text'])).out).toMatch(/^ID +SOURCE +GROUP/);
    expect((await atelier(['traces', '--json'], { isTTY: true })).out).toMatch(/^\{"total":12/);
  });

  it.each([
    [['nonsense'], /no command "nonsense"/],
    [['import'], /at least one file/],
    [['label', 'x'], /--choose/],
    [['mine', '--kind', 'best'], /--kind takes sibling, outcome, imported/],
    [['traces', '--nope'], /nope/],
    [['import', 'x', '--format', 'csv'], /--format takes auto, openai-chat/],
  ])('refuses %j with exit code 2', async (argv, sentence) => {
    const { code, err } = await atelier(argv);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });

  it('fails with a sentence on a file that is not there', async () => {
    const { code, out, err } = await atelier(['import', 'missing.jsonl']);
    expect(code).toBe(1);
    expect(out + err).toMatch(/missing\.jsonl/);
    expect(out + err).not.toMatch(/\bat .*\.ts:/);
  });

  it('makes no workspace of a folder for files that cannot be read', async () => {
    writeFileSync(join(folder, 'empty.jsonl'), '');
    const { code, err } = await atelier(['import', 'missing.jsonl', 'empty.jsonl', '.']);
    expect(code).toBe(1);
    expect(err).toMatch(/missing\.jsonl.*empty\.jsonl is empty.*is a folder/s);
    expect(existsSync(join(folder, '.atelier'))).toBe(false);
    writeFileSync(join(folder, 'good.jsonl'), '{"messages":[{"role":"user","content":"hello"}]}\n');
    const mixed = await atelier(['import', 'missing.jsonl', 'good.jsonl']);
    expect([mixed.code, JSON.parse(mixed.out)]).toEqual([1, expect.objectContaining({ traces: 1 })]);
  });

  it('fails where the format named by hand fits no record, and says what to try', async () => {
    writeFileSync(join(folder, 'chat.jsonl'), '{"messages":[{"role":"user","content":"hello"}]}\n');
    const { code, err, out } = await atelier(['import', 'chat.jsonl', '--format', 'trl']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ traces: 0, rejected: 1 });
    expect(err).toMatch(/no record is TRL preferences; try --format auto/);
  });

  it('has help for every command, and a version', async () => {
    const all = (await atelier(['help'])).out;
    for (const name of ['import', 'traces', 'mine', 'pairs', 'label', 'agreement', 'export', 'doctor']) {
      expect(all).toContain(name);
      expect((await atelier([name, '--help'])).out).toContain(`atelier ${name}`);
    }
    expect((await atelier(['--version'])).out).toMatch(/^atelier \d+\.\d+\.\d+\n$/);
  });

  it('ends with 130 when interrupted', async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await atelier(['import', join(sample, 'writing-drafts.jsonl')], { signal: stop.signal })).code).toBe(130);
  });

  it('keeps escape sequences of a log away from the terminal', async () => {
    writeFileSync(
      join(folder, 'evil.jsonl'),
      `${JSON.stringify({ messages: [{ role: 'user', content: '\u001B]0;owned\u0007 hi' }] })}\n`,
    );
    await atelier(['import', 'evil.jsonl']);
    const listed = (await atelier(['traces', '--text'])).out;
    const id = /^[0-9a-f]{12}/m.exec(listed)?.[0] ?? '';
    const shown = (await atelier(['traces', id, '--text'])).out;
    expect(shown).toContain('hi');
    expect(listed + shown).not.toContain('\u001B');
  });

  it('keeps signs that turn the direction of writing away from the terminal', async () => {
    writeFileSync(
      join(folder, 'rtl.jsonl'),
      `${JSON.stringify({ messages: [{ role: 'user', content: 'a\u202Eb' }] })}\n`,
    );
    await atelier(['import', 'rtl.jsonl']);
    const listed = (await atelier(['traces', '--text'])).out;
    expect(listed).toContain('a\uFFFDb');
  });
});

describe('a wrong command line', () => {
  it.each([
    [['mine', 'extra'], 'mine takes no arguments, so what is "extra"?'],
    [['label', 'one', 'two', '--choose', 'a'], 'label takes one argument, so what is "two"?'],
    [['traces', '--limit=-1'], '--limit takes a whole number from 0 on, not "-1".'],
    [['pairs', '--limit', '1.5'], '--limit takes a whole number from 0 on, not "1.5".'],
    [['label', 'x', '--choose', 'a', '--tag', ''], '--tag takes up to 20 reasons of 1 to 60 characters'],
    [['label', 'x', '--choose', 'a', '--tag', 't'.repeat(61)], '--tag takes up to 20 reasons'],
    [['label', 'x', '--choose', 'a', '--note', 'n'.repeat(20_001)], '--note takes up to 20,000 characters'],
    [['label', 'x', '--choose', 'a', '--annotator', 'a\nb'], '--annotator takes a name'],
    [['label', 'x', '--choose', 'a', '--annotator', 'a\u202Eb'], '--annotator takes a name'],
    [['export', '--target', 'openai', '--out', 'o', '--split', '5'], '--split takes a share from 0 to 0.9, not "5".'],
    [['export', '--target', 'openai', '--out', 'o', '--split=-0.1'], '--split takes a share'],
    [['export', '--target', 'openai', '--out', 'o', '--seed', '1.5'], '--seed takes a whole number'],
    [['export', '--target', 'openai', '--out', 'o', '--min-strength', '7'], '--min-strength takes 1, 2 or 3, not "7".'],
  ])('%j is refused with what is allowed', async (argv, message) => {
    mkdirSync(join(folder, '.atelier'));
    const { code, err } = await atelier(argv);
    expect(err).toContain(message);
    expect(err.length).toBeLessThan(400);
    expect(code).toBe(2);
  });

  it('says so where the workspace named is a file, or lies below one', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const log = join(sample, 'writing-drafts.jsonl');
    expect((await atelier(['import', log, '--workspace', file])).err).toContain('is a file.');
    expect((await atelier(['import', log, '--workspace', join(file, 'below')])).err).toContain(
      'cannot be made a workspace',
    );
  });
});
