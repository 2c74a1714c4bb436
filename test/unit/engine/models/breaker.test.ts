// The breaker: opens after failures in a row, lets one call try, and is not fooled by calls from before.
import { expect, it } from 'vitest';
import { Breaker } from '#engine/models/breaker';
import { ManualTime } from './model-world.ts';

function open(): { readonly breaker: Breaker; readonly time: ManualTime; readonly changes: string[] } {
  const time = new ManualTime();
  const changes: string[] = [];
  const breaker: Breaker = new Breaker(time, () => changes.push(breaker.state.state), {
    failures: 3,
    openMs: 1000,
    longestMs: 3000,
  });
  return { breaker, time, changes };
}

function fail(breaker: Breaker, times: number): void {
  for (let index = 0; index < times; index += 1) breaker.pass().failed('it broke');
}

it('opens after so many failures in a row, not before', () => {
  const { breaker, time } = open();
  fail(breaker, 2);
  breaker.pass().succeeded();
  fail(breaker, 2);
  expect(breaker.refusal).toBeUndefined();
  fail(breaker, 1);
  expect(breaker.refusal).toEqual({ why: 'it broke', waitMs: 1000 });
  expect(breaker.state).toEqual({ state: 'open', until: time.now() + 1000, why: 'it broke' });
});

it('lets one call try after its time; it closes where that succeeds', () => {
  const { breaker, time, changes } = open();
  fail(breaker, 3);
  time.pass(1000);
  expect(breaker.refusal).toBeUndefined();
  const trial = breaker.pass();
  expect(breaker.refusal).toEqual({ why: 'it broke', waitMs: 0 });
  trial.succeeded();
  expect(breaker.state).toEqual({ state: 'closed' });
  expect(changes).toEqual(['open', 'half-open', 'closed']);
  fail(breaker, 2);
  expect(breaker.refusal).toBeUndefined();
});

it('waits twice as long each time the trial fails, up to a bound', () => {
  const { breaker, time } = open();
  fail(breaker, 3);
  const waits = [1000, 2000, 3000, 3000].map((wait) => {
    const told = breaker.refusal?.waitMs;
    time.pass(wait);
    breaker.pass().failed('again');
    return told;
  });
  expect(waits).toEqual([1000, 2000, 3000, 3000]);
});

it('lets the next one try where a trial came to neither', () => {
  const { breaker, time } = open();
  fail(breaker, 3);
  time.pass(1000);
  breaker.pass().neither();
  expect(breaker.refusal).toBeUndefined();
  breaker.pass().succeeded();
  expect(breaker.state.state).toBe('closed');
});

it('hears nothing of calls that began before it opened', () => {
  const { breaker, time } = open();
  const [early, late] = [breaker.pass(), breaker.pass()];
  fail(breaker, 3);
  early.succeeded();
  expect(breaker.state.state).toBe('open');
  time.pass(1000);
  const trial = breaker.pass();
  late.failed('from before');
  expect(breaker.state.state).toBe('half-open');
  trial.succeeded();
  expect(breaker.state.state).toBe('closed');
});
