// Atelier's runtime, asked by the bench: main in this process, the agents in real runner processes below it, the store on disk.
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { databaseOf } from '#adapters/workspace';
import { Runtime } from '#test/runtime';
import { chainAgent, effectAgent, loopAgent } from './agents.ts';
import { countInMemory } from './in-memory.ts';

const args = z.looseObject({ folder: z.string(), steps: z.int(), runs: z.int().default(1) });
type Args = z.infer<typeof args>;

/** Kept from question to question, so that its runner is warm. */
let open: { readonly folder: string; readonly runtime: Runtime } | undefined;

async function runtimeIn(folder: string): Promise<Runtime> {
  if (open?.folder === folder) return open.runtime;
  await open?.runtime[Symbol.asyncDispose]();
  open = { folder, runtime: new Runtime(folder) };
  await open.runtime.control.open({ resume: false });
  return open.runtime;
}

function agentIn(folder: string, name: string, text: string): string {
  const file = `agents/${name}.agent.ts`;
  mkdirSync(join(folder, 'agents'), { recursive: true });
  // Written once: a file that was touched is bundled anew.
  if (!existsSync(join(folder, file))) writeFileSync(join(folder, file), text);
  return file;
}

/** Time from the start to the end as it is told, which is after it is on disk; and the bodies that were committed, one a commit. */
async function runToEnd(
  { folder, steps }: Args,
  file: string,
  input: Readonly<Record<string, number>>,
): Promise<{ readonly ms: number; readonly commits: readonly string[] }> {
  const runtime = await runtimeIn(folder);
  const started = performance.now();
  const { id } = await runtime.control.start({ file, input, seed: 1 });
  await runtime.reaches(id, 'finished');
  const ms = performance.now() - started;
  const { n } = runtime.state(id);
  if (n !== steps) throw new Error(`Atelier counted to ${JSON.stringify(n)}, not ${steps}`);
  return { ms, commits: commitsOf(folder, id) };
}

/** What the journal of a run put on disk, commit by commit. */
function commitsOf(folder: string, id: string): string[] {
  const db = new Database(databaseOf(folder), { readonly: true });
  try {
    const run = db.prepare('SELECT n FROM runs WHERE id = ?').pluck().get(Buffer.from(id, 'hex'));
    return z
      .array(z.string())
      .parse(db.prepare('SELECT body FROM events WHERE n >> 32 = ? ORDER BY n').pluck().all(run));
  } finally {
    db.close();
  }
}

const questions: Readonly<Record<string, (given: Args) => Promise<object>>> = {
  loop: (given) => runToEnd(given, agentIn(given.folder, 'loop', loopAgent), { steps: given.steps }),
  effects: (given) => runToEnd(given, agentIn(given.folder, 'effects', effectAgent), { steps: given.steps }),
  chain: (given) => runToEnd(given, agentIn(given.folder, `chain-${given.steps}`, chainAgent(given.steps)), {}),

  /** Bytes of a workspace with one run of a chain in it, and of the same without. */
  async disk(given) {
    const runtime = await runtimeIn(given.folder);
    const sizeNow = async (): Promise<number> => {
      await runtime[Symbol.asyncDispose]();
      open = undefined;
      return statSync(databaseOf(given.folder)).size;
    };
    const empty = await sizeNow();
    await questions['chain']?.(given);
    await open?.runtime[Symbol.asyncDispose]();
    open = undefined;
    const bytes = statSync(databaseOf(given.folder)).size;
    return { bytes, empty };
  },

  async concurrent({ folder, runs, steps }) {
    const runtime = await runtimeIn(folder);
    const file = agentIn(folder, 'ten', chainAgent(steps));
    const before = runtime.control.counts().byStatus.finished;
    const started = performance.now();
    await Promise.all(Array.from({ length: runs }, (_, seed) => runtime.control.start({ file, input: {}, seed })));
    while (runtime.control.counts().byStatus.finished < before + runs) {
      const { failed } = runtime.control.counts().byStatus;
      if (failed > 0) throw new Error(`${failed} runs failed`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return { ms: performance.now() - started };
  },

  /** From asking for a run to its first event, and to its first step, as a reader is told of them. */
  async first({ folder, steps }) {
    const runtime = await runtimeIn(folder);
    const file = agentIn(folder, 'first', chainAgent(steps));
    const started = performance.now();
    const { id } = await runtime.control.start({ file, input: {}, seed: 1 });
    let eventMs: number | undefined;
    const stop = new AbortController();
    try {
      for await (const update of runtime.control.watch(id, 0, stop.signal)) {
        eventMs ??= performance.now() - started;
        if (update.kind === 'events' && update.events.some(({ event }) => event.type === 'step.finished')) break;
      }
    } finally {
      stop.abort();
    }
    const stepMs = performance.now() - started;
    await runtime.reaches(id, 'finished');
    return { eventMs, stepMs };
  },

  /** Traces are made soon after a run. */
  async rest() {
    await open?.runtime.traced();
    return {};
  },

  /** In this process, with nothing on disk. */
  memory: ({ steps }) => countInMemory(steps),
};

async function answer(message: unknown): Promise<object> {
  const { question, args: given } = z.strictObject({ question: z.string(), args }).parse(message);
  const ask = questions[question];
  if (ask === undefined) throw new Error(`Nobody can be asked for ${question}`);
  return ask(given);
}

process.on('message', (message) => {
  answer(message).then(
    (figures) => process.send?.({ figures }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
