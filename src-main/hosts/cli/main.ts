// The command line: `atelier …`, the same engine without a window.
import { announceToParent, detachWith } from './detach.ts';
import { runCli } from './run.ts';
import { processSecretInput } from './secret-input.ts';
import { askAtTerminal } from './terminal-person.ts';

const stop = new AbortController();
// Ctrl-C, `kill`, a terminal that is closed: the first asks the command to stop cleanly, the second ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// A reader that closes early (head, less) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || (error.code === 'EIO' && stop.signal.aborted)) process.exit(0);
  throw error;
});

const { NO_COLOR: noColour = '', TERM: terminal } = process.env;
const out = Object.assign(process.stdout, {
  colour: process.stdout.isTTY && noColour === '' && terminal !== 'dumb',
});
const program = process.argv[1];

process.exitCode = await runCli(process.argv.slice(2), {
  out,
  err: process.stderr,
  cwd: process.cwd(),
  signal: stop.signal,
  announce: announceToParent,
  secretInput: processSecretInput(process.stdin, process.stderr),
  ...(process.stdin.isTTY ? { ask: askAtTerminal } : {}),
  ...(program === undefined ? {} : { detach: detachWith(program, process.cwd()) }),
});
