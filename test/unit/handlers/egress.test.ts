// What leaves the machine, over the contract, as the window asks for it.
import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { Studio, type StudioDoors } from '#engine/studio';
import { egressHandlers } from '#handlers/egress';
import { bodyOf, egressWorld, outbound } from '#test/egress-world';
import { startFakeUpstream } from '#test/upstream/fake-upstream';

test('the switch, the list, a refusal, the ledger, a report and the check', async () => {
  const { egress, store } = egressWorld();
  const upstream = await startFakeUpstream(() => ({ body: 'fine' }));
  const clock = { now: () => Date.now() };
  const doors: Partial<StudioDoors> = { egress, close: () => egress.close() };
  const studio = new Studio({ path: '/tmp/w', isSample: false, store, clock, doors: doors as StudioDoors });
  const none = (): never => {
    throw new Error('The ledger asks nothing of the desk.');
  };
  const desk = { pickFiles: none, pickFolder: none, pickSaveFile: none, isGranted: none, reveal: none };
  const context = { studio: () => studio, desk, workspaces: none } as never;
  const client = createRouterClient({ egress: egressHandlers }, { context }).egress;
  try {
    await bodyOf(await egress.send(outbound(upstream.origin)));
    expect(await client.setAllowed({ hosts: ['Models.lan:8080'] })).toMatchObject({ allowed: ['models.lan:8080'] });
    await expect(client.setAllowed({ hosts: ['a b'] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: '"a b" is not a host.',
      data: { hint: expect.stringContaining('models.lan:8080') },
    });
    await expect(client.setAllowed({ hosts: Array.from({ length: 201 }, () => 'a') })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    expect(await client.setOffline({ isOffline: true })).toMatchObject({ isOffline: true });
    await expect(egress.send(outbound(upstream.origin))).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await client.state()).toMatchObject({ isOffline: true, refusedToday: 1, entries: 3 });
    expect(await client.ledger({ filter: { kind: 'refused' }, offset: 0, limit: 10 })).toMatchObject({
      total: 1,
      items: [{ n: 3, host: '127.0.0.1', reason: 'OFFLINE' }],
    });
    expect(await client.report({})).toMatchObject({ unfinished: 0, hosts: [{ connections: 1, refused: 1 }] });
    expect(await client.check()).toMatchObject({ isWhole: true, entries: 3 });
    const bad: unknown = { filter: { port: 70_000 }, offset: 0, limit: 10 };
    await expect(client.ledger(bad as never)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  } finally {
    await upstream.close();
    await studio.close();
  }
});
