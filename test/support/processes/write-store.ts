// A child process that writes a path and a label again and again, and acknowledges each once the store has returned.
import { openStore } from '#adapters/sqlite/store';
import { addPair, labelOf } from '#test/samples';

const store = openStore(process.argv[2] ?? '');
for (let count = 0; ; count += 1) {
  const pair = addPair(store, `pair ${count}`);
  store.labels.add(labelOf(pair, 'ann', { elapsedMs: count }));
  process.stdout.write(`${count}\n`);
}
