// Which files go in which job, and what an import comes to in words.
import { describe, expect, it } from 'vitest';
import type { DetectedFile, ImportCounts } from '#contract/import';
import {
  isSummaries,
  jobsOf,
  nameOf,
  sentenceOf,
  sumOf,
  withFiles,
} from '../../../../src-renderer/features/imports/import-words.ts';

const file = (path: string, more: Partial<DetectedFile> = {}): DetectedFile => ({
  path,
  name: nameOf(path),
  bytes: 1,
  ...more,
});
const counts = (more: Partial<ImportCounts>): ImportCounts => ({
  traces: 0,
  newTraces: 0,
  messages: 0,
  turns: 0,
  newTurns: 0,
  spans: 0,
  scores: 0,
  pairs: 0,
  newPairs: 0,
  rejected: 0,
  ...more,
});

describe('jobsOf', () => {
  it('makes one job of the recognised files and one of each format chosen by hand; leaves unknown files out', () => {
    const jobs = jobsOf([
      { file: file('/a', { format: 'otlp' }), format: 'auto' },
      { file: file('/b'), format: 'auto' },
      { file: file('/c'), format: 'trl' },
      { file: file('/d', { format: 'anthropic' }), format: 'auto' },
      { file: file('/e', { format: 'otlp' }), format: 'trl' },
    ]);
    expect(jobs).toEqual([
      { format: 'auto', paths: ['/a', '/d'] },
      { format: 'trl', paths: ['/c', '/e'] },
    ]);
  });
});

it('keeps what was chosen for a file that is dropped again', () => {
  const first = withFiles([], [file('/a')]).map((chosen) => ({ ...chosen, format: 'trl' as const }));
  expect(withFiles(first, [file('/a'), file('/b')])).toMatchObject([
    { file: { path: '/a' }, format: 'trl' },
    { file: { path: '/b' }, format: 'auto' },
  ]);
});

describe('sentenceOf', () => {
  it.each([
    [counts({}), 'Nothing was found to import.'],
    [counts({ traces: 1, newTraces: 1, messages: 3, turns: 3 }), '1 trace, new. 3 messages on 3 turns.'],
    [counts({ traces: 100, newTraces: 0, messages: 9, turns: 8 }), '100 traces, none new. 9 messages on 8 turns.'],
    [counts({ traces: 4, newTraces: 2, pairs: 2, newPairs: 1 }), '4 traces, 2 new. 2 labelled pairs, 1 new.'],
  ])('says %o', (what, words) => {
    expect(sentenceOf(what)).toBe(words);
  });

  it('sums every figure over the files', () => {
    const one = counts({
      traces: 1,
      newTraces: 2,
      messages: 3,
      turns: 4,
      newTurns: 5,
      spans: 6,
      scores: 7,
      pairs: 8,
      newPairs: 9,
      rejected: 10,
    });
    const doubled = Object.fromEntries(Object.entries(one).map(([name, value]: [string, number]) => [name, value * 2]));
    expect(sumOf([one, one])).toEqual(doubled);
    expect(sumOf([])).toEqual(counts({}));
  });
});

it('knows an import result from that of another job', () => {
  expect(isSummaries([{ file: 'a', traces: 1 }])).toBe(true);
  expect(isSummaries({ pairs: 1 })).toBe(false);
  expect(isSummaries([{ rows: 1 }])).toBe(false);
});

it('takes the last part of a path of either system', () => {
  expect(nameOf('/logs/run.jsonl')).toBe('run.jsonl');
  expect(nameOf(String.raw`C:\logs\run.jsonl`)).toBe('run.jsonl');
});
