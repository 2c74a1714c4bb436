// The examples of docs/models.md: each is understood as it stands, and what the page lists is what there is.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { providerSchema } from '#contract/model';
import { priceFileSchema } from '#engine/models/prices';
import { readWorkspaceFile } from '#engine/workspace-file';
import { temporaryFolder } from '#test/store';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'models.md'), 'utf8');
const blocks = [...page.matchAll(/^```json\n(.*?)^```$/gmsu)].map(([, text]) => text ?? '');
const isOfPrices = (text: string): boolean => text.includes('"asOf"');

test('there are examples of both files', () => {
  expect(blocks.filter(isOfPrices)).toHaveLength(1);
  expect(blocks.filter((text) => !isOfPrices(text))).toHaveLength(3);
});

test.each(blocks.filter((text) => !isOfPrices(text)))('%s is an atelier.json', (text) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'atelier.json'), text);
  const { providers = {}, fallbacks = {} } = readWorkspaceFile(folder).models ?? {};
  expect(Object.keys(providers).length).toBeGreaterThan(0);
  for (const names of Object.values(fallbacks)) {
    for (const name of names) expect(Object.keys(providers)).toContain(name.split('/')[0]);
  }
});

test.each(blocks.filter(isOfPrices))('%s is a prices.json', (text) => {
  expect(Object.keys(priceFileSchema.parse(JSON.parse(text)).models).length).toBeGreaterThan(0);
});

test('the table names every setting of a provider, and no other', () => {
  const table = [...page.matchAll(/^\| `(\w+)` \|/gmu)].map(([, name = '']) => name);
  expect(table.toSorted()).toEqual(Object.keys(providerSchema.shape).toSorted());
});
