// One sender, many readers: nothing lost to a slow one, nothing kept for one that left.
import { expect, it } from 'vitest';
import { Broadcast } from '#engine/broadcast';

it('gives a slow reader everything in order, what it is given first before it', async () => {
  const broadcast = new Broadcast<number>();
  const reader = broadcast.listen(undefined, [1]);
  expect(await reader.next()).toEqual({ value: 1, done: false });
  broadcast.send(2);
  broadcast.send(3);
  expect(await reader.next()).toEqual({ value: 2, done: false });
  expect(await reader.next()).toEqual({ value: 3, done: false });
  await reader.return();
});

it('reaches every reader, also one that waits', async () => {
  const broadcast = new Broadcast<string>();
  const one = broadcast.listen(undefined);
  const two = broadcast.listen(undefined);
  const waiting = Promise.all([one.next(), two.next()]);
  broadcast.send('x');
  expect((await waiting).map((result) => result.value)).toEqual(['x', 'x']);
});

it('ends a waiting reader when its signal aborts', async () => {
  const broadcast = new Broadcast<string>();
  const stop = new AbortController();
  const next = broadcast.listen(stop.signal).next();
  stop.abort();
  expect((await next).done).toBe(true);
});

it('keeps what is sent between listening and the first read', async () => {
  const broadcast = new Broadcast<number>();
  const reader = broadcast.listen(undefined);
  broadcast.send(7);
  expect((await reader.next()).value).toBe(7);
});
