// The validator must be able to fail: every kind of damage to a file is found, in every target and format.
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { targetSchema, type FileFormat, type Target } from '#contract/dataset';
import type { Json, JsonObject } from '#contract/turn';
import { jsonlWriter } from '#engine/preference/dataset/files/jsonl';
import { parquetWriter } from '#engine/preference/dataset/files/parquet';
import { Shapes } from '#engine/preference/dataset/files/shapes';
import { prepare } from '#engine/preference/dataset/prepare';
import { rowOf } from '#engine/preference/dataset/rows';
import { targets } from '#engine/preference/dataset/targets/targets';
import { validate } from '#engine/preference/dataset/validate';
import { sourceOf } from '#engine/preference/dataset/versions';
import { temporaryFolder } from '#test/store';
import { anyOptions, anyRecipe, root, storeOf, task, text, type Talk } from './world.ts';

const talks: Talk[] = Array.from({ length: 5 }, (_, index) => ({
  prompt: [
    root('Be kind.', ['find']),
    text('user', `Question ${index}`),
    { role: 'assistant', content: [], toolCalls: [{ name: 'find', arguments: { id: index, deep: { list: [1, 2] } } }] },
    { role: 'tool', content: [{ type: 'text', text: `found ${index}` }], call: 0 },
  ],
  one: [text('assistant', `Good ${index}`)],
  two: [text('assistant', `Bad ${index}`)],
}));

/** Writes rows as they are damaged, then validates; the shapes are those of the damaged rows, so that the file itself is sound. */
async function validated(
  target: Target,
  format: FileFormat,
  damage: (rows: JsonObject[]) => JsonObject[],
): Promise<number> {
  const store = storeOf(talks);
  const options = { ...anyOptions, target, format };
  const prepared = await prepare(store, await sourceOf(store, { recipe: anyRecipe }, task), options, task, 1);
  const rows = prepared.source.choices.flatMap((choice) => {
    const { examples } = prepared.carried(rowOf(store.turns, choice));
    return examples.map((example) => JSON.parse(JSON.stringify(targets[target].encode(example))) as JsonObject);
  });
  const damaged = damage(rows);
  const shapes = new Shapes(targets[target].columns);
  for (const row of damaged) shapes.observe(row);
  const path = join(temporaryFolder(), `rows.${format}`);
  const writer = format === 'jsonl' ? await jsonlWriter(path) : await parquetWriter(path, shapes.columns());
  for (const row of damaged) await writer.write(row);
  await writer.finish();
  return validate(store, prepared, [{ side: 'train', path, name: 'rows', rows: rows.length }], task, 0);
}

type Change = (value: Json) => Json | undefined;

/** Changes the first thing in a row for which `change` has an answer. */
function once(row: JsonObject, change: Change): JsonObject {
  let done = false;
  const walk = (value: Json): Json => {
    if (done) return value;
    const next = change(value);
    if (next !== undefined) {
      done = true;
      return next;
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value as JsonObject).map(([key, member]) => [key, walk(member)]));
  };
  const changed = walk(row);
  expect(done).toBe(true);
  return changed as JsonObject;
}

const inRow =
  (number: number, change: Change) =>
  (rows: JsonObject[]): JsonObject[] =>
    rows.map((row, index) => (index === number ? once(row, change) : row));

const inText =
  (from: string, to: string): Change =>
  (value) =>
    typeof value === 'string' && value.includes(from) ? value.replace(from, to) : undefined;

const swapped = (row: JsonObject, one: string, two: string): JsonObject => ({
  ...row,
  [one]: row[two] ?? '',
  [two]: row[one] ?? '',
});

const sides: Readonly<Record<Target, readonly [string, string]>> = {
  'trl-dpo': ['chosen', 'rejected'],
  'trl-dpo-standard': ['chosen', 'rejected'],
  'trl-kto': ['completion', 'completion'],
  openai: ['preferred_output', 'non_preferred_output'],
  axolotl: ['chosen', 'rejected'],
  'llama-factory': ['chosen', 'rejected'],
};

const everyFormat = targetSchema.options.flatMap((target) =>
  targets[target].formats.map((format) => [target, format] as const),
);

/** One kind of damage, and to which targets it can be done. */
interface Damage {
  readonly kind: string;
  readonly to: readonly Target[];
  readonly damage: (rows: JsonObject[], target: Target) => JsonObject[];
}

const all = targetSchema.options;
const but = (...targetsLeft: Target[]): Target[] => all.filter((target) => !targetsLeft.includes(target));
const chat: Target[] = ['trl-dpo', 'trl-kto', 'openai'];

