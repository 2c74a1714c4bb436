// Export: files that repeat byte for byte, a card, a record, no foreign file touched, nothing left behind.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { targetSchema, type ExportOptions, type Recipe } from '#contract/dataset';
import { newTask } from '#engine/jobs';
import { exportDataset, planExport } from '#engine/preference/dataset/export';
import { folderWithin } from '#engine/preference/dataset/files/folder';
import { targets } from '#engine/preference/dataset/targets/targets';
import { createDataset, freezeDataset } from '#engine/preference/dataset/versions';
import type { Store } from '#engine/ports';
import { temporaryFolder, temporaryStore } from '#test/store';
import { anyOptions, anyRecipe, clock, label, place, question, root, storeOf, task, text, type Talk } from './world.ts';

const talks: Talk[] = Array.from({ length: 40 }, (_, index) => ({
  prompt: [
    root('Be kind.', index % 2 === 0 ? ['find'] : []),
    text('user', `Question ${index}? Write to ann${index % 3}@home.net.`),
    ...(index % 2 === 0
      ? [
          {
            role: 'assistant' as const,
            content: [],
            toolCalls: [{ name: 'find', arguments: { id: `B${index}`, [`key${index}`]: index } }],
          },
          { role: 'tool' as const, content: [{ type: 'text' as const, text: `found ${index}\u2028` }], call: 0 },
        ]
      : []),
  ],
  one: [text('assistant', `Good ${index}`)],
  two: [text('assistant', `Bad ${index}`)],
}));

function run(store: Store, out: string, options: Partial<ExportOptions> = {}, recipe: Partial<Recipe> = {}) {
  return exportDataset(
    store,
    { recipe: { ...anyRecipe, ...recipe }, options: { ...anyOptions, ...options }, out },
    task,
  );
}

function bytesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}

const everyFormat = targetSchema.options.flatMap((target) =>
  targets[target].formats.map((format) => [target, format] as const),
);

describe.each(everyFormat)('%s as %s', (target, format) => {
  it('writes, proves and repeats the same bytes', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()].map((folder) => join(folder, 'out'));
    const options = { target, format, split: 0.25, seed: 7 };
    // One workspace: the key of the masks is its own.
    const store = storeOf(talks);
    const summary = await run(store, one ?? '', options);
    const perChoice = target === 'trl-kto' ? 2 : 1;
    expect(summary).toMatchObject({ rows: 40 * perChoice, verified: 40 * perChoice, target, format });
    expect(summary.files.map((file) => file.rows)).toEqual([30 * perChoice, 10 * perChoice]);
    for (const file of summary.files) {
      const bytes = readFileSync(file.path);
      expect(file).toMatchObject({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    }
    expect(readdirSync(one ?? '').toSorted()).toEqual(
      [
        'README.md',
        `test.${format}`,
        `train.${format}`,
        'export.json',
        ...(target === 'llama-factory' ? ['dataset_info.json'] : []),
      ].toSorted(),
    );
    await run(store, two ?? '', options);
    expect(bytesOf(two ?? '')).toEqual(bytesOf(one ?? ''));
    await run(store, two ?? '', { ...options, seed: 8 });
    expect(bytesOf(two ?? '')).not.toEqual(bytesOf(one ?? ''));
  });
});

it('gives the same bytes from a frozen version, from its recipe, and from the database', async () => {
  const store = temporaryStore();
  for (const talk of talks) label(store, place(store, talk), 'Ann', 'one');
  const version = await freezeDataset(store, clock, createDataset(store, clock, 'Mine', anyRecipe).id, task);
  const folder = temporaryFolder();
  const files = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')] as const;
  const frozen = await exportDataset(store, { version: version.hash, options: anyOptions, out: files[0] }, task);
  const drawn = await run(store, files[1]);
  expect(frozen.versionHash).toBe(version.hash);
  expect(drawn.versionHash).toBe(version.hash);
  expect(drawn.files[0]?.sha256).toBe(frozen.files[0]?.sha256);
  expect(readdirSync(folder).toSorted()).toEqual(['a.jsonl', 'b.jsonl']);
});

it('plans what it then does', async () => {
  const store = storeOf(
    talks,
    talks.map((_, index) => `group ${index % 10}`),
  );
  for (const target of ['trl-dpo', 'trl-kto', 'axolotl', 'llama-factory'] as const) {
    const options = { ...anyOptions, target, split: 0.3 };
    const plan = await planExport(store, { recipe: anyRecipe, options }, task);
    const summary = await run(store, join(temporaryFolder(), 'out'), options);
    expect(summary).toMatchObject({ rows: plan.rows, losses: plan.losses, findings: plan.findings, notes: plan.notes });
    expect(summary.files.map((file) => file.rows)).toEqual([plan.train, plan.test]);
    expect(plan.sample).toHaveLength(3);
    const lines = summary.files.flatMap((file) => readFileSync(file.path, 'utf8').trimEnd().split('\n'));
    const sampled = plan.sample.map((row) => JSON.stringify(row).replaceAll('\u2028', String.raw`\u2028`));
    expect(lines).toEqual(expect.arrayContaining(sampled));
  }
});

