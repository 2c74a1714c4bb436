// Runs a node of a scope: from the journal where that has it, else try by try, within its limits.
import type { RunEvent } from '#contract/journal';
import { executeNode } from '../nodes/table.ts';
import { canonicalJson } from '../turns/canonical.ts';
import { Cancellation } from './cancellation.ts';
import { Chance } from './chance.ts';
import type { RunCore } from './core.ts';
import { milliseconds } from './duration.ts';
import { noUsage, type FoldedNode } from './fold.ts';
import { Frame, type Inner, type Spot } from './frame.ts';
import { isPromise, type Outcome, type Patch } from './node-world.ts';
import { nodeNames } from './path.ts';
import { toJson } from './plain-json.ts';
import { failure, RunFailure, runErrorOf, failureOf } from './run-failure.ts';
import { overBudget, Spending } from './spending.ts';

/** What an execution of a node came to. */
export interface Done {
  readonly patches: readonly Patch[];
  readonly branch?: string;
  readonly tried: number;
  /** When it began, on the clock of performance.now(); of a successful try. */
  readonly ms: number;
  readonly isCached?: boolean;
  readonly cache?: { readonly key: string; readonly until: number };
  /** The journal has it already. */
  readonly isRecorded?: boolean;
}

const none: readonly Patch[] = Object.freeze([]);
/** Failures that trying again cannot mend. */
const lasting: ReadonlySet<string> = new Set(['Budget', 'Cancelled', 'NotDeterministic']);
/** A request that is wrong stays wrong; 408, 409, 425 and 429 say that it came at a bad time. Tried again only where `on` names it. */
const wrongRequest = /^ModelError 4(?!08|09|25|29)\d\d$/u;

/** Tells of its failures itself; that it is done is told by whoever knows what that completes. Throws RunFailures only. */
export function runNode(core: RunCore, spot: Spot, inner: Inner): Done | Promise<Done> {
  const known = core.recorded?.node(spot.path);
  if (known?.result !== undefined) return recordedDone(known.result);
  const { reason } = spot.scope.cancellation;
  if (reason !== undefined && (known === undefined || !spot.node.isHost)) {
    // An attempt that is taken up again must know that this part did not come to its end.
    if (spot.node.name.startsWith('try.')) tellFailed(core, spot, 1, reason, 0);
    throw reason;
  }
  if (!spot.node.isPlain || known?.failure !== undefined) return new Tries(core, spot, inner, known).run();
  const frame = new Frame(core, spot, inner, 1, spot.scope, undefined);
  const began = performance.now();
  let running;
  try {
    running = runTry(frame);
  } catch (error) {
    throw failed(frame, error, began);
  }
  if (!isPromise(running)) return { ...running, tried: 1, ms: performance.now() - began };
  return running.then(
    (result) => ({ ...result, tried: 1, ms: performance.now() - began }),
    (error: unknown) => {
      throw failed(frame, error, began);
    },
  );
}

/** That a node is done; `patches` where nothing else will say what it changed. */
export function tellDone(core: RunCore, spot: Spot, done: Done, withPatches: boolean): void {
  if (done.isRecorded === true) return;
  const { patches, branch, tried, ms, isCached, cache } = done;
  core.journal.emit({
    type: 'node.finished',
    scope: spot.scope.path,
    step: spot.step,
    node: spot.node.name,
    ms: rounded(ms),
    ...(tried === 1 ? {} : { try: tried }),
    ...(withPatches ? { patches: [...patches] } : {}),
    ...(branch === undefined ? {} : { branch }),
    ...(isCached === true ? { cached: true } : {}),
    ...(cache === undefined ? {} : { cache: { ...cache, patches: [...patches] } }),
  });
}

interface TryResult {
  readonly patches: readonly Patch[];
  readonly branch?: string;
}

/** Throws whatever the user's code throws. */
function runTry(frame: Frame): TryResult | Promise<TryResult> {
  let outcome: Outcome | Promise<Outcome>;
  try {
    outcome = executeNode(frame.spot.node.definition, frame);
    if (!isPromise(outcome)) {
      const result = accepted(frame, outcome);
      frame.end();
      return result;
    }
  } catch (error) {
    frame.end();
    throw error;
  }
  return finishedTry(frame, outcome);
}

