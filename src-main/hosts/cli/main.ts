// The command line: `atelier …`, the same engine without a window.
import { runCli } from './run.ts';

const stop = new AbortController();
process.on('SIGINT', () => {
  // The first asks the command to stop cleanly, the second ends it.
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
});
// A reader that closes early (head, less) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  cwd: process.cwd(),
  signal: stop.signal,
});
