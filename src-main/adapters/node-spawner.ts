// Starts runner processes by Node's fork: for the command line and for tests.
import { fork, type ChildProcess } from 'node:child_process';
import type { ProgramOptions, RunnerProgram } from '#engine/runner/program';
import type { Child, Spawner, SpawnOptions } from '#engine/ports';
import { processUsage } from './process-usage.ts';
import { runnerEnvironment, workingFolder } from './runner-environment.ts';

/** A group of its own: Ctrl-C in the terminal is main's affair, and programs that a tool started end with it. */
const grouped = process.platform !== 'win32';

export class NodeSpawner implements Spawner {
  readonly #program: RunnerProgram;

  constructor(program: RunnerProgram) {
    this.#program = program;
  }

  spawn(options: SpawnOptions): Child {
    const told: ProgramOptions = { ...options, readable: [...this.#program.readable] };
    const process_ = fork(this.#program.entry, [JSON.stringify(told)], {
      cwd: workingFolder(options, this.#program),
      env: runnerEnvironment(options.role, process.env),
      execArgv: [],
      // What user code prints comes as messages; the rest of stdout is nothing of ours, stderr is Node's last words.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      detached: grouped,
      windowsHide: true,
    });
    return new NodeChild(process_);
  }
}

class NodeChild implements Child {
  readonly #process: ChildProcess;

  constructor(child: ChildProcess) {
    this.#process = child;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(message: unknown): void {
    if (!this.#process.connected || !isMessage(message)) return;
    // A process that is ending: its exit is told anyway.
    this.#process.send(message, () => undefined);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#process.on('message', listener);
  }

  onOutput(listener: (text: string) => void): void {
    this.#process.stderr?.setEncoding('utf8').on('data', listener);
  }

  onExit(listener: (exit: { readonly code: number | undefined; readonly signal: string | undefined }) => void): void {
    let told = false;
    const tell = (code: number | null, signal: string | null): void => {
      if (told) return;
      told = true;
      this.#endGroup();
      listener({ code: code ?? undefined, signal: signal ?? undefined });
    };
    // `close` waits for all output, but also for programs of a tool that hold it open; `exit` alone may come before the last words.
    this.#process.on('close', tell);
    this.#process.on('exit', (code, signal) => setTimeout(tell, 200, code, signal));
    this.#process.on('error', () => {
      if (this.#process.pid === undefined) tell(null, null);
    });
  }

  kill(): void {
    this.#endGroup();
    this.#process.kill('SIGKILL');
  }

  usage(): { readonly rss: number; readonly cpuMs: number } | undefined {
    const { pid, exitCode, signalCode } = this.#process;
    return pid === undefined || exitCode !== null || signalCode !== null ? undefined : processUsage(pid);
  }

  #endGroup(): void {
    if (!grouped || this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  }
}

function isMessage(message: unknown): message is object {
  return typeof message === 'object' && message !== null;
}
