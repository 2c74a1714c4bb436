// A process that the bench asks, one question after the other; its memory is watched from outside.
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

const answerSchema = z.union([
  z.strictObject({ figures: z.record(z.string(), z.unknown()) }),
  z.strictObject({ error: z.string() }),
]);

export class Contestant implements Disposable {
  readonly #process: ChildProcess;

  constructor(script: string) {
    this.#process = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** Answers are parsed by `shape`. Throws what the process says went wrong, or that it ended. */
  async ask<T extends z.ZodType>(
    question: string,
    args: Readonly<Record<string, unknown>>,
    shape: T,
  ): Promise<z.output<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const ended = (code: number | null): void => reject(new Error(`The process for ${question} ended with ${code}.`));
    this.#process.once('message', resolve).once('exit', ended);
    this.#process.send({ question, args });
    try {
      const answer = answerSchema.parse(await promise);
      if ('error' in answer) throw new Error(answer.error);
      return shape.parse(answer.figures);
    } finally {
      this.#process.off('message', resolve).off('exit', ended);
    }
  }

  /**
   * Resident memory in bytes of the process and all below it, at its highest while `work` was under way, looked at every 10 ms.
   * undefined where the system does not tell (only Linux does).
   */
  async watched<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly peakBytes: number | undefined }> {
    let peakBytes: number | undefined;
    const look = (): void => {
      const bytes = residentBytes(this.#process.pid);
      if (bytes !== undefined) peakBytes = Math.max(peakBytes ?? 0, bytes);
    };
    look();
    const timer = setInterval(look, 10);
    try {
      const value = await work();
      look();
      return { value, peakBytes };
    } finally {
      clearInterval(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}

/** Of the process and its descendants. */
function residentBytes(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  let sum = 0;
  for (const one of descendants(pid)) {
    try {
      const kilobytes = /^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1];
      sum += Number(kilobytes ?? 0) * 1024;
    } catch {
      // It has ended since.
    }
  }
  return sum;
}

function descendants(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '));
    return [pid, ...children.filter((one) => one.trim() !== '').flatMap((one) => descendants(Number(one)))];
  } catch {
    return [];
  }
}
