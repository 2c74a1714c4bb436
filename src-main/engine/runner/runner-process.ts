// One runner process under supervision: it must give signs of life, stay within its memory and speak the protocol.
import type { RunError } from '#contract/journal';
import type { Child, Spawner } from '../ports.ts';
import { fromRunnerSchema, type FromRunner, type ToRunner } from '../run/protocol.ts';
import { errorOfEnd, type EndCause } from './exits.ts';
import type { RunnerLimits } from './limits.ts';
import { Meter } from './meter.ts';

export interface RunnerParts {
  readonly spawner: Spawner;
  readonly role: 'agent' | 'tool';
  /** The workspace. */
  readonly folder: string;
  readonly limits: RunnerLimits;
}

/** What it says, less its signs of life. */
export type Said = Exclude<FromRunner, { readonly type: 'ready' | 'beat' | 'output' }>;

export interface RunnerOwner {
  said(message: Said): void;
  printed(run: string | undefined, text: string, dropped: number): void;
  /** Once; the process is gone. */
  ended(error: RunError, cause: EndCause | undefined): void;
}

export class RunnerProcess {
  readonly #child: Child;
  readonly #limits: RunnerLimits;
  readonly #owner: RunnerOwner;
  readonly #meter: Meter;
  readonly #look: ReturnType<typeof setInterval>;
  #printer: string | undefined;
  #ready = false;
  #lastSign = performance.now();
  #lastLook = performance.now();
  #unacked = 0;
  #messages = 0;
  #words = '';
  #cause: EndCause | undefined;
  #over = false;

  constructor(parts: RunnerParts, owner: RunnerOwner) {
    const { role, folder, limits } = parts;
    this.#limits = limits;
    this.#owner = owner;
    this.#meter = new Meter(limits.outputBytes, (text, dropped) => owner.printed(this.#printer, text, dropped));
    this.#child = parts.spawner.spawn({
      role,
      folder,
      memoryMb: limits.memoryMb,
      residentMb: limits.residentMb,
      beatMs: Math.min(500, Math.ceil(limits.silenceMs / 4)),
    });
    this.#child.onMessage((message) => this.#receive(message));
    this.#child.onOutput((text) => {
      this.#words = (this.#words + text).slice(-8000);
      this.#print(undefined, text, 0);
    });
    this.#child.onExit(({ code, signal }) => {
      this.#over = true;
      clearInterval(this.#look);
      this.#meter.end();
      const cause = this.#cause;
      const end = cause === undefined ? { code, signal } : { cause, code, signal };
      owner.ended(errorOfEnd(end, limits, this.#words), cause);
    });
    this.#look = setInterval(() => this.#supervise(), Math.min(limits.lookMs, limits.silenceMs / 2));
    this.#look.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It is being ended or has ended: nothing more is to be given to it. */
  get ending(): boolean {
    return this.#over || this.#cause !== undefined;
  }

  send(message: ToRunner): void {
    if (this.ending) return;
    if (message.type === 'ack') this.#unacked = 0;
    this.#child.send(message);
  }

  /** Ends it; `ended` follows. Only the first cause counts. */
  end(cause: EndCause): void {
    if (this.ending) return;
    this.#cause = cause;
    this.#child.kill();
  }

  #receive(raw: unknown): void {
    if (this.ending) return;
    const data = understood(raw);
    if (data === undefined) {
      this.end('malformed');
      return;
    }
    if (data.type === 'batch') {
      for (const item of data.items) this.#unacked += sizeOf(item);
      if (this.#unacked > this.#limits.unackedBytes) this.end('flood');
    } else {
      this.#messages += 1;
      if (this.#messages > this.#limits.messages) this.end('flood');
    }
    if (this.ending) return;
    if (data.type === 'ready' || data.type === 'beat') {
      this.#ready = true;
      this.#lastSign = performance.now();
    } else if (data.type === 'output') {
      this.#print(data.run, data.text, data.dropped);
    } else {
      this.#owner.said(data);
    }
  }

  #print(run: string | undefined, text: string, dropped: number): void {
    this.#printer = run;
    this.#meter.put(text, dropped);
  }

  #supervise(): void {
    const now = performance.now();
    const late = now - this.#lastLook - this.#limits.lookMs;
    this.#lastLook = now;
    this.#messages = 0;
    // Main itself stood still (a sleeping laptop, a long task): what the runner said meanwhile is yet to be read.
    if (late > this.#limits.silenceMs / 4) this.#lastSign = Math.max(this.#lastSign, now - this.#limits.silenceMs / 2);
    const silence = now - this.#lastSign;
    if (!this.#ready && silence > this.#limits.startMs) this.end('slow start');
    else if (this.#ready && silence > this.#limits.silenceMs) this.end('silent');
    // Its own watch is quicker; this one does not trust it.
    else if ((this.#child.usage()?.rss ?? 0) > this.#limits.residentMb * 1024 * 1024 * 1.1) this.end('resident');
  }
}

/** What is nested too deeply overflows the stack instead of being refused. */
function understood(raw: unknown): FromRunner | undefined {
  try {
    return fromRunnerSchema.safeParse(raw).data;
  } catch {
    return undefined;
  }
}

function sizeOf(item: Extract<FromRunner, { readonly type: 'batch' }>['items'][number]): number {
  if ('event' in item) return item.event.length;
  return 'effect' in item ? item.effect.request.length : item.snapshot.length;
}
