// A provider's server over time: the breaker, limits, budgets, and what they count.
import { describe, expect, it } from 'vitest';
import type { CallRecord } from '#engine/network-ports';
import { ask, failureOf, fakeUpstream, ManualTime, openUpstream, textOf, until } from './model-world.ts';

describe('the breaker', () => {
  it('leaves a server alone that failed again and again, tries it once after a while, and closes', async () => {
    let status = 500;
    const server = await fakeUpstream(() => ({ status, body: 'x' }));
    const time = new ManualTime();
    const { upstream, breaker } = openUpstream(server.origin, { timing: time, breaker: { failures: 3, openMs: 5000 } });
    for (let index = 0; index < 3; index += 1) await textOf(await upstream.send(ask({ tries: 1 })));
    const error = await failureOf(upstream.send(ask({ tries: 1 })));
    expect(error).toMatchObject({ status: 503, hint: 'It is tried again in 5 s.', retryAfterMs: 5000 });
    expect(error.message).toContain('status 500');
    expect(server.requests).toHaveLength(3);
    time.pass(5000);
    status = 200;
    await textOf(await upstream.send(ask({ tries: 1 })));
    expect(breaker.state.state).toBe('closed');
  });

  it('lets one call through while half-open', async () => {
    let isDown = true;
    let goOn = (): void => undefined;
    const ready = new Promise<void>((resolve) => (goOn = resolve));
    const server = await fakeUpstream(async () => {
      if (isDown) return { status: 500, body: '' };
      await ready;
      return { body: 'x' };
    });
    const time = new ManualTime();
    const { upstream } = openUpstream(server.origin, { timing: time, breaker: { failures: 1, openMs: 5000 } });
    await textOf(await upstream.send(ask({ tries: 1 })));
    isDown = false;
    time.pass(5000);
    const trial = upstream.send(ask());
    await until(() => server.requests.length === 2);
    await expect(failureOf(upstream.send(ask()))).resolves.toMatchObject({ status: 503 });
    goOn();
    expect((await trial).status).toBe(200);
    expect((await upstream.send(ask())).status).toBe(200);
  });

  it('does not open for what the caller did wrong, nor for a limit, nor when callers go away', async () => {
    const statuses = [400, 401, 404, 422, 429, 429, 429];
    const server = await fakeUpstream(() => ({ status: statuses.shift() ?? 200, body: ['a', 5000, 'b'] }));
    const { upstream, breaker } = openUpstream(server.origin, { breaker: { failures: 1 } });
    for (let index = 0; index < 9; index += 1) {
      const stop = new AbortController();
      await upstream.send(ask({ tries: 1, signal: stop.signal }));
      stop.abort();
    }
    expect(breaker.state.state).toBe('closed');
  });

  it('counts an answer that breaks off', async () => {
    const server = await fakeUpstream(() => ({ body: ['a', { cut: true }] }));
    const { upstream, breaker } = openUpstream(server.origin, { breaker: { failures: 2 } });
    for (let index = 0; index < 2; index += 1) await failureOf(textOf(await upstream.send(ask())));
    expect(breaker.state).toMatchObject({ state: 'open', why: 'its answer was cut off' });
  });
});

describe('limits', () => {
  it('hold over real requests: the server never sees more at once', async () => {
    let [now, most] = [0, 0];
    const server = await fakeUpstream(async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 3));
      now -= 1;
      return { body: 'x' };
    });
    const { upstream, limiter } = openUpstream(server.origin, { settings: { limits: { concurrency: 3 } } });
    await Promise.all(Array.from({ length: 30 }, async () => textOf(await upstream.send(ask()))));
    expect(most).toBe(3);
    expect([limiter.inFlight, limiter.waiting]).toEqual([0, 0]);
  });

  it('give tokens back that a failed try did not use', async () => {
    const server = await fakeUpstream(() => ({ status: 503, body: '' }));
    const time = new ManualTime();
    const { upstream } = openUpstream(server.origin, {
      timing: time,
      random: 0,
      breaker: { failures: 100 },
      settings: { limits: { tokensPerMinute: 100 }, tries: 5 },
    });
    const response = upstream.send(ask({ tokens: 60 }));
    for (let made = 1; made < 5; made += 1) {
      await until(() => server.requests.length === made && time.next === 0);
      time.pass(0);
    }
    await expect(response).resolves.toMatchObject({ status: 503 });
    upstream.used(60, 0);
    await upstream.send(ask({ tokens: 100, tries: 1 }));
    expect(server.requests).toHaveLength(6);
  });
});

