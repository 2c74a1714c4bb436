// Runner processes for tests: real children that run the sources, bundles written by hand, and a listener that keeps what it is told.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NodeSpawner } from '#adapters/node-spawner';
import { runEventSchema, type RunError, type RunEvent } from '#contract/journal';
import type { JsonObject } from '#contract/turn';
import { runnerFiles, type RunnerFiles } from '#hosts/runner-program';
import type { RunnerLimits } from '#engine/runner/limits';
import { RunnerPool } from '#engine/runner/pool';
import type { RunnerListener } from '#engine/runner/runners';
import type { BatchItem, RunOrder } from '#engine/run/protocol';

/** Short waits, so that tests of what never ends end soon. */
export const quick: Partial<RunnerLimits> = { silenceMs: 1000, lookMs: 50, dropMs: 300, againMs: 20, againMostMs: 200 };

export interface Lost {
  readonly run: string;
  readonly error: RunError;
  readonly alone: boolean;
}

export class Listening implements RunnerListener {
  readonly events: { readonly run: string; readonly event: RunEvent }[] = [];
  readonly leaving: string[] = [];
  readonly lost_: Lost[] = [];
  readonly refusals: { readonly run: string; readonly error: RunError }[] = [];
  readonly prints: { readonly run: string | undefined; readonly text: string; readonly dropped: number }[] = [];
  #bells = new Set<() => void>();

  batch(run: string, items: readonly BatchItem[]): void {
    for (const item of items) {
      if ('event' in item) this.events.push({ run, event: runEventSchema.parse(JSON.parse(item.event)) });
    }
    this.#ring();
  }

  left(run: string): void {
    this.leaving.push(run);
    this.#ring();
  }

  refused(run: string, error: RunError): void {
    this.refusals.push({ run, error });
    this.#ring();
  }

  lost(run: string, error: RunError, alone: boolean): void {
    this.lost_.push({ run, error, alone });
    this.#ring();
  }

  output(run: string | undefined, text: string, dropped: number): void {
    this.prints.push({ run, text, dropped });
    this.#ring();
  }

  lastOf(run: string): RunEvent | undefined {
    return this.events.findLast((one) => one.run === run)?.event;
  }

  printed(run?: string): string {
    const own = this.prints.filter((one) => run === undefined || one.run === run);
    return own.map(({ text }) => text).join('');
  }

  /** What `find` gives first; it is asked again whenever something was told. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      const { promise, resolve: ring } = Promise.withResolvers<void>();
      this.#bells.add(ring);
      // Some of what tests wait for is not told, such as the end of a process.
      const timer = setTimeout(ring, 50);
      await promise;
      clearTimeout(timer);
      this.#bells.delete(ring);
    }
  }

  /** How the run left its runner; throws where it was lost or refused. */
  async end(run: string): Promise<RunEvent> {
    await this.until(() => {
      const lost = this.lost_.find((one) => one.run === run) ?? this.refusals.find((one) => one.run === run);
      if (lost !== undefined) throw new Error(`${run} was lost: ${lost.error.name} ${lost.error.message}`);
      return this.leaving.includes(run);
    });
    const last = this.lastOf(run);
    if (last === undefined) throw new Error(`${run} said nothing`);
    return last;
  }

  loss(run: string): Promise<Lost> {
    return this.until(() => this.lost_.find((one) => one.run === run));
  }

  #ring(): void {
    for (const ring of this.#bells) ring();
  }
}

export interface Runner extends AsyncDisposable {
  readonly pool: RunnerPool;
  readonly heard: Listening;
  /** The workspace. */
  readonly folder: string;
  /** An agent of one node with this body, which is given `{ state, signal, log }`; `top` stands before it. Returns the bundle's URL. */
  agent(name: string, body: string, top?: string): string;
  /** A module with `defineTool` and `z` at hand. */
  toolFile(name: string, text: string): string;
  order(run: string, url: string, input?: JsonObject): RunOrder;
}

/** `modules`: what bundles import, in place of the sources. */
export function openRunner(limits: Partial<RunnerLimits> = quick, modules?: RunnerFiles['externals']): Runner {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'atelier-runner-')));
  const bundles = join(folder, '.atelier', 'cache', 'agents');
  mkdirSync(bundles, { recursive: true });
  const { program, externals: sources } = runnerFiles(folder);
  const externals = modules ?? sources;
  const heard = new Listening();
  const spawner = new NodeSpawner(program);
  const pool = new RunnerPool({ spawner, folder, listener: heard, limits });
  const put = (name: string, text: string): string => {
    const path = join(bundles, `${name}.mjs`);
    writeFileSync(path, text);
    return pathToFileURL(path).href;
  };
  return {
    pool,
    heard,
    folder,
    agent: (name, body, top = '') =>
      put(
        name,
        `import { agent, code, end, input, start } from ${JSON.stringify(externals.atelier)};
import { z } from ${JSON.stringify(externals.zod)};
${top}
export default agent(
  { state: { given: input(z.unknown()), result: z.unknown() } },
  { nodes: { only: code(async ({ state, signal, log }) => { ${body} }) }, edges: [start('only'), end('only')] },
);
`,
      ),
    toolFile: (name, text) =>
      put(
        name,
        `import { defineTool } from ${JSON.stringify(externals.atelier)};
import { z } from ${JSON.stringify(externals.zod)};
${text}`,
      ),
    order: (run, url, input = {}) => ({ run, agent: 'test', url, input, seed: 1, breakpoints: [] }),
    async [Symbol.asyncDispose]() {
      await pool.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a process is there (and no zombie's shell of one). */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
