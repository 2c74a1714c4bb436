// A process that owns a workspace and brings its runs on, telling each event that is on disk; the crash test kills it.
import { createHash } from 'node:crypto';
import { NodeSpawner } from '#adapters/node-spawner';
import { openWorkspaceStore, systemClock } from '#adapters/workspace';
import { endedStatuses } from '#contract/run';
import type { Clock } from '#engine/ports';
import { openRuns } from '#hosts/runs';
import type { Told } from '../../crash/crash.ts';
import { agentFile, ledgerOf, rounds } from '../../crash/workspace.ts';
import { scriptedOnly } from '#test/scripted-only';

const { folder, seed, toTheEnd, fresh, jumps } = JSON.parse(process.argv[2] ?? '') as {
  readonly folder: string;
  readonly seed: number;
  /** Stays until all runs have ended. */
  readonly toTheEnd: boolean;
  /** Starts a run in any case. */
  readonly fresh: boolean;
  readonly jumps: boolean;
};

/** To and fro by up to two days, another jump every 200 ms. */
const jumping: Clock = {
  now: () => {
    const digest = createHash('sha256')
      .update(`${seed} ${Math.floor(performance.now() / 200)}`)
      .digest();
    return Date.now() + (digest.readUInt32BE(0) / 4_294_967_296 - 0.5) * 4 * 86_400_000;
  },
};

function tell(line: Told): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const store = openWorkspaceStore(folder, { owner: 'the crash test' });
const runs = openRuns({
  ...scriptedOnly(folder),
  store,
  clock: jumps ? jumping : systemClock,
  folder,
  spawner: (program) => new NodeSpawner(program),
  changed: () => undefined,
  failed: (sentence) => process.stderr.write(`${sentence}\n`),
});
const { control } = runs;

/** A write that may have happened: the ledger knows. */
async function answer(run: string, id: string): Promise<void> {
  tell({ kind: 'asked', key: id });
  const mine = ledgerOf(folder).find(({ key }) => key.includes(run) && key.includes(id));
  await control.answer(run, id, mine === undefined ? { again: true } : { result: mine.line }, 'the crash test');
}

async function follow(run: string): Promise<void> {
  const stop = new AbortController();
  for await (const update of control.watch(run, 0, stop.signal)) {
    if (update.kind !== 'events') continue;
    for (const event of update.events) {
      tell({ kind: 'event', run, event });
      const { type } = event.event;
      if (type === 'interrupt.opened' && event.event.kind === 'unsure') {
        const { id } = event.event;
        const isOpen = control.get(run).interrupts.some((one) => one.id === id);
        if (isOpen) await answer(run, id);
      }
      if (['run.finished', 'run.failed', 'run.cancelled', 'run.departed'].includes(type)) {
        tell({ kind: 'ended', run });
        stop.abort();
      }
    }
  }
}

await control.open({ resume: true });
const { items } = control.list({}, undefined, 500);
const open = items.filter((run) => !endedStatuses.includes(run.status));
const going = open.map((run) => {
  tell({ kind: 'run', id: run.id, seed: run.seed });
  return follow(run.id);
});
if (fresh || items.length === 0 || (!toTheEnd && open.length === 0)) {
  const run = await control.start({ file: agentFile, input: { rounds }, seed });
  tell({ kind: 'run', id: run.id, seed });
  going.push(follow(run.id));
}
const alive = setInterval(() => undefined, 60_000);
await Promise.all(going);
clearInterval(alive);
await runs.close();
store.close();
process.exit(0);