describe('tokens of a call that reached nobody', () => {
  it('are given back', async () => {
    const server = await fakeUpstream(() => ({ body: '' }));
    await server.close();
    const time = new ManualTime();
    const settings = { limits: { tokensPerMinute: 100 }, tries: 1 };
    const { upstream } = openUpstream(server.origin, { timing: time, settings });
    for (let made = 0; made < 3; made += 1) {
      await expect(failureOf(upstream.send(ask({ tokens: 100 })))).resolves.toMatchObject({ status: 502 });
    }
    expect(time.next).toBeUndefined();
  });
});

describe('budgets', () => {
  const now = 1_700_000_000_000;
  const call = (more: Partial<CallRecord>): CallRecord => ({
    id: String(Math.random()),
    key: '',
    at: now,
    endpoint: 'POST /chat/completions',
    stream: true,
    state: 'done',
    inputTokens: 100,
    outputTokens: 50,
    costUsd: 1,
    ...more,
  });

  it('of a day: own and foreign calls count, those of yesterday do not, and nothing is sent once it is used up', async () => {
    const server = await fakeUpstream(() => ({ body: 'x' }));
    const { upstream, store } = openUpstream(server.origin, {
      timing: new ManualTime(now),
      budgets: { day: { usd: 2 } },
    });
    store.calls.put([call({ at: now - 48 * 3_600_000, costUsd: 100 }), call({ costUsd: 1.5 })]);
    await textOf(await upstream.send(ask()));
    store.calls.put([call({ key: 'k1', costUsd: 0.5 })]);
    const error = await failureOf(upstream.send(ask()));
    expect(error).toMatchObject({ status: 429, hint: 'It is set in atelier.json at models.budgets.day.usd.' });
    expect(error.message).toContain("Today's budget of 2 USD is used up: 2 USD");
    expect(server.requests).toHaveLength(1);
  });

  it('of a run: that run alone is stopped', async () => {
    const server = await fakeUpstream(() => ({ body: 'x' }));
    const { upstream, store } = openUpstream(server.origin, {
      timing: new ManualTime(now),
      budgets: { run: { tokens: 300 } },
    });
    store.calls.put([call({ run: 'a' }), call({ run: 'a', at: now - 48 * 3_600_000 }), call({ run: 'b' })]);
    const ofRun = (run: string): Parameters<typeof upstream.send>[0] => ask({ cause: { purpose: 'model', run } });
    await expect(failureOf(upstream.send(ofRun('a')))).resolves.toMatchObject({
      status: 429,
      hint: 'It is set in atelier.json at models.budgets.run.tokens.',
    });
    await textOf(await upstream.send(ofRun('b')));
    await textOf(await upstream.send(ask()));
    expect(server.requests).toHaveLength(2);
  });

  it('count what is under way by its estimate', async () => {
    const server = await fakeUpstream(() => new Promise(() => undefined));
    const { upstream } = openUpstream(server.origin, { budgets: { day: { tokens: 100 } } });
    const stop = new AbortController();
    const first = upstream.send(ask({ tokens: 100, signal: stop.signal }));
    await until(() => server.requests.length === 1);
    await expect(failureOf(upstream.send(ask()))).resolves.toMatchObject({ status: 429 });
    stop.abort();
    await expect(first).rejects.toThrow('cancelled');
    const again = new AbortController();
    const second = upstream.send(ask({ signal: again.signal }));
    await until(() => server.requests.length === 2);
    again.abort();
    await expect(second).rejects.toThrow('cancelled');
  });

  it('in money do not stop what costs nothing', async () => {
    const server = await fakeUpstream(() => ({ body: 'x' }));
    const { upstream, store } = openUpstream(server.origin, {
      timing: new ManualTime(now),
      budgets: { day: { usd: 1 } },
      usdPerToken: 0,
    });
    store.calls.put([call({ costUsd: 5 })]);
    expect((await upstream.send(ask())).status).toBe(200);
  });

  it('do not stop a list of models', async () => {
    const server = await fakeUpstream(() => ({ body: 'x' }));
    const timing = new ManualTime(now);
    const { upstream, store } = openUpstream(server.origin, { timing, budgets: { day: { usd: 1 } } });
    store.calls.put([call({ costUsd: 5 })]);
    const list = ask({ method: 'GET', path: '/models', cause: { purpose: 'models-list' }, tokens: 0 });
    expect((await upstream.send(list)).status).toBe(200);
  });
});
