// An Electron main process with a runner for each bundle it is given; prints what they print and, once all run, their pids.
import { app } from 'electron';
import { RunnerPool } from '#engine/runner/pool';
import { UtilitySpawner } from '#hosts/electron/utility-spawner';

const [entry = '', readable = '', folder = '', ...urls] = process.argv.slice(process.argv.indexOf('--') + 1);
const running = new Set<string>();
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

function start(): void {
  const pool = new RunnerPool({
    folder,
    spawner: new UtilitySpawner({ entry, readable: readable.split(',') }),
    limits: { memoryMb: 100, silenceMs: 60_000 },
    listener: {
      batch: () => {},
      left: (run) => say({ left: run }),
      refused: (run, error) => say({ refused: run, error }),
      lost: (run, error) => say({ lost: run, error }),
      output: (run, text) => {
        say({ run, text });
        if (run !== undefined) running.add(run);
        if (running.size === urls.length) say({ pids: pool.pids });
      },
    },
  });
  for (const [index, url] of urls.entries()) {
    pool.run({ run: `r${index}`, agent: 'a', url, input: {}, seed: 1, breakpoints: [] }, false);
  }
}

void app.whenReady().then(start);
