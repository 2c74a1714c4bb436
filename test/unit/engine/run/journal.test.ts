// The runner's end of a journal: goes to main in pieces that hold nobody up.
import { expect, test } from 'vitest';
import type { RunEvent } from '#contract/journal';
import { milliseconds } from '#engine/run/duration';
import { Journal } from '#engine/run/journal';
import { largestItem, type FromRunner } from '#engine/run/protocol';

function journal(): { readonly journal: Journal; readonly sizes: number[] } {
  const sizes: number[] = [];
  const send = (message: FromRunner): void => {
    if (message.type === 'batch') sizes.push(message.items.length);
  };
  return { journal: new Journal('r', send, 0), sizes };
}

test('code that logs without a pause fills no single batch', () => {
  const { journal: own, sizes } = journal();
  for (let n = 0; n < 10_000; n += 1) own.emit({ type: 'log', level: 'info', text: `line ${n}` });
  own.flush();
  expect(Math.max(...sizes)).toBeLessThanOrEqual(257);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(10_000);
});

test('what belongs to one step stays together', () => {
  const { journal: own, sizes } = journal();
  for (let n = 0; n < 1000; n += 1) {
    own.emit({ type: 'node.finished', scope: '', step: 1, node: `n${n}`, ms: 0 });
  }
  own.emit({ type: 'step.finished', scope: '', step: 1, delta: [], next: [] });
  own.flush();
  expect(sizes).toEqual([1001]);
});

test('what is too large is refused with its place, and nothing of it is sent', () => {
  const { journal: own, sizes } = journal();
  const large = 'x'.repeat(largestItem);
  const step: RunEvent = { type: 'step.finished', scope: '', step: 3, delta: [['=', ['a'], large]], next: [] };
  expect(() => own.emit(step)).toThrow('What step 3 changed in the state is too large');
  expect(() =>
    own.ask({ key: '/1:n#1.1', kind: 'tool', name: 'tools/t.ts#t', request: JSON.stringify(large) }),
  ).toThrow('too large');
  own.flush();
  expect(sizes).toEqual([]);
});

test('a snapshot that is too large is left out', () => {
  const { journal: own, sizes } = journal();
  own.emit({ type: 'log', level: 'info', text: 'x'.repeat(70_000) });
  own.snapshotIfDue(() => 'x'.repeat(largestItem + 1));
  own.flush();
  expect(sizes).toEqual([1]);
});

test.each([Infinity, 1e18, '99999999999d'])('%s is longer than any date', (duration) => {
  expect(() => milliseconds(duration, 'The wait')).toThrow('The wait is longer than 100,000 years');
});
