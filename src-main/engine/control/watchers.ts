// The readers of runs: each takes events from the store at its own pace, and what models say while they say it.
import type { JournalEvent } from '#contract/journal';
import type { RunUpdate } from '#contract/run';
import { keepNewest } from '../keep-newest.ts';
import type { RunStore } from '../ports.ts';

/** Events a reader gets at once. */
const page = 500;
/** Ended effects of a run whose lengths are remembered for readers that come behind. */
const remembered = 256;

type Channel = 'text' | 'reasoning';
const channels: readonly Channel[] = ['reasoning', 'text'];

type Said = Record<Channel, string>;

/** What is heard of one run: bells of its readers, and what its models are saying. */
interface Feed {
  readonly bells: Set<() => void>;
  readonly speaking: Map<string, Said>;
  /** Characters that were said in effects that have ended. */
  readonly ended: Map<string, number>;
  /** Those of the last commit: a reader that keeps up need not look into the store. */
  recent: readonly JournalEvent[];
}

export class Watchers {
  readonly #runs: RunStore;
  readonly #feeds = new Map<string, Feed>();

  constructor(runs: RunStore) {
    this.#runs = runs;
  }

  /** New events of the run are on disk. */
  tell(run: string, events: readonly JournalEvent[]): void {
    const feed = this.#feeds.get(run);
    if (feed === undefined) return;
    feed.recent = events;
    ringAll(feed);
  }

  say(run: string, key: string, channel: Channel, text: string): void {
    const feed = this.#feed(run);
    let said = feed.speaking.get(key);
    if (said === undefined) {
      said = { text: '', reasoning: '' };
      feed.speaking.set(key, said);
    }
    said[channel] += text;
    ringAll(feed);
  }

  /** The effect has ended and its result is on disk. */
  hush(run: string, key: string): void {
    const feed = this.#feeds.get(run);
    const said = feed?.speaking.get(key);
    if (feed === undefined || said === undefined) return;
    feed.speaking.delete(key);
    if (feed.bells.size === 0) return this.#forget(run, feed);
    feed.ended.set(key, said.text.length + said.reasoning.length);
    keepNewest(feed.ended, remembered);
  }

  /** The run is no longer in a runner: nothing of it speaks any more. */
  hushAll(run: string): void {
    for (const key of this.#feeds.get(run)?.speaking.keys() ?? []) this.hush(run, key);
  }

  /** Updates after `after`, until `signal` aborts. Whoever calls must read or abort. Holds no more than a page for a reader that is slow. */
  watch(run: string, after: number, signal: AbortSignal | undefined): AsyncGenerator<RunUpdate, void, void> {
    const bell = { rang: true, ring: (): void => {} };
    const ring = (): void => {
      bell.rang = true;
      bell.ring();
    };
    // Not inside the generator: that would only begin to listen when it is first read.
    const feed = this.#feed(run);
    feed.bells.add(ring);
    return this.#read(run, after, feed, bell, ring, signal);
  }

  async *#read(
    run: string,
    after: number,
    feed: Feed,
    bell: { rang: boolean; ring: () => void },
    ring: () => void,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RunUpdate, void, void> {
    const heard = new Map<string, Record<Channel, number>>();
    let cursor = after;
    signal?.addEventListener('abort', ring);
    try {
      while (signal?.aborted !== true) {
        bell.rang = false;
        const events = next(feed, cursor) ?? this.#runs.events(run, cursor, page);
        const last = events.at(-1);
        if (last !== undefined) {
          cursor = last.seq;
          yield { kind: 'events', events: [...events] };
          yield* skipped(events, feed, heard);
          continue;
        }
        yield* tokens(feed, heard);
        if (!bell.rang) await new Promise<void>((resolve) => (bell.ring = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', ring);
      feed.bells.delete(ring);
      this.#forget(run, feed);
    }
  }

  #feed(run: string): Feed {
    let feed = this.#feeds.get(run);
    if (feed === undefined) {
      feed = { bells: new Set(), speaking: new Map(), ended: new Map(), recent: [] };
      this.#feeds.set(run, feed);
    }
    return feed;
  }

  #forget(run: string, feed: Feed): void {
    if (feed.bells.size === 0 && feed.speaking.size === 0 && this.#feeds.get(run) === feed) this.#feeds.delete(run);
  }
}

/** The events after `cursor`, where the last commit tells them; undefined where the store must be asked. */
function next({ recent }: Feed, cursor: number): readonly JournalEvent[] | undefined {
  const last = recent.at(-1)?.seq;
  if (last !== undefined && cursor >= last) return [];
  return recent.length <= page && recent[0]?.seq === cursor + 1 ? recent : undefined;
}

function ringAll(feed: Feed): void {
  for (const ring of feed.bells) ring();
}

/** What was said since the reader last heard. */
function* tokens(feed: Feed, heard: Map<string, Record<Channel, number>>): Generator<RunUpdate> {
  for (const key of feed.speaking.keys()) {
    for (const channel of channels) {
      // Looked up anew: it may have ended while the reader was at the piece before.
      const said = feed.speaking.get(key);
      if (said === undefined) continue;
      const before = heard.get(key) ?? { text: 0, reasoning: 0 };
      const offset = before[channel];
      if (said[channel].length <= offset) continue;
      heard.set(key, { ...before, [channel]: said[channel].length });
      yield { kind: 'tokens', key, channel, offset, text: said[channel].slice(offset) };
    }
  }
}

/** What was said in effects that ended before the reader's turn came. */
function* skipped(
  events: readonly JournalEvent[],
  feed: Feed,
  heard: Map<string, Record<Channel, number>>,
): Generator<RunUpdate> {
  for (const { event } of events) {
    if (event.type !== 'effect.finished') continue;
    const { key } = event;
    const { text, reasoning } = heard.get(key) ?? { text: 0, reasoning: 0 };
    const characters = (feed.ended.get(key) ?? 0) - text - reasoning;
    heard.delete(key);
    if (characters > 0) yield { kind: 'skipped', key, characters };
  }
}