const damages: readonly Damage[] = [
  { kind: 'a missing row', to: all, damage: (rows) => rows.slice(0, -1) },
  { kind: 'a row too much', to: all, damage: (rows) => [...rows, ...rows.slice(0, 1)] },
  { kind: 'rows in another order', to: all, damage: (rows) => rows.toReversed() },
  { kind: 'an empty file', to: all, damage: () => [] },
  { kind: 'one changed letter', to: all, damage: inRow(2, inText('Question', 'question')) },
  { kind: 'a changed system prompt', to: all, damage: inRow(1, inText('Be kind.', 'Be kind')) },
  {
    kind: 'a cut answer',
    to: all,
    damage: inRow(0, (value) => inText('Good ', '')(value) ?? inText('Bad ', '')(value)),
  },
  { kind: 'a stray blank', to: all, damage: inRow(0, inText('found', 'found ')) },
  {
    kind: 'a turned label',
    to: ['trl-kto'],
    damage: inRow(3, (value) => (typeof value === 'boolean' ? !value : undefined)),
  },
  { kind: 'a missing label', to: ['trl-kto'], damage: (rows) => rows.map((row) => without(row, 'label') ?? row) },
  {
    kind: 'swapped sides',
    to: but('trl-kto'),
    damage: (rows, target) => rows.map((row, index) => (index === 4 ? swapped(row, ...sides[target]) : row)),
  },
  {
    kind: 'a missing side',
    to: but('trl-kto'),
    damage: (rows, target) => rows.map((row) => without(row, sides[target][1]) ?? row),
  },
  {
    kind: 'a changed argument',
    to: but('axolotl'),
    damage: inRow(1, (value) => inText('deep', 'steep')(value) ?? renamed(value, 'deep', 'steep')),
  },
  { kind: 'another tool called', to: but('axolotl'), damage: inRow(0, inText('find', 'lose')) },
  { kind: 'dropped tools', to: chat, damage: inRow(0, (value) => without(value, 'tools')) },
  { kind: 'a dropped tool call', to: chat, damage: inRow(0, (value) => without(value, 'tool_calls')) },
  {
    kind: 'a result that answers another call',
    to: chat,
    damage: inRow(0, (value) => (value === 'call00000' ? 'call00001' : undefined)),
  },
  { kind: 'another role', to: chat, damage: inRow(0, (value) => (value === 'user' ? 'system' : undefined)) },
  {
    kind: 'a message too much',
    to: but('trl-dpo-standard'),
    damage: inRow(0, (value) => (isLong(value) ? [...value, ...value.slice(0, 1)] : undefined)),
  },
  {
    kind: 'a message too few',
    to: but('trl-dpo-standard'),
    damage: inRow(0, (value) => (isLong(value) ? value.slice(1) : undefined)),
  },
];

function isLong(value: Json): value is readonly Json[] {
  return Array.isArray(value) && value.length > 1;
}

describe.each(everyFormat)('%s as %s', (target, format) => {
  it('is accepted undamaged', async () => {
    await expect(validated(target, format, (rows) => rows)).resolves.toBe(target === 'trl-kto' ? 10 : 5);
  });

  it.each(damages.filter(({ to }) => to.includes(target)))('is refused with $kind', async ({ damage }) => {
    await expect(validated(target, format, (rows) => damage(rows, target))).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/row \d+ of rows/) as string,
    });
  });
});

function without(value: Json, key: string): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
    return undefined;
  return Object.fromEntries(Object.entries(value as JsonObject).filter(([name]) => name !== key));
}

function renamed(value: Json, from: string, to: string): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, from))
    return undefined;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, member]) => [name === from ? to : name, member]),
  );
}

describe('JSONL text', () => {
  it.each<[string, (lines: string) => string]>([
    ['a cut file', (lines) => lines.slice(0, -20)],
    ['a stray field', (lines) => lines.replace('{"prompt"', '{"id":1,"prompt"')],
    ['an empty line', (lines) => lines.replace('\n', '\n\n')],
    ['two rows on a line', (lines) => lines.replace('\n', '')],
    ['a stray field of a message', (lines) => lines.replace('{"role":"user"', '{"weight":0,"role":"user"')],
    ['content that is null', (lines) => lines.replace(/"content":"Good \d"/, '"content":null')],
  ])('is refused with %s', async (_, change) => {
    const store = storeOf(talks);
    const prepared = await prepare(store, await sourceOf(store, { recipe: anyRecipe }, task), anyOptions, task, 1);
    const path = join(temporaryFolder(), 'rows.jsonl');
    const writer = await jsonlWriter(path);
    for (const choice of prepared.source.choices) {
      for (const example of prepared.carried(rowOf(store.turns, choice)).examples)
        await writer.write(prepared.format.encode(example));
    }
    await writer.finish();
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(path, after);
    const validating = validate(store, prepared, [{ side: 'train', path, name: 'rows', rows: 5 }], task, 0);
    await expect(validating).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
