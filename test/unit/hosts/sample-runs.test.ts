// The sample's agents, run from start to end by the real runtime: a person says yes and no, a model fails, the studio is closed in the middle.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { laySampleDown } from '#hosts/sample-files';
import { Runtime } from '#test/runtime';
import { temporaryFolder } from '#test/store';

const shipped = join(import.meta.dirname, '..', '..', '..', 'resources', 'sample');
const mail = 'Hello, my order W2041 came with a bent corner. I would like my money back. Ines Moreau';
const triage = 'agents/triage.agent.ts';

function newWorkspace(): string {
  const folder = temporaryFolder();
  laySampleDown(shipped, folder);
  return folder;
}

const textIn = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const refundsIn = (folder: string): string[] =>
  existsSync(join(folder, 'shop', 'refunds.jsonl')) ? textIn(folder, 'shop/refunds.jsonl').trim().split('\n') : [];

/** Makes every first try of a call fail as often as the model's file says "busy": always or never. */
function setBusy(folder: string, name: string, change: Readonly<Record<string, unknown>>): void {
  const file = z.looseObject({ rules: z.array(z.looseObject({ name: z.string() })) });
  const model = file.parse(JSON.parse(textIn(folder, `models/${name}.model.json`)));
  const rules = model.rules.map((rule) => (rule.name === 'busy' ? { ...rule, ...change } : rule));
  writeFileSync(join(folder, 'models', `${name}.model.json`), JSON.stringify({ ...model, rules }));
}

/** Puts a statement before the paying. */
function spoilRefund(folder: string, statement: string): void {
  const text = textIn(folder, 'tools/refunds.ts').replace('await appendFile(', `${statement}\n    await appendFile(`);
  writeFileSync(join(folder, 'tools', 'refunds.ts'), text.replace("timeout: '10s'", "timeout: '5m'"));
}

/** A refund that a person has said yes to. */
async function approved(runtime: Runtime, seed: number): Promise<string> {
  const { id } = await runtime.control.start({ file: triage, input: { mail }, seed });
  const question = await runtime.asked(id);
  await runtime.control.answer(id, question.id, { approve: true }, 'ann');
  return id;
}

/** How often the tool was asked to pay. */
function paid(runtime: Runtime, id: string): readonly unknown[] {
  return runtime.events(id).filter((event) => event.type === 'effect.requested' && event.name.endsWith('#refund'));
}

