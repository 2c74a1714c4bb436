// Filters: chips name what is on, taking one off leaves the others.
import { describe, expect, it } from 'vitest';
import type { TraceFilter } from '#contract/trace';
import {
  chipsOf,
  sortedBy,
  toggled,
  without,
  withValue,
} from '../../../../src-renderer/features/traces/filter-words.ts';

const full: TraceFilter = {
  text: 'refund',
  source: ['tau-bench', 'otlp'],
  model: ['a', 'b', 'c', 'd'],
  group: ['task 1'],
  score: { name: 'reward', min: 0.5 },
  error: true,
  from: new Date(2026, 2, 1).getTime(),
  to: new Date(2026, 2, 2).getTime() - 1,
  importId: 'i1',
};

describe('chipsOf', () => {
  it('names every filter that is on in plain words', () => {
    expect(chipsOf(full, 'run.jsonl').map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'Text: refund',
      'Source: τ-bench, OpenTelemetry',
      'Model: a, b and 2 more',
      'Group: task 1',
      'reward: ≥ 0.5',
      'Errors: with',
      'Date: 2026-03-01',
      'Import: run.jsonl',
    ]);
    expect(chipsOf({}, undefined)).toEqual([]);
  });

  it('has a chip for every filter, and taking all off leaves none', () => {
    let filter = full;
    for (const { key } of chipsOf(full, undefined)) filter = without(filter, key);
    expect(filter).toEqual({});
  });

  it.each([
    [{ name: 's' }, 'any'],
    [{ name: 's', min: 1, max: 1 }, '1'],
    [{ name: 's', min: 0, max: 1 }, '0 to 1'],
    [{ name: 's', max: 2 }, '≤ 2'],
  ])('says a score range as words', (score, words) => {
    expect(chipsOf({ score }, undefined)[0]?.value).toBe(words);
  });
});

describe('withValue', () => {
  it('takes a filter off for undefined and for an empty list', () => {
    expect(withValue(full, 'model', [])).not.toHaveProperty('model');
    expect(withValue(full, 'error', undefined)).not.toHaveProperty('error');
    expect(withValue({}, 'error', false)).toEqual({ error: false });
  });
});

it('puts a value into a list filter and takes it out', () => {
  expect(toggled(undefined, 'a', true)).toEqual(['a']);
  expect(toggled(['a', 'b'], 'a', false)).toEqual(['b']);
  expect(toggled(['a'], 'a', false)).toBeUndefined();
  expect(toggled(['a'], 'a', true)).toEqual(['a']);
});

it('turns the sort round on a second click, and starts figures with the largest', () => {
  expect(sortedBy({ by: 'position', descending: false }, 'tokens')).toEqual({ by: 'tokens', descending: true });
  expect(sortedBy({ by: 'tokens', descending: true }, 'tokens')).toEqual({ by: 'tokens', descending: false });
  expect(sortedBy({ by: 'tokens', descending: true }, 'name')).toEqual({ by: 'name', descending: false });
});