it('masks in the files what the scan found, alike everywhere, and leaves it otherwise', async () => {
  const store = storeOf(talks);
  const folder = temporaryFolder();
  const masked = await run(store, join(folder, 'masked.jsonl'), { mask: true });
  const left = await run(store, join(folder, 'left.jsonl'));
  expect(masked.findings).toEqual([expect.objectContaining({ rule: 'EMAIL', count: 40, rows: 40 })]);
  expect(left.findings).toEqual(masked.findings);
  const [hidden, open] = ['masked.jsonl', 'left.jsonl'].map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(hidden).not.toContain('@home.net');
  expect(new Set(hidden?.match(/\[EMAIL-[\da-f]{8}\]/g)).size).toBe(3);
  expect(open).toContain('ann1@home.net');
  expect(masked.verified).toBe(40);
});

it('masks the names in what goes beside the rows, too', async () => {
  const store = storeOf([]);
  const placed = place(store, question('x'), { group: 'case of jo@corp.io' });
  label(store, placed, 'eve@corp.io', 'one', { tags: ['for ann@corp.io'] });
  const recipe = { groups: ['case of jo@corp.io'], annotators: ['eve@corp.io'], tags: ['for ann@corp.io'] };
  const files = async (mask: boolean): Promise<string> => {
    const out = join(temporaryFolder(), 'out');
    await run(store, out, { mask }, recipe);
    return readdirSync(out)
      .map((name) => readFileSync(join(out, name), 'utf8'))
      .join('\n');
  };
  expect(await files(false)).toContain('eve@corp.io');
  const masked = await files(true);
  expect(masked).not.toContain('@corp.io');
  expect(masked).toMatch(/Annotators: \[EMAIL-[\da-f]{8}\] \(1 label\)/);
});

it('reports near-duplicates on both sides of the split', async () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
  const alike = Array.from({ length: 10 }, (_, index): Talk => {
    const { one, two } = question('same');
    return { prompt: [root(), text('user', `${words} ${index}`)], one, two };
  });
  const plan = await planExport(storeOf(alike), { recipe: anyRecipe, options: { ...anyOptions, split: 0.3 } }, task);
  expect(plan.test).toBe(3);
  expect(plan.nearDuplicates).toHaveLength(3);
  for (const { train, test, similarity } of plan.nearDuplicates) {
    expect(similarity).toBeGreaterThanOrEqual(0.8);
    expect(train).not.toBe(test);
  }
  expect(
    (await planExport(storeOf(talks), { recipe: anyRecipe, options: { ...anyOptions, split: 0.3 } }, task))
      .nearDuplicates,
  ).toEqual([]);
});

describe('the card', () => {
  it('has front matter with files and types, counts, recipe, annotators, losses and hashes, and leaves the licence open', async () => {
    const store = storeOf(talks);
    const folder = join(temporaryFolder(), 'out');
    const summary = await run(store, folder, { split: 0.25, format: 'parquet' }, { tags: [], minStrength: 2 });
    const card = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(card.startsWith('---\npretty_name: "Preferences"\n')).toBe(true);
    for (const part of [
      '  - split: train\n    path: train.parquet\n',
      '  - name: prompt\n    list: json\n  - name: chosen\n    list:\n    - name: role\n      dtype: string\n',
      '  - name: tools\n    dtype: json\n',
      summary.versionHash,
      summary.files[0]?.sha256 ?? 'none',
      '40 preferences, 0 ties, 0 pairs with both sides bad',
      'Ann (40 labels)',
      'Least strength of a preference: 2 of 3',
      'with seed 1, 30 rows to train and 10 rows to test',
      'Found by rule and left as they are',
      '| EMAIL | pii | 40 | 40 |',
      'Not chosen yet',
    ])
      expect(card).toContain(part);
    expect(card).not.toMatch(/20\d\d-\d\d-\d\d/);
  });

  it('says the licence is not chosen, the losses, and how far annotators agree', async () => {
    const store = storeOf([]);
    const placed = place(store, question('x'));
    label(store, placed, 'Ann', 'one');
    label(store, placed, 'Bea', 'one');
    label(store, place(store, question('y')), 'Ann', 'bad');
    const folder = join(temporaryFolder(), 'out');
    await run(store, folder);
    const card = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(card).toContain('1 choice labelled by two annotators or more; all alike in 1 (100 %)');
    expect(card).toContain('- Pairs where both sides are bad: skipped, 1 choice');
  });

  it('gives LLaMA-Factory its entries', async () => {
    const folder = join(temporaryFolder(), 'out');
    await run(storeOf(talks), folder, { target: 'llama-factory', split: 0.25 });
    const info = JSON.parse(readFileSync(join(folder, 'dataset_info.json'), 'utf8')) as Record<string, unknown>;
    expect(Object.keys(info)).toEqual(['atelier_train', 'atelier_test']);
    expect(info['atelier_train']).toMatchObject({
      file_name: 'train.jsonl',
      formatting: 'sharegpt',
      ranking: true,
      columns: { messages: 'conversations' },
    });
  });
});

