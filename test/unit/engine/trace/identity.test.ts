// Ids of traces, records, residues, turns and pairs of every fixture, held fixed: an older workspace must find them again.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { workbench } from './bench.ts';

const folder = join(import.meta.dirname, '../../../fixtures/import');
const pinned: unknown = JSON.parse(readFileSync(join(folder, 'identity.json'), 'utf8'));

const names = [
  'openai.jsonl',
  'openai.json',
  'anthropic.jsonl',
  'tau-bench.json',
  'trl.jsonl',
  'hh-rlhf.jsonl',
  'otlp-genai.jsonl',
  'otlp-openinference.json',
  'otlp-events.jsonl',
  'openai-preference.jsonl',
];

/** The leaf's id is a hash over its whole path, the record's over what gives the record back. */
async function identityOf(name: string): Promise<unknown> {
  using bench = workbench();
  const { store } = bench;
  await bench.take(readFileSync(join(folder, name)), 'auto', basename(name));
  const traces = store.traces.list({}, { by: 'position', descending: false }, 0, 100).items.map(({ id, leaf }) => {
    const stored = store.traces.get(id);
    return {
      id,
      leaf: leaf ?? '',
      record: stored?.recordId ?? '',
      ...(stored?.residue === undefined ? {} : { residue: stored.residue }),
      ...(stored?.summary.source === 'otlp'
        ? { spans: store.traces.spans(id).map((span) => [span.id, span.read ?? '', span.wrote ?? '']) }
        : {}),
    };
  });
  return { traces, pairs: store.pairs.list({}, 0, 100).items.map(({ id }) => id) };
}

test.each(names)('%s', async (name) => {
  expect(pinned).toHaveProperty([name], await identityOf(name));
});

test('every pinned file is checked', () => {
  expect(Object.keys(Object(pinned))).toEqual(names);
});
