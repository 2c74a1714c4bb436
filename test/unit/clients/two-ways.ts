// Runs a program of a client that nobody here wrote twice: straight to an upstream, and through the real gateway to another one that plays the same.
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { GatewayCall, KeySettings } from '#contract/gateway';
import type { ProviderSettings } from '#contract/model';
import { assemble } from '#engine/models/wire/assemble';
import type { Exchange } from '#engine/network-ports';
import type { Store } from '#engine/ports';
import type { StudioDoors } from '#engine/studio';
import { traceDetail } from '#engine/trace/detail';
import { openDoors } from '#hosts/doors';
import { resourcesFolder } from '#hosts/type-sources';
import { temporaryFolder, temporaryStore } from '#test/store';
import { startFakeUpstream, type FakeUpstream, type Played, type PlayedRequest } from '#test/upstream/fake-upstream';
import { testVault } from '#test/vault';

export type Play = (request: PlayedRequest) => Played | Promise<Played>;

/** Where a client is pointed at. */
export interface Way {
  /** "http://127.0.0.1:PORT". */
  readonly origin: string;
  /** The provider's own key, or a virtual one. */
  readonly apiKey: string;
}

export interface World {
  /** The workspace. */
  readonly folder: string;
  readonly upstream: FakeUpstream;
  readonly doors: StudioDoors;
  readonly store: Store;
  /** What the gateway's log was told. */
  readonly failures: readonly string[];
  /** The gateway with a key of its own. */
  readonly way: (settings?: Partial<KeySettings>) => Way;
  /** All calls so far, oldest first, once each has come to its end and is stored. */
  calls(): Promise<readonly GatewayCall[]>;
  exchange(call: GatewayCall | undefined): Exchange;
}

/** What the providers ask for: what a client sends straight to them. */
export const realKey = 'sk-proj-4Nq8vKx2Zr7Tb1Wm6Yc3Pd9Hs5';
const secret = 'PROVIDER_KEY';

/** The real gateway, with a vault, a store and a ledger, before an upstream that is both OpenAI and Anthropic. */
export async function openWorld(play: Play, more: Partial<ProviderSettings> = {}): Promise<World> {
  const upstream = await startFakeUpstream(play);
  onTestFinished(() => upstream.close());
  const { origin } = upstream;
  const folder = temporaryFolder();
  const { vault } = await testVault({ guard: 'passphrase' });
  const bindings = ['openai', 'anthropic'].map((name) => ({ kind: 'provider' as const, name, origin }));
  await vault.add({ name: secret, value: realKey, bindings });
  const providers = Object.fromEntries(
    ['openai', 'anthropic'].map((dialect) => [dialect, { dialect, url: `${origin}/v1`, secret, ...more }]),
  );
  writeFileSync(join(folder, 'atelier.json'), JSON.stringify({ models: { providers } }));
  const store = temporaryStore();
  const failures: string[] = [];
  const doors = openDoors({
    folder,
    resources: resourcesFolder(),
    store,
    clock: { now: () => Date.now() },
    vault,
    changed: () => undefined,
    failed: (sentence) => void failures.push(sentence),
  });
  onTestFinished(() => doors.close());
  const address = await listening(doors);
  return {
    folder,
    upstream,
    doors,
    store,
    failures,
    way(settings) {
      const made = doors.gateway.createKey({ label: 'a client', scopes: ['models'], mode: 'record', ...settings });
      return { origin: address, apiKey: made.key };
    },
    async calls() {
      await vi.waitFor(
        () => expect(doors.gateway.calls({ limit: 500 }).filter(({ id }) => !isOver(store.calls.get(id)))).toEqual([]),
        waitingFor,
      );
      return doors.gateway.calls({ limit: 500 }).toReversed();
    },
    exchange(call) {
      const found = call === undefined ? undefined : store.calls.exchange(call.id);
      if (found === undefined) throw new Error(`Of the call ${call?.id} no exchange is recorded.`);
      return found;
    },
  };
}

/** Long enough on a machine that does much else. */
export const waitingFor = { timeout: 15_000, interval: 5 };

function isOver(call: GatewayCall | undefined): boolean {
  return call !== undefined && call.state !== 'waiting' && call.state !== 'streaming';
}

/** Another program may take the port between the two. */
async function listening(doors: StudioDoors): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      const { address = '' } = await doors.gateway.start({ port: await freePort() });
      return address;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface BothOptions {
  readonly recorded?: (request: PlayedRequest) => boolean;
  readonly inAnyOrder?: boolean;
}

export interface Both<T> {
  readonly outcome: T;
  readonly world: World;
  /** What reached the upstream behind the gateway. */
  readonly requests: readonly PlayedRequest[];
  /** Oldest first. */
  readonly calls: readonly GatewayCall[];
}

