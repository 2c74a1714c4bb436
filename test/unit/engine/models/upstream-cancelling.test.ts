// A call to a provider's server that is given up.
import { describe, expect, it } from 'vitest';
import { ask, fakeUpstream, openUpstream, textOf, until } from './model-world.ts';

describe('cancelling', () => {
  it('reaches the server before the head of the answer', async () => {
    const server = await fakeUpstream(() => new Promise(() => undefined));
    const { upstream, limiter } = openUpstream(server.origin);
    const stop = new AbortController();
    const response = upstream.send(ask({ signal: stop.signal }));
    await until(() => server.requests.length === 1);
    stop.abort();
    await expect(response).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await until(() => server.requests[0]?.gone.aborted === true);
    expect(limiter.inFlight).toBe(0);
  });

  it('reaches the server in the middle of the answer, and gives the room back, read or not', async () => {
    const server = await fakeUpstream(() => ({
      body: (async function* () {
        for (;;) {
          yield 'more ';
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      })(),
    }));
    const { upstream, limiter } = openUpstream(server.origin);
    const [read, unread] = [new AbortController(), new AbortController()];
    const reading = textOf(await upstream.send(ask({ signal: read.signal })));
    await upstream.send(ask({ signal: unread.signal }));
    expect(limiter.inFlight).toBe(2);
    unread.abort();
    expect(limiter.inFlight).toBe(1);
    read.abort();
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(limiter.inFlight).toBe(0);
    await until(() => server.requests.every(({ gone }) => gone.aborted));
  });

  it('is what leaving a body does', async () => {
    const server = await fakeUpstream(() => ({ body: ['one', 20_000, 'two'] }));
    const { upstream, limiter } = openUpstream(server.origin);
    for await (const _ of (await upstream.send(ask())).body) break;
    expect(limiter.inFlight).toBe(0);
    await until(() => server.requests[0]?.gone.aborted === true);
  });
});
