// Journals in SQLite: events in segments, and snapshots, each under `run << 32 | seq`.
import type { JournalEvent, RunEvent } from '#contract/journal';
import type { NewEvent, Snapshot } from '#engine/ports';
import { Problem } from '#engine/problem';
import { fromJson, toJson } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

/** A segment ends at so many events or characters, so that to read one event is not to read a thousand. */
const segmentEvents = 256;
const segmentLength = 64 * 1024;
/** As many segments are read at once. */
const readSegments = 64;

/** Events as a row holds them. */
export interface Segment {
  readonly count: number;
  readonly body: string;
}

/** The JSON of the events, cut into segments. Throws where an event has none, before anything is written. */
export function segmentsOf(events: readonly NewEvent[]): Segment[] {
  const segments: Segment[] = [];
  let count = 0;
  let body = '';
  for (const { at, event, text = toJson(event) } of events) {
    // SQLite's UTF-8 has no lone surrogates; JSON.stringify escapes them.
    const json = text.isWellFormed() ? text : toJson(event);
    body += count === 0 ? `[${at},${json}` : `,${at},${json}`;
    count += 1;
    if (count < segmentEvents && body.length < segmentLength) continue;
    segments.push({ count, body: `${body}]` });
    count = 0;
    body = '';
  }
  if (count > 0) segments.push({ count, body: `${body}]` });
  return segments;
}

export class Journals {
  readonly #insert: Statement<object>;
  readonly #read: Statement<readonly [number, string]>;
  readonly #putSnapshot: Statement<object>;
  readonly #snapshot: Statement<string>;

  constructor(db: Connection) {
    // `|`, not `+`: bound numbers may arrive as floating-point ones, whose sum is not exact above 2^53.
    this.#insert = db.prepare('INSERT INTO events (n, body) VALUES ((? << 32) | ?, ?)');
    this.#read = db.rows(`
      SELECT n & 0xffffffff, body FROM events WHERE n > (? << 32) | ? AND n < (? << 32) ORDER BY n LIMIT ?`);
    this.#putSnapshot = db.prepare(`
      INSERT INTO snapshots (n, body) VALUES ((? << 32) | ?, ?) ON CONFLICT (n) DO UPDATE SET body = excluded.body`);
    this.#snapshot = db.pluck(`
      SELECT body FROM snapshots WHERE n > (? << 32) AND n <= (? << 32) | ? ORDER BY n DESC LIMIT 1`);
  }

  /** Puts segments after the event `seq` of a run; belongs into a transaction. */
  put(run: number, seq: number, segments: readonly Segment[]): void {
    let last = seq;
    for (const { count, body } of segments) {
      last += count;
      this.#insert.run(run, last, body);
    }
  }

  /** Adds to `events` those of one run after `after`, up to `upTo`, until there are `limit`. */
  read(run: number, after: number, upTo: number, limit: number, events: JournalEvent[]): void {
    let from = after;
    while (from < upTo && events.length < limit) {
      const wanted = Math.min(readSegments, limit - events.length);
      const segments = this.#read.all(run, from, run + 1, wanted);
      for (const [last, body] of segments) {
        const items = itemsOf(body, last);
        const first = last - items.length / 2 + 1;
        for (let seq = Math.max(first, after + 1); seq <= Math.min(last, upTo); seq += 1) {
          if (events.length >= limit) return;
          const place = (seq - first) * 2;
          events.push({ seq, at: items[place] as number, event: items[place + 1] as RunEvent });
        }
        from = last;
      }
      if (segments.length < wanted) return;
    }
  }

  putSnapshot(run: number, snapshot: Snapshot): void {
    this.#putSnapshot.run(run, snapshot.seq, toJson(snapshot));
  }

  /** The newest of one run at or before `seq`. */
  snapshot(run: number, seq: number): Snapshot | undefined {
    const body = this.#snapshot.get(run, run, seq);
    return body === undefined ? undefined : fromJson<Snapshot>(body);
  }
}

function itemsOf(body: string, last: number): readonly (number | RunEvent)[] {
  try {
    return fromJson<readonly (number | RunEvent)[]>(body);
  } catch (error) {
    throw new Problem(
      'INTERNAL',
      `The journal of the run is damaged: its events up to ${last} cannot be read.`,
      'Other runs are not concerned. Cancel this one.',
      { cause: error },
    );
  }
}
