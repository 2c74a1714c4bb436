// Calls that come while somebody reads further down: nothing moves, what is shown is told as it is now, new ones are counted.
import type { GatewayCall } from '#contract/gateway';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shownCalls } from '../../../../src-renderer/features/gateway/held-calls.ts';

const call = (id: number, state: GatewayCall['state'] = 'streaming'): GatewayCall => ({
  id: String(id),
  key: 'k',
  at: id,
  endpoint: 'POST /v1/messages',
  stream: true,
  state,
});
const newestFirst = (from: number, count: number, state?: GatewayCall['state']): GatewayCall[] =>
  Array.from({ length: count }, (_, index) => call(from + count - 1 - index, state));

it('at the top all are shown as they come', () => {
  const newest = newestFirst(0, 5);
  expect(shownCalls(newest, undefined)).toEqual({ calls: newest, newer: 0 });
});

it('further down the rows stay the same ones in the same order, however many come and however few are remembered', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 50 }),
      (count, more, remembered) => {
        const held = newestFirst(0, count);
        const newest = newestFirst(0, count + more, 'done').slice(0, remembered);
        const { calls, newer } = shownCalls(newest, held);
        expect(calls.map(({ id }) => id)).toEqual(held.map(({ id }) => id));
        expect(newer).toBe(Math.min(more, remembered));
        // Those that are still remembered have ended, and it is seen.
        const known = new Set(newest.map(({ id }) => id));
        for (const one of calls) expect(one.state).toBe(known.has(one.id) ? 'done' : 'streaming');
      },
    ),
  );
});