describe('where it writes', () => {
  it('replaces an export of its own, with what is not written again', async () => {
    const store = storeOf(talks);
    const folder = join(temporaryFolder(), 'out');
    await run(store, folder, { split: 0.25, target: 'llama-factory' });
    await run(store, folder);
    expect(readdirSync(folder).toSorted()).toEqual(['README.md', 'export.json', 'train.jsonl']);
  });

  it('refuses a folder with a foreign file, and leaves it as it was', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    await expect(run(storeOf(talks), folder)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('“thesis.txt”') as string,
    });
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
  });

  it('gives each export from the window a folder of its own inside the picked one', async () => {
    const store = storeOf(talks);
    const picked = temporaryFolder();
    const first = await folderWithin(picked, 'Größe & more v1 trl-dpo');
    expect(first).toBe(join(picked, 'gro-e-more-v1-trl-dpo'));
    await run(store, first);
    const written = readFileSync(join(first, 'train.jsonl'), 'utf8');
    const second = await folderWithin(picked, 'Größe & more v1 trl-dpo');
    expect(second).toBe(join(picked, 'gro-e-more-v1-trl-dpo-2'));
    await run(store, second, { target: 'llama-factory' });
    expect(readFileSync(join(first, 'train.jsonl'), 'utf8')).toBe(written);
    mkdirSync(join(picked, 'x'));
    expect(await folderWithin(picked, 'x')).toBe(join(picked, 'x'));
    writeFileSync(join(picked, 'y'), 'a file');
    expect(await folderWithin(picked, 'y')).toBe(join(picked, 'y-2'));
  });

  it('refuses to lose a licence that a person wrote into the card', async () => {
    const store = storeOf(talks);
    const folder = join(temporaryFolder(), 'out');
    await run(store, folder);
    writeFileSync(join(folder, 'README.md'), 'CC-BY');
    await expect(run(store, folder)).rejects.toThrow('“README.md”');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('CC-BY');
  });

  it('writes one file where one is named, and not over another', async () => {
    const store = storeOf(talks);
    const folder = temporaryFolder();
    const out = join(folder, 'mine.jsonl');
    await run(store, out);
    await run(store, out);
    writeFileSync(out, 'something else');
    await expect(run(store, out)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(readFileSync(out, 'utf8')).toBe('something else');
    await expect(run(store, join(folder, 'two.jsonl'), { split: 0.2 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(run(store, join(folder, 'two.jsonl'), { format: 'parquet' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    expect(readdirSync(folder)).toEqual(['mine.jsonl']);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const seen: string[] = [];
    const cancelling = newTask(controller.signal, () => undefined);
    const watched = {
      signal: controller.signal,
      progress: async (done: number | undefined, message?: string): Promise<void> => {
        seen.push(message ?? '');
        if (message === 'Writing') controller.abort();
        await cancelling.progress(done, message);
      },
    };
    const going = exportDataset(
      storeOf(talks),
      { recipe: anyRecipe, options: anyOptions, out: join(folder, 'out') },
      watched,
    );
    await expect(going).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toContain('Writing');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says so in a sentence where the disk fails in the middle', async () => {
    const out = join(temporaryFolder(), 'out');
    const failing = {
      ...task,
      progress: async (_: number | undefined, message?: string) => {
        if (message === 'Reading back and comparing') rmSync(out, { recursive: true, force: true });
      },
    };
    await expect(
      exportDataset(storeOf(talks), { recipe: anyRecipe, options: anyOptions, out }, failing),
    ).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining(`${out} could not be written`) });
  });

  it('says what is in the way where the folder cannot be made', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(run(storeOf(talks), join(folder, 'file', 'out'))).rejects.toMatchObject({ code: 'REFUSED' });
    mkdirSync(join(folder, 'empty'));
    await run(storeOf(talks), join(folder, 'empty'));
  });
});

describe('what it refuses', () => {
  it('a format that the target has not', async () => {
    await expect(run(storeOf(talks), temporaryFolder(), { target: 'openai', format: 'parquet' })).rejects.toThrow(
      'JSONL only',
    );
  });

  it('an export of no rows, with the reason', async () => {
    const parting: Talk = {
      prompt: [root()],
      one: [text('user', 'a'), text('assistant', 'b')],
      two: [text('user', 'c')],
    };
    await expect(run(storeOf([parting]), temporaryFolder(), { target: 'openai' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('None of the 1 choices') as string,
    });
  });

  it('an unknown version', async () => {
    const going = exportDataset(storeOf(talks), { version: 'none', options: anyOptions, out: temporaryFolder() }, task);
    await expect(going).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