async function finishedTry(frame: Frame, outcome: Promise<Outcome>): Promise<TryResult> {
  const { isHost } = frame.spot.node;
  const { cancellation } = frame.scope;
  try {
    // What holds other nodes winds them down itself, so that what was done is undone before it is over.
    if (isHost) return accepted(frame, await outcome);
    frame.share.run();
    return accepted(frame, await cancellation.guard(outcome));
  } catch (error) {
    throw cancellation.reason ?? error;
  } finally {
    frame.end();
  }
}

function accepted(frame: Frame, outcome: Outcome): TryResult {
  const { given, patches, branch } = outcome;
  const patch = patches === undefined ? frame.scope.graph.channels.patch(given, frame.name) : undefined;
  const all = patches ?? (patch === undefined ? none : [patch]);
  return branch === undefined ? { patches: all } : { patches: all, branch };
}

function recordedDone(result: Extract<RunEvent, { readonly type: 'node.finished' }>): Done {
  const { patches = [], branch, ms, try: tried = 1 } = result;
  const frozen = toJson(patches, 'What the journal holds') as readonly Patch[];
  return { patches: frozen, tried, ms, isRecorded: true, ...(branch === undefined ? {} : { branch }) };
}

/** Tells of a failure. */
function failed({ core, spot, tried }: Frame, thrown: unknown, began: number, retryAt?: number): RunFailure {
  const known = failureOf(thrown);
  tellFailed(core, spot, tried, known, performance.now() - began, retryAt);
  return known;
}

function tellFailed(
  core: RunCore,
  spot: Spot,
  tried: number,
  { error }: RunFailure,
  ms: number,
  retryAt?: number,
): void {
  core.journal.emit({
    type: 'node.failed',
    scope: spot.scope.path,
    step: spot.step,
    node: spot.node.name,
    ms: rounded(ms),
    try: tried,
    error,
    ...(retryAt === undefined ? {} : { retryAt }),
  });
}

/** Microseconds are enough. */
function rounded(ms: number): number {
  return Math.max(0, Math.round(ms * 1000) / 1000);
}

/** A node with options: tried again, limited, kept. */
class Tries {
  readonly #core: RunCore;
  readonly #spot: Spot;
  readonly #inner: Inner;
  readonly #known: FoldedNode | undefined;
  /** Of all tries. */
  readonly #cancellation: Cancellation;
  readonly #spending: Spending;

  constructor(core: RunCore, spot: Spot, inner: Inner, known: FoldedNode | undefined) {
    const { budget } = spot.node.definition.options;
    const { cancellation, spending } = spot.scope;
    this.#core = core;
    this.#spot = spot;
    this.#inner = inner;
    this.#known = known;
    this.#cancellation = new Cancellation(cancellation);
    this.#spending =
      budget === undefined ? spending : new Spending(this.#whose, budget, known?.spent ?? noUsage, spending);
  }

  get #whose(): string {
    return `The node "${this.#spot.node.name}"`;
  }

