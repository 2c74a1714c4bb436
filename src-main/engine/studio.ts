// The studio: one open workspace and what works on it.
import type { Topic, WorkspaceInfo } from '#contract/workspace';
import { basename } from 'node:path';
import { Broadcast } from './broadcast.ts';
import type { RunControl } from './control/run-control.ts';
import type { Egress } from './egress/egress.ts';
import type { GatewayService } from './gateway/gateway-service.ts';
import type { Agents } from './graph/catalog.ts';
import { Jobs } from './jobs.ts';
import type { ModelService } from './models/model-service.ts';
import type { Clock, Store } from './ports.ts';
import { Problem } from './problem.ts';
import { noRedaction, type Redactor } from './redactor.ts';
import type { Vault } from './vault/vault.ts';

/** What runs the workspace's agents; closed with the studio. */
export interface StudioRuns {
  readonly control: RunControl;
  close(): Promise<void>;
}

/** What leads out of the workspace; closed with the studio, but for the vault. */
export interface StudioDoors {
  readonly models: ModelService;
  readonly gateway: GatewayService;
  readonly egress: Egress;
  readonly redactor: Redactor;
  /** The user's. Throws a Problem where it could not be opened. */
  readonly vault: () => Vault;
  close(): Promise<void>;
}

export class Studio {
  readonly path: string;
  readonly isSample: boolean;
  readonly store: Store;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly changes = new Broadcast<{ readonly topics: Topic[] }>();
  readonly #agents: Agents | undefined;
  readonly #runs: StudioRuns | undefined;
  readonly #doors: StudioDoors | undefined;
  readonly #closing = new AbortController();

  constructor(options: {
    readonly path: string;
    readonly isSample: boolean;
    readonly store: Store;
    readonly clock: Clock;
    /** Absent in hosts that have none. */
    readonly agents?: Agents | undefined;
    readonly runs?: StudioRuns | undefined;
    readonly doors?: StudioDoors | undefined;
  }) {
    this.path = options.path;
    this.isSample = options.isSample;
    this.store = options.store;
    this.clock = options.clock;
    this.jobs = new Jobs(options.clock);
    this.#agents = options.agents;
    this.#runs = options.runs;
    this.#doors = options.doors;
  }

  get agents(): Agents {
    if (this.#agents === undefined) throw new Problem('INTERNAL', 'There are no agents here.');
    return this.#agents;
  }

  get runs(): RunControl {
    if (this.#runs === undefined) throw new Problem('INTERNAL', 'Nothing can be run here.');
    return this.#runs.control;
  }

  get models(): ModelService {
    return this.#doorsThere().models;
  }

  get gateway(): GatewayService {
    return this.#doorsThere().gateway;
  }

  get egress(): Egress {
    return this.#doorsThere().egress;
  }

  /** Masks what is stored or shown; nothing in hosts without a vault. */
  get redactor(): Redactor {
    return this.#doors?.redactor ?? noRedaction;
  }

  get vault(): Vault {
    return this.#doorsThere().vault();
  }

  /** Tells every view that shows one of `topics` to ask again. */
  changed(...topics: Topic[]): void {
    this.changes.send({ topics });
  }

  info(): WorkspaceInfo {
    const { traces, pairs, labels, datasets } = this.store;
    return {
      path: this.path,
      name: basename(this.path),
      isSample: this.isSample,
      traces: traces.count(),
      pairs: pairs.countFor({}),
      labels: labels.list({}, 0, 1).total,
      datasets: datasets.list().length,
    };
  }

  /** Aborts when the studio begins to close: who reads its streams must stop. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Stops jobs and runs, then closes the database; nothing acknowledged is lost, and runs go on when it is opened again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.jobs.stop();
    await this.#runs?.close();
    await this.#doors?.close();
    this.store.close();
  }

  #doorsThere(): StudioDoors {
    if (this.#doors === undefined) throw new Problem('INTERNAL', 'Nothing leads out of the workspace here.');
    return this.#doors;
  }
}
