// The contract over a real MessagePort: answers, problems, and streams that end with their port or their workspace.
import type { Job } from '#contract/job';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWorkspaceStore, systemClock } from '#adapters/workspace';
import type { contract } from '#contract/contract';
import { Problem } from '#engine/problem';
import { Studio } from '#engine/studio';
import type { Context } from '#handlers/context';
import { router } from '#handlers/router';

let folder: string;
let studio: Studio;
const closing: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-port-'));
  studio = new Studio({ path: folder, isSample: false, store: openWorkspaceStore(folder), clock: systemClock });
});
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
});

const never = (): never => {
  throw new Problem('REFUSED', 'Not in this test.', 'Do something else.');
};
const context: Context = {
  studio: () => studio,
  desk: { pickFiles: never, pickFolder: never, pickSaveFile: never, isGranted: () => false, reveal: never },
  workspaces: {
    current: () => Promise.resolve(studio.info()),
    recent: () => [],
    open: never,
    pick: never,
    openSample: never,
    forget: never,
    doctor: never,
  },
};

function connect(): { readonly client: ContractRouterClient<typeof contract>; readonly close: () => void } {
  const { port1, port2 } = new MessageChannel();
  new RPCHandler(router).upgrade(port2, { context });
  const client: ContractRouterClient<typeof contract> = createORPCClient(new RPCLink({ port: port1 }));
  port1.start();
  port2.start();
  const close = (): void => port1.close();
  closing.push(close);
  return { client, close };
}

describe('the contract over a port', () => {
  test('answers, and gives problems their code, sentence and hint', async () => {
    const { client } = connect();
    expect(await client.workspace.current()).toMatchObject({ path: folder, traces: 0 });
    const refused: unknown = await client.workspace.openSample().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ORPCError);
    expect(refused).toMatchObject({
      code: 'REFUSED',
      status: 403,
      message: 'Not in this test.',
      data: { hint: 'Do something else.' },
      defined: true,
    });
    await expect(client.jobs.cancel({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });

  test('an input of another form is BAD_INPUT and says where', async () => {
    const { client } = connect();
    const input = { filter: {}, sort: { by: 'date', descending: true }, page: { offset: -1, limit: 10 } } as const;
    await expect(client.traces.list(input)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('page.offset'),
    });
  });

  test('changes reach the reader; closing the studio ends the stream', async () => {
    const { client } = connect();
    const changes = await client.workspace.changes();
    studio.changed('traces', 'pairs');
    expect(await changes.next()).toEqual({ done: false, value: { topics: ['traces', 'pairs'] } });
    const end = changes.next();
    await studio.close();
    expect((await end).done).toBe(true);
    studio = new Studio({ path: folder, isSample: false, store: openWorkspaceStore(folder), clock: systemClock });
  });

  test('jobs are watched from the first to the last word', async () => {
    const { client } = connect();
    const watching = await client.jobs.watch();
    const id = studio.jobs.start(
      'mine',
      'Something',
      () => Promise.resolve(7),
      () => 'Seven',
    );
    const seen: Job[] = [];
    for await (const job of watching) {
      seen.push(job);
      if (job.state !== 'running') break;
    }
    expect(seen).toEqual([
      expect.objectContaining({ id, state: 'running' }),
      expect.objectContaining({ id, state: 'done', message: 'Seven', result: 7 }),
    ]);
    expect(await client.jobs.list()).toHaveLength(1);
  });

  test('a port that closes ends its streams in main, and other ports go on', async () => {
    const gone = connect();
    const kept = connect();
    let listening = 0;
    const { changes } = studio;
    const listen = changes.listen.bind(changes);
    changes.listen = (signal, first) => {
      listening++;
      signal?.addEventListener('abort', () => listening--);
      return listen(signal, first);
    };
    await gone.client.workspace.changes();
    const still = await kept.client.workspace.changes();
    expect(listening).toBe(2);
    gone.close();
    await expect.poll(() => listening).toBe(1);
    studio.changed('labels');
    expect((await still.next()).value).toEqual({ topics: ['labels'] });
  });
});