/**
 * The program comes to the same either way, the upstream was sent the same, and all of it was recorded. `play` is made for each of the two
 * upstreams, so that it may count. `recorded`: which requests are calls; all unless said. `inAnyOrder`: the
 * program sends several at once.
 */
export async function bothWays<T>(
  play: () => Play,
  program: (way: Way) => Promise<T>,
  { recorded = () => true, inAnyOrder = false }: BothOptions = {},
): Promise<Both<T>> {
  const straight = await startFakeUpstream(play());
  onTestFinished(() => straight.close());
  const played: Played[] = [];
  const second = play();
  const world = await openWorld(async (request) => {
    const answer = await second(request);
    if (recorded(request)) played.push(answer);
    return answer;
  });
  const expected = await program({ origin: straight.origin, apiKey: realKey });
  const outcome = await program(world.way());
  expect(outcome).toEqual(expected);
  expect(straight.requests.length).toBeGreaterThan(0);
  await vi.waitFor(() => expect(world.upstream.requests).toHaveLength(straight.requests.length), waitingFor);
  const ordered = ({ requests }: FakeUpstream) => {
    const sent = requests.map(asSent);
    return inAnyOrder ? sent.toSorted((one, two) => (one.body < two.body ? -1 : 1)) : sent;
  };
  expect(ordered(world.upstream)).toEqual(ordered(straight));
  for (const { headers } of world.upstream.requests) {
    expect(headers).toContainEqual(['accept-encoding', 'identity']);
    expect(JSON.stringify(headers)).not.toContain('atl-');
  }
  const calls = await world.calls();
  await checkRecorded(world, calls, played);
  expect(world.failures).toEqual([]);
  return { outcome, world, requests: world.upstream.requests, calls };
}

/** What docs/gateway.md declares to be of another connection, or of a browser's page. */
const declared = /^(?:host|connection|content-length|accept-encoding|sec-fetch-.*)$/iu;

/** What an upstream got: byte for byte, but for what is declared. */
export function asSent({ method, path, headers, body }: PlayedRequest) {
  const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  return { method, path, body, length, headers: headers.filter(([name]) => !declared.test(name)) };
}

/** What else is asked is counted, and no more. */
const conversations = /^POST \/v1\/(?:chat\/completions|responses|messages|embeddings)$/u;

/** Each exchange is a call, a span of a trace that read and wrote turns, and the bytes that were played. */
async function checkRecorded(world: World, calls: readonly GatewayCall[], played: readonly Played[]): Promise<void> {
  expect(calls).toHaveLength(played.length);
  for (const call of calls) {
    if (!conversations.test(call.endpoint)) continue;
    expect(call.problem ?? '').not.toMatch(/could not be recorded|fault in Atelier/u);
    const isWhole = call.state === 'done' && call.problem === undefined;
    if (!isWhole && !(call.state === 'failed' && (call.status ?? 0) >= 400)) continue;
    const { dialect, wrote, body } = world.exchange(call);
    expect((await Promise.all(played.map(bytesOf))).some((bytes) => bytes.equals(body))).toBe(true);
    if (dialect === 'openai-embeddings') continue;
    const { spans } = traceDetail(world.store, call.traceId ?? '');
    const span = spans.find(({ attributes }) => attributes['atelier.call'] === call.id);
    expect(span?.read).toBeDefined();
    expect(span?.wrote).toBe(wrote);
    if (call.state === 'failed') continue;
    const turn = wrote === undefined ? undefined : world.store.turns.get(wrote);
    expect(turn?.message).toEqual(assemble(dialect, body).reply?.message);
  }
}

/** The body as it was played; of what waits or is cut off, what there was. */
async function bytesOf({ body }: Played): Promise<Buffer> {
  if (typeof body === 'string') return Buffer.from(body);
  const pieces: Buffer[] = [];
  // A list can be read again.
  if (!Array.isArray(body)) return Buffer.alloc(0);
  for (const piece of body) {
    if (typeof piece === 'string') pieces.push(Buffer.from(piece));
    else if (piece instanceof Uint8Array) pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

/** What a promise came to, so that it can be compared: the value, or all that its error tells. */
export async function settled(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return { value: await promise };
  } catch (error) {
    if (!(error instanceof Error)) return { error };
    const { name, message } = error;
    const told = Object.entries(error).filter(([key]) => !notCompared.has(key));
    return { name, message, class: error.constructor.name, ...Object.fromEntries(told) };
  }
}

/** Headers are compared where a test is about them; the others name the address that was asked. */
const notCompared = new Set(['headers', 'responseHeaders', 'url', 'cause', 'errors', 'lastError', 'data']);

/** Headers of an answer but those that docs/gateway.md declares to be changed or added. */
export function answerHeaders(headers: Headers): readonly (readonly [string, string])[] {
  return [...headers].filter(
    ([name]) => !/^(?:connection|keep-alive|transfer-encoding|content-length|x-atelier-(?:call|trace))$/u.test(name),
  );
}

export async function allOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}
