// A child process that opens the store named by its argument, says so, and holds it until it is ended.
import { openStore } from '#adapters/sqlite/store';

const store = openStore(process.argv[2] ?? '', { owner: 'the other process' });
process.stdout.write(`open ${process.pid} ${store.turns.count()}\n`);
process.stdin.on('data', () => {
  store.close();
  process.exit(0);
});
