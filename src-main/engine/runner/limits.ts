// What a runner process may use, how many there are, and how long one waits for it.
import { availableParallelism } from 'node:os';

export interface RunnerLimits {
  /** Processes for agents at once; what needs another waits until one ends. */
  readonly most: number;
  /** Of those, without a run; the one that has been so for longest ends. */
  readonly mostIdle: number;
  /** Of JavaScript's heap, MiB. */
  readonly memoryMb: number;
  /** Of the whole process, MiB: buffers and compiled code count too. */
  readonly residentMb: number;
  /** Without a sign of life for this long, it is ended. */
  readonly silenceMs: number;
  /** For its first sign of life. */
  readonly startMs: number;
  /** How often it is looked at. */
  readonly lookMs: number;
  /** For a file to say of itself what it is. */
  readonly describeMs: number;
  /** An agent's runner without a run ends after this. */
  readonly idleMs: number;
  /** A run that was dropped has this long to leave by itself. */
  readonly dropMs: number;
  /** Before a runner that died is started again: doubled with each further death, up to the last. */
  readonly againMs: number;
  readonly againMostMs: number;
  /** Of printed text a second. */
  readonly outputBytes: number;
  /** Of journal that has come in since main last acknowledged any of it. */
  readonly unackedBytes: number;
  /** Of messages a second that are no batches. */
  readonly messages: number;
}

export const defaultLimits: RunnerLimits = {
  most: Math.max(8, 4 * availableParallelism()),
  mostIdle: 6,
  memoryMb: 1024,
  residentMb: 2048,
  silenceMs: 10_000,
  startMs: 20_000,
  lookMs: 500,
  describeMs: 30_000,
  idleMs: 60_000,
  dropMs: 2000,
  againMs: 100,
  againMostMs: 10_000,
  outputBytes: 64 * 1024,
  unackedBytes: 256 * 1024 * 1024,
  messages: 10_000,
};
