// The gateway of one workspace: on or off, its keys, and what goes through it.
import {
  defaultGatewayPort,
  type GatewayCall,
  type GatewayKey,
  type GatewayState,
  type KeySettings,
  type KeyUse,
} from '#contract/gateway';
import type { Upstreams } from '../models/upstream.ts';
import { nearest } from '../nearest.ts';
import type { CallStore } from '../network-ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import { changeWorkspaceFile, readWorkspaceFile, type WorkspaceFile } from '../workspace-file.ts';
import type { Denial } from './key-limits.ts';
import type { GatewayKeys } from './keys.ts';
import type { Recorder } from './recorder.ts';

/** A server that listens. */
export interface Listening {
  /** "http://127.0.0.1:4140". */
  readonly address: string;
  readonly port: number;
  /** Takes nothing new, lets streams end up to a patience. */
  close(): Promise<void>;
}

export interface GatewayParts {
  readonly keys: GatewayKeys;
  readonly recorder: Recorder;
  readonly calls: CallStore;
  readonly upstreams: Upstreams;
  /** The workspace. */
  readonly folder: string;
  /** Opens the loopback server; throws a Problem CONFLICT where the port is taken. */
  readonly listen: (port: number) => Promise<Listening>;
  /** Views that show the gateway should ask again. */
  readonly changed: () => void;
}

const scripted = 'scripted';

export class GatewayService {
  readonly #parts: GatewayParts;
  #listening: Listening | undefined;
  /** Why it does not listen although it is on. */
  #problem: GatewayState['problem'];
  /** Starts and stops, one after the other. */
  #switching: Promise<unknown> = Promise.resolve();

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /** Listens where `atelier.json` says that it is on. Throws nothing: `state` tells why it does not. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        const { gateway } = readWorkspaceFile(this.#parts.folder);
        if (gateway?.on !== true || this.#listening !== undefined) return;
        this.#listening = await this.#parts.listen(gateway.port ?? defaultGatewayPort);
        this.#problem = undefined;
        this.#parts.changed();
      } catch (error) {
        this.#problem = asStated(error);
        this.#parts.changed();
      }
    });
  }

  /** Without the routes' work: streams end up to the server's patience. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#leave();
      this.#parts.keys.close();
      await this.#parts.recorder.flush();
    });
  }

  state(): GatewayState {
    const { settings, providers, problem } = this.#known();
    return {
      isOn: settings?.on ?? this.#listening !== undefined,
      port: this.#listening?.port ?? settings?.port ?? defaultGatewayPort,
      providers,
      keys: this.#parts.keys.list(),
      ...(this.#listening === undefined ? {} : { address: this.#listening.address }),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** Throws a Problem: CONFLICT where the port is taken, BAD_INPUT where `atelier.json` is not understood; then all stays as it was. */
  start({ port }: { readonly port?: number | undefined } = {}): Promise<GatewayState> {
    return this.#inTurn(async () => {
      const { folder, listen } = this.#parts;
      const wanted = port ?? readWorkspaceFile(folder).gateway?.port ?? defaultGatewayPort;
      const before = this.#listening;
      const listening = before?.port === wanted ? before : await listen(wanted);
      try {
        changeWorkspaceFile(folder, (file) => ({ ...file, gateway: { ...file.gateway, port: wanted, on: true } }));
      } catch (error) {
        if (listening !== before) await listening.close();
        throw error;
      }
      this.#listening = listening;
      this.#problem = undefined;
      this.#parts.changed();
      if (listening !== before) await before?.close();
      return this.state();
    });
  }

  stop(): Promise<GatewayState> {
    return this.#inTurn(async () => {
      changeWorkspaceFile(this.#parts.folder, (file) =>
        file.gateway === undefined ? file : { ...file, gateway: { ...file.gateway, on: false } },
      );
      await this.#leave();
      this.#problem = undefined;
      this.#parts.changed();
      return this.state();
    });
  }

  /** Whose key it is, or why it opens nothing: for whatever else is open to the keys of this workspace. */
  enter(presented: string): GatewayKey | Denial {
    return this.#parts.keys.enter(presented);
  }

  createKey(settings: KeySettings): { readonly key: string; readonly id: string; readonly state: GatewayState } {
    this.#checkProvider(settings);
    return { ...this.#parts.keys.create(settings), state: this.state() };
  }

  updateKey(id: string, settings: KeySettings): GatewayState {
    this.#checkProvider(settings);
    this.#parts.keys.update(id, settings);
    return this.state();
  }

  revokeKey(id: string): GatewayState {
    this.#parts.keys.revoke(id);
    return this.state();
  }

  /** Newest first; those under way are among them. */
  calls({ key, limit }: { readonly key?: string | undefined; readonly limit: number }): readonly GatewayCall[] {
    return this.#parts.recorder.calls(key === undefined ? {} : { key }, limit);
  }

  /** Of each key, since `from`. */
  use(from: number): readonly KeyUse[] {
    return this.#parts.calls.usedByKey(from);
  }

  async #leave(): Promise<void> {
    const listening = this.#listening;
    this.#listening = undefined;
    await listening?.close();
  }

  /** What `atelier.json` says now; where it is not understood, why. */
  #known(): {
    readonly settings?: WorkspaceFile['gateway'];
    readonly providers: readonly string[];
    readonly problem: GatewayState['problem'];
  } {
    const { folder, upstreams } = this.#parts;
    try {
      const settings = readWorkspaceFile(folder).gateway;
      const providers = [...upstreams.list().map(({ name }) => name), scripted];
      return { settings, providers, problem: this.#problem };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The scripted one needs no settings that could be wrong.
      return { providers: [scripted], problem: this.#problem ?? asStated(error) };
    }
  }

  #checkProvider({ provider }: KeySettings): void {
    if (provider === undefined) return;
    const names = this.#known().providers;
    if (names.includes(provider)) return;
    const near = nearest(provider, names);
    throw new Problem(
      'BAD_INPUT',
      `There is no provider ${JSON.stringify(provider)} in atelier.json.`,
      near === undefined ? `There are: ${names.join(', ')}.` : `Did you mean ${near}?`,
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#switching.then(work);
    this.#switching = done.catch(() => undefined);
    return done;
  }
}

function asStated(error: unknown): NonNullable<GatewayState['problem']> {
  const hint = error instanceof Problem ? error.hint : undefined;
  return { sentence: sentenceOf(error), ...(hint === undefined ? {} : { hint }) };
}
