// Paths of executions in words.
import { expect, test } from 'vitest';
import { placeWords } from '../../../../src-renderer/features/runs/journal-words.ts';

test.each([
  ['/4:draft', 'draft'],
  ['/3:fan[0]/1:draft', 'fan 1 › draft'],
  ['/3:fan#2[0]/1:draft', 'fan (try 2) 1 › draft'],
  ['/3:inner#3', 'inner (try 3)'],
])('%s is %s', (path, words) => {
  expect(placeWords(path)).toBe(words);
});
