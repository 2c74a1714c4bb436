// A main process with a runner for each bundle it is given; prints their pids once they run, and then waits to be killed.
import { NodeSpawner } from '#adapters/node-spawner';
import { RunnerPool } from '#engine/runner/pool';
import { runnerFiles } from '#hosts/runner-program';

const [folder = '', ...urls] = process.argv.slice(2);
const silent = { batch: () => {}, left: () => {}, refused: () => {}, lost: () => {} };
const running = new Set<string>();
const pool = new RunnerPool({
  folder,
  spawner: new NodeSpawner(runnerFiles(folder).program),
  listener: {
    ...silent,
    output: (run) => {
      if (run !== undefined) running.add(run);
      if (running.size === urls.length) process.stdout.write(`${pool.pids.join(' ')}\n`);
    },
  },
});
for (const [index, url] of urls.entries()) {
  pool.run({ run: `r${index}`, agent: 'a', url, input: {}, seed: 1, breakpoints: [] }, false);
}
