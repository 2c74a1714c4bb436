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

  /** Lets it end what it does by itself after an answer, before another contestant is measured. Only ours does anything. */
  async rest(): Promise<void> {
    await this.ask('rest', { folder: '', steps: 0 }, z.looseObject({}));
  }

  /**
   * Memory of the process and all below it, at its highest while `work` was under way, looked at every 20 ms. Undefined members where the
   * system does not tell (only Linux does).
   */
  async watched<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly peak: Memory }> {
    const peak = { residentBytes: 0, shareBytes: 0 };
    const look = (): void => {
      const { residentBytes, shareBytes } = memoryOf(this.#process.pid);
      peak.residentBytes = Math.max(peak.residentBytes, residentBytes);
      peak.shareBytes = Math.max(peak.shareBytes, shareBytes);
    };
    look();
    const timer = setInterval(look, 20);
    try {
      const value = await work();
      look();
      return { value, peak };
    } finally {
      clearInterval(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}

export interface Memory {
  /** Summed over the processes; pages that several share count for each (RSS). NaN where the system does not tell. */
  readonly residentBytes: number;
  /** The same, but what is shared counts once (PSS). */
  readonly shareBytes: number;
}

/** Of the process and its descendants. */
function memoryOf(pid: number | undefined): Memory {
  if (pid === undefined || process.platform !== 'linux') return { residentBytes: Number.NaN, shareBytes: Number.NaN };
  let [residentBytes, shareBytes] = [0, 0];
  for (const one of descendants(pid)) {
    try {
      const text = readFileSync(`/proc/${one}/smaps_rollup`, 'utf8');
      residentBytes += kilobytes(text, /^Rss:\s+(\d+)/mu);
      shareBytes += kilobytes(text, /^Pss:\s+(\d+)/mu);
    } catch {
      // It has ended since.
    }
  }
  return { residentBytes, shareBytes };
}

function kilobytes(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0) * 1024;
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
