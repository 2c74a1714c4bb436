// A workspace behind the API for tests, with keys made as the gateway makes them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { NodeSpawner } from '#adapters/node-spawner';
import { systemClock } from '#adapters/workspace';
import type { Scope } from '#contract/gateway';
import { GatewayKeys } from '#engine/gateway/keys';
import { apiContext } from '#hosts/gateway/api-desk';
import { ApiRoute } from '#hosts/gateway/api-route';
import { openServer } from '#hosts/gateway/server';
import { openWorkspaces } from '#hosts/studio-parts';
import { ask, resources, type Reply } from './browser-studio.ts';
import { temporaryFolder } from './store.ts';

export interface Call {
  readonly key?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiStudio {
  /** "http://127.0.0.1:41234". */
  readonly address: string;
  /** Of the workspace, and a folder outside it. */
  readonly folder: string;
  readonly outside: string;
  readonly key: (...scopes: [Scope, ...Scope[]]) => string;
  readonly revoke: (key: string) => void;
  readonly call: (method: string, path: string, call?: Call) => Promise<Reply & { readonly body: unknown }>;
  /** Data of server-sent events, until there are no more. */
  readonly events: (path: string, key: string) => AsyncGenerator<unknown, void>;
  /** Waits until no job runs. */
  readonly settled: (key: string) => Promise<void>;
}

/** Closed when the test is. `sample`: the sample workspace with its agents, else an empty one. */
export async function apiStudio({ sample = false }: { readonly sample?: boolean } = {}): Promise<ApiStudio> {
  const scratch = temporaryFolder();
  const outside = join(scratch, 'outside');
  mkdirSync(outside);
  const workspaces = await openWorkspaces({
    data: join(scratch, 'data'),
    resources,
    asked: sample ? undefined : join(scratch, 'workspace'),
    owner: 'a test',
    spawner: (program) => new NodeSpawner(program),
  });
  const { store, path: folder } = workspaces.studio();
  const keys = new GatewayKeys({ store: store.keys, calls: store.calls, clock: systemClock, changed: () => undefined });
  const server = await openServer({
    port: 0,
    routes: [new ApiRoute(apiContext(workspaces))],
    authenticate: (presented) => keys.enter(presented),
    failed: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  onTestFinished(async () => {
    await server.close();
    keys.close();
    await workspaces.close();
  });
  const ids = new Map<string, string>();
  const call: ApiStudio['call'] = async (method, path, { key, body, raw, headers = {} } = {}) => {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const reply = await ask(server.port, {
      method,
      path: `/api${path}`,
      headers: {
        ...(sent === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    return { ...reply, body: asJson(reply.text) };
  };
  return {
    address: server.address,
    folder,
    outside,
    call,
    key(...scopes) {
      const { id, key } = keys.create({ label: 'test', scopes, mode: 'record' });
      ids.set(key, id);
      return key;
    },
    revoke: (key) => keys.revoke(ids.get(key) ?? ''),
    events: (path, key) => eventsOf(`${server.address}/api${path}`, key),
    async settled(key) {
      const jobs = z.array(z.looseObject({ state: z.string() }));
      while (jobs.parse((await call('GET', '/jobs', { key })).body).some(({ state }) => state === 'running')) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function* eventsOf(url: string, key: string): AsyncGenerator<unknown, void> {
  const stop = new AbortController();
  const { body, status } = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: stop.signal });
  if (body === null || status !== 200) throw new Error(`The stream was answered with ${status}.`);
  let rest = '';
  try {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      const blocks = `${rest}${piece}`.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) if (block.startsWith('data: ')) yield JSON.parse(block.slice(6));
    }
  } finally {
    stop.abort();
  }
}
