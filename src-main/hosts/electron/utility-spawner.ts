// Starts runner processes as Electron's utility processes: the app's own executable cannot be run as plain Node.
import { app, utilityProcess, type UtilityProcess } from 'electron';
import { processUsage } from '#adapters/process-usage';
import { runnerEnvironment, workingFolder } from '#adapters/runner-environment';
import type { Child, Spawner, SpawnOptions } from '#engine/ports';
import type { ProgramOptions, RunnerProgram } from '#engine/runner/program';

export class UtilitySpawner implements Spawner {
  readonly #program: RunnerProgram;

  constructor(program: RunnerProgram) {
    this.#program = program;
  }

  spawn(options: SpawnOptions): Child {
    const told: ProgramOptions = { ...options, readable: [...this.#program.readable] };
    return new UtilityChild(
      utilityProcess.fork(this.#program.entry, [JSON.stringify(told)], {
        cwd: workingFolder(options, this.#program),
        env: runnerEnvironment(options.role, process.env),
        // execArgv does not reach Node here, and NODE_OPTIONS not in a packaged app: the program itself sees to its limits.
        execArgv: [],
        stdio: ['ignore', 'ignore', 'pipe'],
        serviceName: `Atelier ${options.role} runner`,
      }),
    );
  }
}

class UtilityChild implements Child {
  readonly #process: UtilityProcess;
  #killed = false;
  #pid: number | undefined;

  constructor(child: UtilityProcess) {
    this.#process = child;
    child.on('spawn', () => {
      this.#pid = child.pid;
      if (this.#killed) this.kill();
    });
    // What V8 says of a fatal error; the exit follows.
    child.on('error', () => undefined);
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  send(message: unknown): void {
    // No window: nobody else could hear it.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#process.postMessage(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#process.on('message', listener);
  }

  onOutput(listener: (text: string) => void): void {
    this.#process.stderr?.setEncoding('utf8').on('data', listener);
  }

  onExit(listener: (exit: { readonly code: number | undefined; readonly signal: string | undefined }) => void): void {
    this.#process.once('exit', (code) => {
      this.#pid = undefined;
      // Its last words may still be on their way.
      setTimeout(() => listener({ code, signal: undefined }), 50);
    });
  }

  kill(): void {
    this.#killed = true;
    if (this.#pid === undefined) return;
    try {
      process.kill(this.#pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
    this.#process.kill();
  }

  usage(): { readonly rss: number; readonly cpuMs: number } | undefined {
    if (this.#pid === undefined) return undefined;
    const told = processUsage(this.#pid);
    if (told !== undefined) return told;
    const metric = app.getAppMetrics().find((one) => one.pid === this.#pid);
    if (metric === undefined) return undefined;
    return { rss: metric.memory.workingSetSize * 1024, cpuMs: (metric.cpu.cumulativeCPUUsage ?? 0) * 1000 };
  }
}
