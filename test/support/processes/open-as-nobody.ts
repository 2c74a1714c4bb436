// A child process without rights of its own that opens the store named by its argument and prints the problem.
import { openStore } from '#adapters/sqlite/store';
import { Problem } from '#engine/problem';

const nobody = 65_534;
process.setgid?.(nobody);
process.setuid?.(nobody);
try {
  openStore(process.argv[2] ?? '').close();
  process.stdout.write('opened');
} catch (error) {
  process.stdout.write(error instanceof Problem ? `${error.code}: ${error.message} ${error.hint}` : String(error));
}