  async run(): Promise<Done> {
    const { time } = this.#spot.node.definition.options.budget ?? {};
    const stop =
      time === undefined
        ? undefined
        : this.#core.residence.at(Date.now() + milliseconds(time, 'A time budget'), () =>
            this.#cancellation.cancel(overBudget(this.#whose, `${time} of time`)),
          );
    try {
      return await this.#tryByTry();
    } finally {
      stop?.();
      this.#cancellation.release();
    }
  }

  async #tryByTry(): Promise<Done> {
    const before = this.#known?.failure;
    if (before !== undefined && before.retryAt === undefined) throw new RunFailure(before.error);
    if (before?.retryAt !== undefined) await this.#wait(before.retryAt, before.try);
    for (let tried = (before?.try ?? 0) + 1; ; tried += 1) {
      const again = await this.#once(tried);
      if ('done' in again) return again.done;
      await this.#wait(again.at, tried);
    }
  }

  /** Throws where it is not to be tried again. */
  async #once(tried: number): Promise<{ readonly done: Done } | { readonly at: number }> {
    const slot = await this.#slot();
    const { frame, release } = this.#frame(tried);
    const began = performance.now();
    try {
      return { done: await this.#tryOrKept(frame, began) };
    } catch (thrown) {
      const { name } = runErrorOf(thrown);
      const at = this.#retryAt(name, tried);
      const told = failed(frame, thrown, began, at);
      if (at === undefined) throw told;
      return { at };
    } finally {
      release();
      slot?.();
    }
  }

  async #tryOrKept(frame: Frame, began: number): Promise<Done> {
    const { cache } = this.#spot.node.definition.options;
    const { tried } = frame;
    if (cache === undefined) return { ...(await runTry(frame)), tried, ms: performance.now() - began };
    const key = canonicalJson(toJson(cache.key(frame.context), `The key of the cache of "${frame.name}"`));
    const kept = tried > 1 ? undefined : await frame.share.during(frame.cached(nodeNames(this.#spot.path), key));
    if (kept !== undefined) {
      frame.end();
      return { patches: kept, tried, ms: performance.now() - began, isCached: true };
    }
    const result = await runTry(frame);
    const until = Date.now() + milliseconds(cache.ttl, 'The ttl of a cache');
    return { ...result, tried, ms: performance.now() - began, cache: { key, until } };
  }

  /** With a time limit of its own where the node has one. */
  #frame(tried: number): { readonly frame: Frame; readonly release: () => void } {
    const { timeout } = this.#spot.node.definition.options;
    const { scope, path } = this.#spot;
    const part = { ...scope, spending: this.#spending };
    if (timeout === undefined) {
      const own = { ...part, cancellation: this.#cancellation };
      return { frame: new Frame(this.#core, this.#spot, this.#inner, tried, own, undefined), release: () => {} };
    }
    const cancellation = new Cancellation(this.#cancellation);
    const { kind } = this.#spot.node.definition;
    const asked = kind === 'human' ? this.#core.recorded?.interrupts.get(path) : undefined;
    const deadline = asked?.until ?? Date.now() + milliseconds(timeout, 'A timeout');
    const stop = this.#core.residence.at(deadline, () =>
      cancellation.cancel(
        failure(
          'Timeout',
          `"${this.#spot.node.name}" took longer than ${timeout}${typeof timeout === 'number' ? ' ms' : ''}.`,
        ),
      ),
    );
    const frame = new Frame(this.#core, this.#spot, this.#inner, tried, { ...part, cancellation }, deadline);
    const release = (): void => {
      stop();
      cancellation.release();
    };
    return { frame, release };
  }

  async #slot(): Promise<(() => void) | undefined> {
    const { concurrency } = this.#spot.node.definition.options;
    if (concurrency === undefined) return undefined;
    const { slots, residence, agent } = this.#core;
    const slot = slots.take(`${agent}\n${nodeNames(this.#spot.path)}`, concurrency);
    const forget = residence.atEnd(slot.giveBack);
    const giveBack = (): void => {
      forget();
      slot.giveBack();
    };
    try {
      if (slot.turn !== undefined) await residence.during(this.#cancellation.guard(slot.turn));
      return giveBack;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** When to try again (epoch ms); undefined: not at all. */
  #retryAt(name: string, tried: number): number | undefined {
    const { retry } = this.#spot.node.definition.options;
    if (retry === undefined || tried > retry.max || lasting.has(name)) return undefined;
    if (this.#cancellation.reason !== undefined) return undefined;
    if (retry.on === undefined && wrongRequest.test(name)) return undefined;
    // "ModelError" stands for "ModelError 429" too.
    if (retry.on !== undefined && !retry.on.some((one) => one === name || name.startsWith(`${one} `))) return undefined;
    const { first = 200, factor = 2, limit = 30_000, jitter = 0.2 } = retry;
    const longest = milliseconds(limit, 'The longest wait of a retry');
    const wait = Math.min(milliseconds(first, 'The first wait of a retry') * factor ** (tried - 1), longest);
    const share = Math.min(1, Math.max(0, jitter));
    const drawn = new Chance(this.#core.seed, `${this.#spot.path}#${tried} retry`).number();
    return Math.round(Date.now() + wait * (1 - share) + wait * share * drawn);
  }

  /** Until a try is due, after one that failed; the run may sleep meanwhile. */
  async #wait(until: number, tried: number): Promise<void> {
    const { residence } = this.#core;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = residence.at(until, resolve);
    const forget = residence.wakes(until);
    residence.look();
    try {
      await this.#cancellation.guard(promise);
    } catch (error) {
      const { reason } = this.#cancellation;
      if (reason !== undefined) tellFailed(this.#core, this.#spot, tried, reason, 0);
      throw error;
    } finally {
      stop();
      forget();
    }
  }
}
