// LangGraph with its SQLite saver, asked by the bench: one process, one question at a time.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import Database from 'better-sqlite3';

const State = Annotation.Root({ n: Annotation({ reducer: (_, next) => next, default: () => 0 }) });
const count = ({ n }) => ({ n: n + 1 });

const questions = {
  /** One node that leads to itself until it has run `steps` times. */
  loop: ({ folder, steps, durability }) =>
    measured(folder, durability, async (checkpointer, config) => {
      const graph = new StateGraph(State)
        .addNode('step', count)
        .addEdge(START, 'step')
        .addConditionalEdges('step', ({ n }) => (n < steps ? 'step' : END))
        .compile({ checkpointer });
      return async () => expectCount(await graph.invoke({ n: 0 }, config('loop', steps)), steps);
    }),

  /** `steps` nodes, one after the other. */
  chain: ({ folder, steps, durability }) =>
    measured(folder, durability, async (checkpointer, config) => {
      const graph = chainOf(steps).compile({ checkpointer });
      return async () => expectCount(await graph.invoke({ n: 0 }, config('chain', steps)), steps);
    }),

  /** `runs` at the same time, each through `steps` nodes. */
  concurrent: ({ folder, runs, steps, durability }) =>
    measured(folder, durability, async (checkpointer, config) => {
      const graph = chainOf(steps).compile({ checkpointer });
      return async () => {
        const all = Array.from({ length: runs }, (_, run) => graph.invoke({ n: 0 }, config(`run-${run}`, steps)));
        for (const state of await Promise.all(all)) expectCount(state, steps);
      };
    }),
};

function chainOf(steps) {
  const graph = new StateGraph(State);
  for (let step = 0; step < steps; step += 1) {
    graph.addNode(`n${step}`, count);
    graph.addEdge(step === 0 ? START : `n${step - 1}`, `n${step}`);
  }
  return graph.addEdge(`n${steps - 1}`, END);
}

/** Time of the run alone, and what it left on disk: WAL included. */
async function measured(folder, durability, prepare) {
  const path = join(folder, 'langgraph.db');
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  // As Atelier's own; the driver's default is NORMAL, under which a power loss takes the last steps.
  db.pragma('synchronous = FULL');
  const config = (thread, steps) => ({
    configurable: { thread_id: thread },
    recursionLimit: steps + 10,
    durability,
  });
  const run = await prepare(new SqliteSaver(db), config);
  const started = performance.now();
  await run();
  const ms = performance.now() - started;
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { ms, bytes: statSync(path).size };
}

function expectCount({ n }, steps) {
  if (n !== steps) throw new Error(`LangGraph counted to ${n}, not ${steps}`);
}

process.on('message', ({ question, args }) => {
  questions[question](args).then(
    (figures) => process.send({ figures }),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
