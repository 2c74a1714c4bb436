// Room at a provider: never more at once than allowed, never more a minute than a bucket gives, in order, and left when asked to.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limits } from '#contract/model';
import { Limiter } from '#engine/models/limits';
import { failureOf, ManualTime } from './model-world.ts';

const signal = new AbortController().signal;

/** Lets what has been resolved go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function enter(
  limiter: Limiter,
  limits: Limits,
  tokens = 1,
  given: { signal?: AbortSignal; patienceMs?: number } = {},
) {
  return limiter.enter('test', { limits, tokens, signal, patienceMs: 600_000, ...given });
}

describe('calls at once', () => {
  it('never exceed the limit, and all come through, in order, whatever leaves and is cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('enter', 'leave', 'cancel'), { minLength: 1, maxLength: 60 }),
        async (concurrency, steps) => {
          const limiter = new Limiter(new ManualTime());
          const inside: (() => void)[] = [];
          const waiting: AbortController[] = [];
          const entered: number[] = [];
          let asked = 0;
          let cancelled = 0;
          for (const step of steps) {
            if (step === 'leave') inside.shift()?.();
            if (step === 'cancel') waiting.at(-1)?.abort();
            if (step === 'enter') {
              const number = asked++;
              const stop = new AbortController();
              waiting.push(stop);
              const come = (leave: () => void): number => {
                waiting.splice(waiting.indexOf(stop), 1);
                entered.push(number);
                return inside.push(leave);
              };
              const gone = (): void => {
                waiting.splice(waiting.indexOf(stop), 1);
                cancelled += 1;
              };
              void enter(limiter, { concurrency }, 1, { signal: stop.signal }).then(come, gone);
            }
            await settle();
            expect(limiter.inFlight).toBe(inside.length);
            expect(inside.length).toBeLessThanOrEqual(concurrency);
            expect(limiter.waiting).toBe(waiting.length);
            // Nobody waits while there is room.
            expect(waiting.length === 0 || inside.length === concurrency).toBe(true);
          }
          while (inside.length > 0) {
            inside.shift()?.();
            await settle();
          }
          expect(entered).toEqual(entered.toSorted((one, two) => one - two));
          expect(entered.length + cancelled).toBe(asked);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives room back once, however often it is given back', async () => {
    const limiter = new Limiter(new ManualTime());
    const leave = await enter(limiter, { concurrency: 2 });
    await enter(limiter, { concurrency: 2 });
    leave();
    leave();
    expect(limiter.inFlight).toBe(1);
  });

  it('hears of a signal that had aborted before', async () => {
    const limiter = new Limiter(new ManualTime());
    await expect(enter(limiter, {}, 1, { signal: AbortSignal.abort() })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(limiter.inFlight).toBe(0);
  });

  it('is refused after its patience, and what waits behind it comes in', async () => {
    const time = new ManualTime();
    const limiter = new Limiter(time);
    const leave = await enter(limiter, { concurrency: 1 });
    const late = failureOf(enter(limiter, { concurrency: 1 }, 1, { patienceMs: 5000 }));
    const other = enter(limiter, { concurrency: 1 });
    time.pass(5000);
    await expect(late).resolves.toMatchObject({
      status: 429,
      hint: 'They are set in atelier.json at models.providers.test.limits.',
    });
    leave();
    await other;
  });
});

describe('a minute', () => {
  it('lets a small call in once a large one before it has gone away', async () => {
    const limiter = new Limiter(new ManualTime());
    const limits = { tokensPerMinute: 100 };
    await enter(limiter, limits, 90);
    const stop = new AbortController();
    const large = enter(limiter, limits, 100, { signal: stop.signal });
    const small = enter(limiter, limits, 10);
    stop.abort();
    await expect(large).rejects.toThrow('cancelled');
    await small;
    expect(limiter.inFlight).toBe(2);
  });

  it('never gives more than a full bucket and what has run in since', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 600 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 800 }), fc.integer({ min: 0, max: 20_000 })), {
          minLength: 1,
          maxLength: 30,
        }),
        async (tokensPerMinute, calls) => {
          const time = new ManualTime();
          const start = time.now();
          const limiter = new Limiter(time);
          let given = 0;
          let largest = 0;
          const excess: number[] = [];
          const count = (tokens: number): undefined => {
            largest = Math.max(largest, tokens);
            given += tokens;
            const runIn = (tokensPerMinute * (time.now() - start)) / 60_000;
            // What is larger than the bucket may be owed, one call at a time.
            excess.push(given - tokensPerMinute - runIn - Math.max(0, largest - tokensPerMinute));
          };
          const entering: Promise<undefined>[] = [];
          for (const [tokens, wait] of calls) {
            entering.push(enter(limiter, { tokensPerMinute }, tokens, { patienceMs: 1e12 }).then(() => count(tokens)));
            await settle();
            for (let left = wait; left > 0;) {
              const step = Math.min(left, Math.max(1, time.next ?? left));
              time.pass(step);
              left -= step;
              await settle();
            }
          }
          expect(Math.max(0, ...excess)).toBeLessThan(1e-6);
          time.pass(1e9);
          await Promise.all(entering);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lets as many requests through at once as it has, then one each time one has run in', async () => {
    const time = new ManualTime();
    const limiter = new Limiter(time);
    let entered = 0;
    for (let index = 0; index < 5; index += 1) void enter(limiter, { requestsPerMinute: 2 }).then(() => (entered += 1));
    await settle();
    expect(entered).toBe(2);
    expect(time.next).toBe(30_000);
    time.pass(29_000);
    await settle();
    expect(entered).toBe(2);
    time.pass(1000);
    await settle();
    expect(entered).toBe(3);
    time.pass(60_000);
    await settle();
    expect(entered).toBe(5);
  });

  it('is corrected by what was really used', async () => {
    const time = new ManualTime();
    const limits = { tokensPerMinute: 1000 };
    const [more, less] = [new Limiter(time), new Limiter(time)];
    await enter(more, limits, 100);
    await enter(less, limits, 1000);
    more.correct(1400, limits);
    less.correct(-1000, limits);
    let entered = '';
    void enter(more, limits, 100).then(() => (entered += 'more'));
    void enter(less, limits, 1000).then(() => (entered += 'less'));
    await settle();
    expect(entered).toBe('less');
    // 1,500 of 1,000 were used: 600 must run in before there are 100.
    expect(time.next).toBe(36_000);
    time.pass(36_000);
    await settle();
    expect(entered).toBe('lessmore');
  });

  it('never holds more than a minute’s worth, however much is given back', async () => {
    const time = new ManualTime();
    const limiter = new Limiter(time);
    const limits = { tokensPerMinute: 100 };
    limiter.correct(-100_000, limits);
    await enter(limiter, limits, 100);
    let hasEntered = false;
    void enter(limiter, limits, 1).then(() => (hasEntered = true));
    await settle();
    expect(hasEntered).toBe(false);
  });

  it('stays as it is when the clock is set back', async () => {
    const time = new ManualTime();
    const limiter = new Limiter(time);
    await enter(limiter, { requestsPerMinute: 1 });
    time.pass(-3_600_000);
    let hasEntered = false;
    void enter(limiter, { requestsPerMinute: 1 }).then(() => (hasEntered = true));
    await settle();
    expect(hasEntered).toBe(false);
    time.pass(60_000);
    await settle();
    expect(hasEntered).toBe(true);
  });
});