describe('triage', { timeout: 60_000 }, () => {
  test('pays back when a person says so, once, and answers', async () => {
    const folder = newWorkspace();
    await using runtime = new Runtime(folder);
    const { id } = await runtime.control.start({ file: triage, input: { mail }, seed: 1 });
    const question = await runtime.asked(id);
    expect(question).toMatchObject({
      kind: 'human',
      title: 'Pay 42.50 back to Ines Moreau?',
      details: { mail, order: { id: 'W2041' } },
      form: { properties: { approve: { type: 'boolean', title: 'Pay it back' } } },
    });
    expect(refundsIn(folder)).toEqual([]);
    await runtime.reaches(id, 'waiting');
    await runtime.control.answer(id, question.id, { approve: true, note: 'Keep the book.' }, 'ann');
    await runtime.reaches(id, 'finished');
    expect(refundsIn(folder).map((line) => JSON.parse(line))).toEqual([
      { order: 'W2041', amount: 42.5, at: expect.any(String) },
    ]);
    expect(textIn(folder, 'drafts/reply-W2041.md')).toMatch(/paid 42\.5 back to you today.*Keep the book\./su);
    expect(runtime.state(id)).toMatchObject({ triage: { kind: 'refund' }, decision: { approve: true } });
    expect(runtime.run(id).usage.inputTokens).toBeGreaterThan(100);
  });

  test('pays nothing when a person says no', async () => {
    const folder = newWorkspace();
    await using runtime = new Runtime(folder);
    const { id } = await runtime.control.start({ file: triage, input: { mail }, seed: 2 });
    const question = await runtime.asked(id);
    await expect(runtime.control.answer(id, question.id, { approve: 'maybe' }, 'ann')).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await runtime.control.answer(id, question.id, { approve: false }, 'ann');
    await runtime.reaches(id, 'finished');
    expect(refundsIn(folder)).toEqual([]);
    expect(textIn(folder, 'drafts/reply-W2041.md')).toContain('We cannot pay it back. Come by with it');
  });

  test('asks nobody where there is nothing to pay', async () => {
    await using runtime = new Runtime(newWorkspace());
    await Promise.all(
      [
        ['Where is my order W2057?', 'Order W2057 with Letters from a Lighthouse is sent'],
        ['I want a refund for W2063, please.', 'Order W2063 is packed, but not with you yet'],
        ['Thank you for the lovely evening!', 'that made our day'],
        ['Do you have stamps?', 'I find no such order'],
      ].map(async ([words = '', answer = '']) => {
        const { id } = await runtime.control.start({ file: triage, input: { mail: words }, seed: 3 });
        await runtime.reaches(id, 'finished');
        expect(runtime.state(id)['reply']).toContain(answer);
      }),
    );
  });

  test('tries a busy model again, and fails with its sentence where it stays busy', async () => {
    const folder = newWorkspace();
    setBusy(folder, 'triage', { when: { try: { atMost: 2 } } });
    await using runtime = new Runtime(folder);
    const start = { file: triage, input: { mail: 'Thank you!' }, seed: 4 };
    const { id } = await runtime.control.start(start);
    await runtime.reaches(id, 'finished');
    const failed = runtime.events(id).filter((event) => event.type === 'node.failed');
    expect(failed.map((event) => [event.node, event.try, event.error.name])).toEqual([
      ['sort', 1, 'ModelError 429'],
      ['sort', 2, 'ModelError 429'],
      ['answer', 1, 'ModelError 429'],
      ['answer', 2, 'ModelError 429'],
    ]);

    setBusy(folder, 'triage', { when: {}, fail: { status: 401 } });
    const other = await runtime.control.start(start);
    const run = await runtime.reaches(other.id, 'failed');
    expect(run.error).toMatchObject({ name: 'ModelError 401', message: 'The model does not accept the key.' });
  });

  test('goes on after the studio was closed: what was asked of the model is not asked again', async () => {
    const folder = newWorkspace();
    let id: string;
    {
      await using runtime = new Runtime(folder);
      ({ id } = await runtime.control.start({ file: triage, input: { mail }, seed: 5 }));
      await runtime.asked(id);
      await runtime.reaches(id, 'waiting');
    }
    await using runtime = new Runtime(folder);
    await runtime.control.open({ resume: true });
    const question = await runtime.asked(id);
    await runtime.control.answer(id, question.id, { approve: true }, 'ann');
    await runtime.reaches(id, 'finished');
    const asked = runtime.events(id).flatMap((event) => (event.type === 'effect.requested' ? [event.name] : []));
    expect(asked.filter((name) => name === 'scripted/triage').length).toBeLessThanOrEqual(4);
    expect(asked.filter((name) => name.includes('findOrder'))).toHaveLength(1);
    expect(refundsIn(folder)).toHaveLength(1);
  });

  test('asks a person where the studio was closed in the middle of the paying', async () => {
    const folder = newWorkspace();
    spoilRefund(folder, 'await new Promise((done) => setTimeout(done, 60_000));');
    let id: string;
    {
      await using runtime = new Runtime(folder);
      id = await approved(runtime, 6);
      await runtime.until(id, () => paid(runtime, id).length > 0);
    }
    await using runtime = new Runtime(folder);
    await runtime.control.open({ resume: true });
    const unsure = await runtime.asked(id);
    expect(unsure).toMatchObject({ kind: 'unsure', details: { input: { order: 'W2041', amount: 42.5 } } });
    const result = { order: 'W2041', amount: 42.5, at: '2026-03-14T09:00:00.000Z' };
    await runtime.control.answer(id, unsure.id, { result }, 'ann');
    await runtime.reaches(id, 'finished');
    expect(runtime.state(id)).toMatchObject({ refund: result });
    expect(paid(runtime, id)).toHaveLength(1);
    expect(refundsIn(folder)).toEqual([]);
  });

  test('asks a person where the process that pays has died', async () => {
    const folder = newWorkspace();
    spoilRefund(folder, "await appendFile(join(folder, 'pid'), `${process.pid}`);\n    for (;;);");
    await using runtime = new Runtime(folder);
    const id = await approved(runtime, 7);
    await expect.poll(() => existsSync(join(folder, 'pid')), { timeout: 10_000 }).toBe(true);
    process.kill(Number(textIn(folder, 'pid')), 'SIGKILL');
    const unsure = await runtime.asked(id);
    expect(unsure.kind).toBe('unsure');
    await runtime.control.answer(id, unsure.id, { fail: 'The bank says no.' }, 'ann');
    const run = await runtime.reaches(id, 'failed');
    expect(run.error).toMatchObject({ message: 'The bank says no.' });
    expect(paid(runtime, id)).toHaveLength(1);
    expect(refundsIn(folder)).toEqual([]);
  });
});

