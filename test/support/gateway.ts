// A gateway for tests: the real server and routes before real upstream servers on loopback; the recorder writes down what it is told.
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { NodeHttp } from '#adapters/http';
import type { CassetteMode, KeySettings } from '#contract/gateway';
import type { ProviderSettings } from '#contract/model';
import { GatewayKeys } from '#engine/gateway/keys';
import type { Answered, Asked, Lookup, Recorder } from '#engine/gateway/recorder';
import { Breaker } from '#engine/models/breaker';
import { BudgetKeeper } from '#engine/models/budget';
import { Limiter } from '#engine/models/limits';
import type { ModelProvider } from '#engine/models/model';
import { Models } from '#engine/models/models';
import { timingOf } from '#engine/models/timing';
import { ServerUpstream } from '#engine/models/upstream-server';
import type { Upstreams } from '#engine/models/upstream';
import type { ChatDialect, Wire } from '#engine/models/wire/wire';
import type { Outbound } from '#engine/network-ports';
import type { Store } from '#engine/ports';
import { noRedaction } from '#engine/redactor';
import type { ModelRouteParts } from '#hosts/gateway/answer-call';
import { modelRoute } from '#hosts/gateway/model-route';
import type { Route } from '#hosts/gateway/route';
import { openServer, type OpenServer, type ServerBounds } from '#hosts/gateway/server';
import { memoryStore } from './memory-store/store.ts';

/** What the gateway told the recorder of one call. */
export interface Told {
  readonly asked: Asked;
  streaming?: number;
  answered?: Answered;
}

export interface GatewayWorld {
  readonly server: OpenServer;
  readonly keys: GatewayKeys;
  readonly store: Store;
  readonly told: Told[];
  /** What the server's log was told. */
  readonly failures: string[];
  /** What left for upstreams. */
  readonly left: Outbound[];
  /** A key with these settings; "record" and all scopes unless said. */
  key(settings?: Partial<KeySettings>): string;
}

export interface GatewayOptions {
  /** In order. A string is the origin of an 'openai' one. */
  readonly providers?: Readonly<Record<string, string | (Partial<ProviderSettings> & { readonly url: string })>>;
  readonly secret?: string;
  readonly models?: readonly ModelProvider[];
  readonly wire?: (dialect: ChatDialect) => Wire;
  readonly find?: (asked: Asked, mode: CassetteMode) => Lookup;
  readonly routes?: readonly Route[];
  readonly bounds?: Partial<ServerBounds>;
  readonly route?: Partial<ModelRouteParts>;
  readonly now?: () => number;
  readonly costOf?: Upstreams['costOf'];
}

export async function openGateway(options: GatewayOptions = {}): Promise<GatewayWorld> {
  const store = memoryStore();
  const clock = { now: options.now ?? Date.now };
  const keys = new GatewayKeys({ store: store.keys, calls: store.calls, clock, changed: () => undefined });
  const told: Told[] = [];
  const failures: string[] = [];
  const left: Outbound[] = [];
  const http = new NodeHttp();
  const timing = timingOf(clock);
  const upstreams = Object.entries(options.providers ?? {}).map(([name, given]) => {
    const settings: ProviderSettings =
      typeof given === 'string' ? { dialect: 'openai', url: `${given}/v1` } : { dialect: 'openai', ...given };
    return new ServerUpstream({
      name,
      settings,
      budgets: {},
      wayOut: {
        send(request) {
          left.push(request);
          return http.request(request);
        },
      },
      secrets: {
        release: async () => ({ value: options.secret ?? 'sk-real', other: undefined }),
        standing: () => 'ready',
      },
      redactor: noRedaction,
      keeper: new BudgetKeeper(store.calls, clock),
      limiter: new Limiter(timing),
      breaker: new Breaker(clock, () => undefined),
      timing,
      random: () => 0.5,
      priceOf: () => undefined,
    });
  });
  const route = modelRoute({
    keys,
    recorder: recorderInto(told, options.find),
    calls: store.calls,
    redactor: noRedaction,
    upstreams: {
      get: (name) => upstreams.find((one) => one.name === name),
      list: () => upstreams,
      costOf: options.costOf ?? (() => undefined),
    },
    models: new Models(options.models ?? []),
    scriptedNames: async () => ['triage'],
    wireOf:
      options.wire ??
      ((dialect) => {
        throw new Error(`No wire ${dialect} in this test.`);
      }),
    clock,
    ...options.route,
  });
  const server = await openServer({
    port: 0,
    routes: [route, ...(options.routes ?? [])],
    authenticate: (presented) => keys.enter(presented),
    failed: (sentence) => failures.push(sentence),
    bounds: { closeMs: 50, ...options.bounds },
  });
  onTestFinished(async () => {
    await server.close();
    keys.close();
    await http.close();
  });
  return {
    server,
    keys,
    store,
    told,
    failures,
    left,
    key: (settings) =>
      keys.create({ label: 'test', scopes: ['models', 'telemetry', 'read', 'write'], mode: 'record', ...settings }).key,
  };
}

function recorderInto(told: Told[], find: GatewayOptions['find']): Recorder {
  return {
    begin(asked) {
      const one: Told = { asked };
      told.push(one);
      return {
        traceId: `trace-${told.length}`,
        streaming: (status) => void (one.streaming = status),
        finish: (answered) => void (one.answered = answered),
      };
    },
    find: find ?? (() => ({ kind: 'miss', sentence: 'Nothing is recorded.' })),
    calls: () => [],
    flush: () => Promise.resolve(),
  };
}

/** Writes these bytes (Latin-1) to the port and gives back all that comes until the other side ends, or `until` has come. */
export function speak(
  port: number,
  request: string | readonly string[],
  until?: string | ((heard: string) => boolean),
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    const end = (): void => {
      socket.destroy();
      resolve(heard);
    };
    socket.on('data', (piece: Buffer) => {
      heard += piece.toString('latin1');
      if (typeof until === 'string' ? heard.includes(until) : until?.(heard) === true) end();
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // What was still being sent is thrown away with the connection.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(heard);
      else reject(error);
    });
    for (const piece of typeof request === 'string' ? [request] : request) socket.write(Buffer.from(piece, 'latin1'));
  });
}

/** Whether this is an answer with as much of a body as its head says. */
export function isWhole(heard: string): boolean {
  const end = heard.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)$/imu.exec(heard.slice(0, end))?.[1];
  return end >= 0 && length !== undefined && heard.length - end - 4 >= Number(length);
}
