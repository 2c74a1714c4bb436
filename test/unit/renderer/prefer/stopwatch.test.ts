// Time per label: only the stretches in which the window was looked at count.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elapsed, pauseWatch, resumeWatch, startWatch } from '../../../../src-renderer/features/prefer/stopwatch.ts';

describe('stopwatch', () => {
  it('does not count while paused', () => {
    const paused = pauseWatch(startWatch(1000, true), 3000);
    expect(elapsed(paused, 99_000)).toBe(2000);
    expect(elapsed(resumeWatch(paused, 100_000), 100_500)).toBe(2500);
  });

  it('goes on from a saved time', () => {
    expect(elapsed(startWatch(0, false, 700), 5000)).toBe(700);
  });

  it('sums exactly the running stretches, however often it is paused and resumed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.boolean())), (steps) => {
        let now = 0;
        let watch = startWatch(now, true);
        let running = true;
        let sum = 0;
        for (const [wait, run] of steps) {
          now += wait;
          if (running) sum += wait;
          watch = run ? resumeWatch(watch, now) : pauseWatch(watch, now);
          running = run;
        }
        expect(elapsed(watch, now)).toBe(sum);
      }),
    );
  });
});
