// A child process that appends to one run again and again, and acknowledges the last event's number once the store has returned.
import { openStore } from '#adapters/sqlite/store';
import { append, runOf } from '#test/run-samples';

const store = openStore(process.argv[2] ?? '');
store.runs.create(runOf('one'));
for (let count = 1; ; count += 1) {
  const last = append(store, 'one', 1 + (count % 3)).at(-1);
  process.stdout.write(`${last?.seq}\n`);
}
