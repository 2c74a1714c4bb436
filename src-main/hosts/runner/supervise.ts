// The first thread of a runner: hands messages on, says that the second one lives, and ends the process where it has to end.
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { runnerEnvironment } from '#adapters/runner-environment';
import { exitCodes } from '#engine/runner/exits';
import { runErrorOf } from '#engine/run/run-failure';
import { programOptionsSchema, type ProgramOptions } from '#engine/runner/program';
import { openChannel } from './channel.ts';
import { threadRights } from './rights.ts';

/** What the second thread is given. */
export interface ThreadData {
  readonly port: MessagePort;
  /** Counted up by the thread as long as its event loop turns. */
  readonly pulse: Int32Array;
  readonly options: ProgramOptions;
}

/**
 * No user code runs in this thread, so that it can act whatever the other one does: it blocks, it fills the memory, main is gone.
 * `entry`: the program, which the second thread begins anew.
 */
export function supervise(entry: URL): void {
  const options = programOptionsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
  const channel = openChannel();
  channel.onClose(() => process.exit(exitCodes.closed));
  // Ctrl-C in the terminal is main's affair.
  process.on('SIGINT', () => undefined);

  const { port1, port2 } = new MessageChannel();
  const pulse = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(entry, {
    workerData: { port: port2, pulse, options },
    transferList: [port2],
    execArgv: threadRights(options),
    // Once more: Electron adds some of its own.
    env: runnerEnvironment(options.role, process.env),
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
    stdin: false,
    stdout: true,
    stderr: true,
  });
  port1.on('message', (message) => channel.send(message));
  channel.onMessage((message) => port1.postMessage(message));
  // What user code prints goes another way; this is what Node itself has to say.
  thread.stdout.resume();
  thread.stderr.on('data', (text: Buffer) => process.stderr.write(text));
  thread.on('error', (error: unknown) => {
    const { name, message, stack } = runErrorOf(error);
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') process.exit(exitCodes.heap);
    process.stderr.write(`${stack ?? `${name}: ${message}`}\n`, () => process.exit(exitCodes.thread));
  });
  thread.on('exit', () => process.exit(exitCodes.thread));

  const parent = process.ppid;
  const most = options.residentMb * 1024 * 1024;
  let beat = 0;
  let sent = 0;
  setInterval(
    () => {
      // Main was killed: whoever inherits its children is another process.
      if (process.ppid !== parent) process.exit(exitCodes.closed);
      if (process.memoryUsage.rss() > most) process.exit(exitCodes.resident);
      const now = performance.now();
      const counted = Atomics.load(pulse, 0);
      if (counted === beat || now - sent < options.beatMs * 0.9) return;
      beat = counted;
      sent = now;
      channel.send({ type: 'beat' });
    },
    Math.min(100, options.beatMs),
  );
}
