// Our gateway for the bench, in a process of its own as the studio has it: real store, ledger, capture. Says where it is, then answers what is asked.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorkspace, openWorkspaceStore, systemClock } from '#adapters/workspace';
import { Problem } from '#engine/problem';
import { openDoors } from '#hosts/doors';

const [folder = '', upstream = ''] = process.argv.slice(2);
createWorkspace(folder);
const providers = { bench: { dialect: 'openai', url: `http://127.0.0.1:${upstream}/v1` } };
writeFileSync(join(folder, 'atelier.json'), JSON.stringify({ models: { providers } }));
const store = openWorkspaceStore(folder);
const doors = openDoors({
  folder,
  resources: join(import.meta.dirname, '..', '..', '..', 'resources'),
  store,
  clock: systemClock,
  vault: new Problem('NOT_FOUND', 'There is no vault here.'),
  changed: () => undefined,
  failed: (sentence) => process.stderr.write(`${sentence}\n`),
});
const { key } = doors.gateway.createKey({ label: 'bench', scopes: ['models'], mode: 'record' });
const port = Number(process.argv[4]);
await doors.gateway.start({ port });
process.stdout.write(`${JSON.stringify({ port, key })}\n`);

process.on('message', (asked) => {
  if (asked === 'counts') {
    const { calls, inputTokens } = store.calls.spent({ from: 0 });
    process.send?.({
      calls,
      inputTokens,
      turns: store.turns.count(),
      traces: store.traces.count(),
      rss: process.memoryUsage.rss(),
    });
  }
  if (asked === 'close') void doors.close().then(() => (store.close(), process.exit(0)));
});
process.on('disconnect', () => process.exit(0));
