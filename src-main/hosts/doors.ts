// The doors of one workspace to the world, put together for a host: models, the gateway, what leaves the machine, what masks secrets.
import { join } from 'node:path';
import { NodeHttp } from '#adapters/http';
import type { Topic } from '#contract/workspace';
import { Egress } from '#engine/egress/egress';
import { Capture } from '#engine/gateway/capture';
import { GatewayService } from '#engine/gateway/gateway-service';
import { GatewayKeys } from '#engine/gateway/keys';
import { modelFilesIn } from '#engine/models/model-files';
import { ModelService } from '#engine/models/model-service';
import { ScriptedModels } from '#engine/models/scripted';
import { wireOf } from '#engine/models/wire/wires';
import type { Clock, Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { noRedaction } from '#engine/redactor';
import type { StudioDoors } from '#engine/studio';
import { Receiver } from '#engine/trace/receive';
import type { Vault } from '#engine/vault/vault';
import type { Route } from './gateway/route.ts';

export interface DoorParts {
  /** The workspace, and what ships with Atelier. */
  readonly folder: string;
  readonly resources: string;
  readonly store: Store;
  readonly clock: Clock;
  /** The user's, shared by all workspaces; the doors do not close it. A Problem where it could not be opened. */
  readonly vault: Vault | Problem;
  readonly changed: (...topics: Topic[]) => void;
  /** What went wrong where nobody asked for anything: for the log of the host. */
  readonly failed: (sentence: string) => void;
  /** What the loopback server answers beside the gateway's own routes. */
  readonly routes?: () => Promise<readonly Route[]>;
}

/** The gateway is opened by `gateway.open`, where the host is one that listens. */
export function openDoors(parts: DoorParts): StudioDoors {
  const { folder, resources, store, clock, vault, changed } = parts;
  const { calls, keys: keyStore, ledger, settings } = store;
  const secrets = vault instanceof Problem ? undefined : vault;
  const redactor = secrets?.redactor ?? noRedaction;
  const http = new NodeHttp();
  const egress = new Egress({ http, ledger, settings, clock, redactor, changed: () => changed('egress') });
  const files = modelFilesIn(folder);
  const models = new ModelService({
    folder,
    wayOut: egress,
    secrets,
    redactor,
    calls,
    settle: () => recorder.settle(),
    clock,
    scripted: new ScriptedModels(files),
    shippedPrices: join(resources, 'prices.json'),
    changed: () => changed('models'),
  });
  const recorder: Capture = new Capture({
    store,
    clock,
    redactor,
    costOf: (provider, model, usage) => models.costOf(provider, model, usage),
    changed,
  });
  const keys = new GatewayKeys({
    store: keyStore,
    calls,
    settle: () => recorder.settle(),
    clock,
    changed: () => changed('gateway'),
  });
  const routes = async (): Promise<readonly Route[]> => {
    // Whoever never starts the gateway need not load it.
    const [{ modelRoute }, { tracesRoute }, { scoresRoute }, more] = await Promise.all([
      import('./gateway/model-route.ts'),
      import('./gateway/telemetry-route.ts'),
      import('./gateway/scores-route.ts'),
      parts.routes?.() ?? [],
    ]);
    return [
      modelRoute({
        keys,
        recorder,
        calls,
        redactor,
        upstreams: models,
        models: models.models,
        scriptedNames: () => files.names(),
        wireOf,
        clock,
      }),
      tracesRoute({ receiver: new Receiver({ store, clock, redactor }), changed }),
      scoresRoute({ store, redactor, changed, flush: () => recorder.flush() }),
      ...more,
    ];
  };
  const gateway = new GatewayService({
    keys,
    recorder,
    calls,
    upstreams: models,
    folder,
    listen: async (port) => {
      const { openServer } = await import('./gateway/server.ts');
      const authenticate = (presented: string): ReturnType<GatewayKeys['enter']> => keys.enter(presented);
      return openServer({ port, routes: await routes(), authenticate, failed: parts.failed });
    },
    changed: () => changed('gateway'),
  });
  return {
    models,
    gateway,
    egress,
    vault: () => {
      if (vault instanceof Problem) throw vault;
      return vault;
    },
    redactor,
    async close() {
      try {
        await gateway.close();
      } finally {
        await egress.close();
      }
    },
  };
}