describe('digest', { timeout: 60_000 }, () => {
  test('reads every note, keeps their order, and writes one page', async () => {
    const folder = newWorkspace();
    await using runtime = new Runtime(folder);
    const { id } = await runtime.control.start({ file: 'agents/digest.agent.ts', input: {}, seed: 7 });
    await runtime.reaches(id, 'finished');
    const lines = textIn(folder, 'drafts/digest.md').trim().split('\n').slice(2);
    expect(lines).toEqual([
      '- The window: I walked past on Tuesday and stopped for the lighthouse in the window. (mixed, feedback/2026-03-04-window.md)',
      expect.stringContaining('(mixed, feedback/2026-03-07-parcel.md)'),
      expect.stringContaining('(mixed, feedback/2026-03-08-reading.md)'),
      expect.stringContaining('(cross, feedback/2026-03-10-phone.md)'),
      expect.stringContaining('(glad, feedback/2026-03-12-children.md)'),
    ]);
  });

  test('says what is wrong with a folder that is not there', async () => {
    await using runtime = new Runtime(newWorkspace());
    const { id } = await runtime.control.start({
      file: 'agents/digest.agent.ts',
      input: { folder: 'nowhere' },
      seed: 8,
    });
    const run = await runtime.reaches(id, 'failed');
    expect(run.error?.message).toContain('nowhere');
  });
});

describe('desk', { timeout: 60_000 }, () => {
  const file = 'agents/desk.agent.ts';
  const question = 'Where is W2057, and may I have one more copy?';
  const copies = (folder: string): unknown =>
    z.record(z.string(), z.int()).parse(JSON.parse(textIn(folder, 'shop/stock.json')))['Letters from a Lighthouse'];

  test.for([
    [true, 6, 'Your order W2057 is sent, and a copy of Letters from a Lighthouse is put aside for you.'],
    [false, 7, 'I may not put a copy of Letters from a Lighthouse aside, but there are 7 on the shelf.'],
  ] as const)('reserves only when a person allows it: %s', async ([allow, left, answer]) => {
    const folder = newWorkspace();
    await using runtime = new Runtime(folder);
    const { id } = await runtime.control.start({ file, input: { question }, seed: 9 });
    const asked = await runtime.asked(id);
    expect(asked).toMatchObject({ kind: 'approval', title: expect.stringContaining('reserve') });
    await runtime.control.answer(id, asked.id, { allow, reason: 'as you wish' }, 'ann');
    await runtime.reaches(id, 'finished');
    expect(copies(folder)).toBe(left);
    expect(runtime.state(id)['answer']).toContain(answer);
  });

  test('looks up what is named, and asks where nothing is', async () => {
    await using runtime = new Runtime(newWorkspace());
    await Promise.all(
      [
        ['Where is W2041?', 'Your order W2041 with The Salt Road is delivered.'],
        ['Where is W9999?', 'I find no order with that number.'],
        ['Where is my book?', 'Which order is it about?'],
      ].map(async ([words = '', answer = '']) => {
        const { id } = await runtime.control.start({ file, input: { question: words }, seed: 10 });
        await runtime.reaches(id, 'finished');
        expect(runtime.state(id)['answer']).toContain(answer);
      }),
    );
  });
});
