// Fuzzing of the gateway over raw sockets: whatever comes, it answers or refuses with a reason, ends, and answers the next one.
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { answersIn, type HeardAnswer } from './http-answers.ts';
import { goodRequest, inputOf, type Door } from './server-inputs.ts';
import type { FromServer, ToServer } from './server-worker.ts';

/** An exchange that takes longer hangs, ms; the server's own patience is shorter only for who sends nothing. */
const longestExchange = 30_000;
/** So many connections at once. */
const lanes = 48;
/** How long nothing may come until what was asked counts as no whole request, ms. */
const quietMs = 400;
/**
 * What may be in use at the end beyond what was after the first inputs, bytes: what is remembered of requests is bounded by its characters, and
 * crowds of empty objects take many times as much.
 */
const mostGrowth = 256 * 1024 * 1024;
const warmUp = 300;
const mostLooks = 40;

export interface ServerCrash {
  readonly seed: number;
  readonly kind: string;
  readonly what: string;
}

export interface ServerReport {
  readonly seed: number;
  readonly seconds: number;
  readonly inputs: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Inputs that were no whole request, so that there was nothing to answer. */
  readonly unanswered: number;
  /** Good requests between, each answered. */
  readonly good: number;
  /** Bytes in use after the first inputs and at the end. */
  readonly heap: { readonly first: number; readonly last: number };
  readonly crashes: readonly ServerCrash[];
}

export async function fuzzServer(options: {
  readonly seconds: number;
  readonly seed: number;
  readonly crashLimit?: number;
}): Promise<ServerReport> {
  const { seconds, seed, crashLimit = 5 } = options;
  const server = await Gateway.open();
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const statuses: Record<string, number> = {};
  const crashes: ServerCrash[] = [];
  const counts = { inputs: 0, unanswered: 0, good: 0 };
  let first = 0;
  const lane = async (): Promise<void> => {
    while (elapsed() < seconds && crashes.length < crashLimit) {
      const own = seed + counts.inputs;
      counts.inputs += 1;
      const { kind, pieces, isWhole } = inputOf(own, server.door);
      try {
        const answers = await server.ask(pieces, isWhole);
        for (const answer of answers) {
          checkAnswer(answer);
          statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        }
        if (answers.length === 0) counts.unanswered += 1;
        if (isWhole && answers.length === 0) throw new Error('A whole request was not answered.');
        if (own % 50 === 0) {
          await server.askGood();
          counts.good += 1;
        }
      } catch (error) {
        crashes.push({
          seed: own,
          kind,
          what: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
      if (own === seed + warmUp) first = await server.heap();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const last = await server.settledHeap(first + mostGrowth);
  if (first > 0 && last - first > mostGrowth)
    crashes.push({ seed, kind: 'memory', what: `From ${first} bytes in use it grew to ${last}.` });
  await server.close();
  crashes.push(...server.failures.map((what) => ({ seed, kind: 'log', what })));
  return { seed, seconds: elapsed(), ...counts, statuses, heap: { first, last }, crashes };
}

/** Each refusal says why, in the form of its path. */
function checkAnswer({ status, headers, body, isWhole, isBare }: HeardAnswer): void {
  if (status === 500) throw new Error(`It failed inside: ${body.toString()}`);
  if (status < 400 || !isWhole || isBare) return;
  if (headers['content-type'] === 'application/x-protobuf') {
    if (body.length < 6) throw new Error(`A refusal (${status}) says nothing: ${body.toString('hex')}`);
    return;
  }
  const told = JSON.parse(body.toString('utf8')) as { message?: string; error?: { message?: string } };
  const message = told.error?.message ?? told.message ?? '';
  if (!/[a-z]{2,}.*[.?]$/isu.test(message)) throw new Error(`A refusal (${status}) says nothing: ${body.toString()}`);
}

class Gateway {
  readonly door: Door;
  readonly failures: string[] = [];
  readonly #worker: Worker;
  #death: Error | undefined;
  #onMessage: (message: FromServer) => void = () => undefined;

  static async open(): Promise<Gateway> {
    const worker = new Worker(new URL('server-worker.ts', import.meta.url));
    const opened = await new Promise<FromServer>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    if (opened.kind !== 'open') throw new Error('The gateway did not open.');
    return new Gateway(worker, opened);
  }

  private constructor(worker: Worker, door: Door) {
    this.door = door;
    this.#worker = worker;
    worker.on('error', (error) => (this.#death = error instanceof Error ? error : new Error(String(error))));
    worker.on('message', (message: FromServer) => {
      if (message.kind === 'failed') this.failures.push(message.sentence);
      else this.#onMessage(message);
    });
  }

  /** Rejects where it hangs, dies, or what comes is no HTTP. */
  async ask(pieces: readonly Buffer[], isWhole: boolean): Promise<HeardAnswer[]> {
    if (this.#death !== undefined) throw this.#death;
    const isHead = Buffer.concat(pieces).includes('HEAD ');
    return answersIn(await exchange(this.door.port, pieces, isWhole), isHead);
  }

  async askGood(): Promise<void> {
    const [answer] = await this.ask([goodRequest(this.door)], true);
    if (answer?.status !== 200 || !answer.body.includes('Both are warm.'))
      throw new Error(`A good request was answered ${answer?.status}: ${answer?.body.toString()}`);
  }

  async heap(): Promise<number> {
    const told = await this.#tell('heap');
    return told.kind === 'heap' ? told.bytes : 0;
  }

  /** What is in use once nothing is under way any more: of several looks the first that is below `enough`, else the last. */
  async settledHeap(enough: number): Promise<number> {
    for (let looks = 0; ; looks += 1) {
      const bytes = await this.heap();
      if (bytes < enough || looks === mostLooks) return bytes;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async close(): Promise<void> {
    await this.#tell('close');
    await this.#worker.terminate();
  }

  #tell(message: ToServer): Promise<FromServer> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(this.#death);
        return;
      }
      const timer = setTimeout(() => reject(new Error(`The gateway hangs at "${message}".`)), longestExchange);
      this.#onMessage = (told) => {
        clearTimeout(timer);
        resolve(told);
      };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      this.#worker.postMessage(message);
    });
  }
}

/** All that comes back until the server ends the connection. Ours is ended once the answer is there, or nothing more comes. */
function exchange(port: number, pieces: readonly Buffer[], isWhole: boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const heard: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let quiet: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(quiet);
      if (!isWhole) quiet = setTimeout(() => socket.end(), quietMs);
      else if (hasAnswer(Buffer.concat(heard))) socket.end();
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`The server hangs; it had said: ${Buffer.concat(heard).toString('latin1').slice(0, 500)}`));
    }, longestExchange);
    const end = (): void => {
      clearTimeout(timer);
      clearTimeout(quiet);
      socket.destroy();
      resolve(Buffer.concat(heard));
    };
    socket.on('data', (piece: Buffer) => {
      heard.push(piece);
      wait();
    });
    socket.on('end', end).on('close', end);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may end before it was told all.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') end();
      else {
        clearTimeout(timer);
        reject(error);
      }
    });
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece);
      wait();
    });
  });
}

function hasAnswer(heard: Buffer): boolean {
  if (!heard.includes('\r\n\r\n')) return false;
  return answersIn(heard, false).some(({ status, isWhole }) => status >= 200 && isWhole);
}
