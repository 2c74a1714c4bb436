// What was said over the wire, call by call, in SQLite.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { JsonObject, TurnId } from '#contract/turn';
import type { Exchange, HttpHeader, WireDialect } from '#engine/network-ports';
import { fromCallKey, toCallKey, type CallRow } from './call-rows.ts';
import { defined, fromJson, fromKey, toJson, toKey, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import type { SqliteSources } from './sources.ts';
import type { SqliteTurns } from './turns.ts';

/** A dialect as it stands in its row. */
const dialectNumbers: Readonly<Record<WireDialect, number>> = {
  'openai-chat': 0,
  'openai-responses': 1,
  anthropic: 2,
  'openai-embeddings': 3,
};
const dialectNames = new Map(Object.entries(dialectNumbers).map(([name, number]) => [number, name as WireDialect]));

/** Shorter bodies are kept as they are. */
const deflatedFrom = 1024;
/** Bodies are deflated while others wait: the fastest way, which makes a stream of events a tenth of its size all the same. */
const deflateOptions = { level: 1 };

interface ExchangeRow {
  readonly id: TextColumn;
  readonly dialect: number;
  readonly read: TextColumn;
  readonly wrote: TextColumn | null;
  readonly residue: TextColumn | null;
  readonly status: number;
  readonly rest: string;
  readonly headers: string;
  readonly is_deflated: number;
  readonly body: Uint8Array;
}

export class Exchanges {
  readonly #turns: SqliteTurns;
  readonly #sources: SqliteSources;
  readonly #put: Statement<object>;
  readonly #get: Statement<ExchangeRow>;
  readonly #answers: Statement<ExchangeRow>;
  readonly #writers: Statement<CallRow>;

  constructor(db: Connection, turns: SqliteTurns, sources: SqliteSources) {
    this.#turns = turns;
    this.#sources = sources;
    this.#put = db.prepare(`
      INSERT INTO exchanges (id, dialect, read, wrote, residue, status, rest, headers, is_deflated, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
    const select = `
      SELECT e.id, e.dialect, r.id AS read, w.id AS wrote, s.id AS residue, e.status, e.rest, e.headers, e.is_deflated, e.body
      FROM exchanges e JOIN turns r ON r.n = e.read LEFT JOIN turns w ON w.n = e.wrote LEFT JOIN residues s ON s.n = e.residue`;
    this.#get = db.prepare(`${select} WHERE e.id = +?`);
    this.#answers = db.prepare(`
      ${select} WHERE e.read = (SELECT n FROM turns WHERE id = ?) AND e.dialect = +? ORDER BY e.n DESC LIMIT ?`);
    this.#writers = db.prepare(`
      SELECT c.* FROM exchanges e JOIN calls c ON c.id = e.id
      WHERE e.wrote = (SELECT n FROM turns WHERE id = ?) ORDER BY e.n DESC LIMIT ?`);
  }

  put(exchange: Exchange): void {
    const id = toCallKey(exchange.id);
    const read = this.#turns.reference(exchange.read);
    const wrote = this.#turns.reference(exchange.wrote);
    const residue = this.#sources.residueReference(exchange.residue);
    const { body } = exchange;
    const deflated = body.length < deflatedFrom ? body : deflateRawSync(body, deflateOptions);
    const isDeflated = deflated.length < body.length;
    this.#put.run(
      id,
      dialectNumbers[exchange.dialect],
      read,
      wrote,
      residue,
      exchange.status,
      toJson(exchange.rest),
      toJson(exchange.headers),
      isDeflated ? 1 : 0,
      isDeflated ? deflated : body,
    );
  }

  get(id: string): Exchange | undefined {
    const row = this.#get.get(toCallKey(id));
    return row === undefined ? undefined : exchangeOf(row);
  }

  answersTo(read: TurnId, dialect: WireDialect, limit: number): Exchange[] {
    return this.#answers.all(toKey(read), dialectNumbers[dialect], limit).map(exchangeOf);
  }

  callsThatWrote(turn: TurnId, limit: number): CallRow[] {
    return this.#writers.all(toKey(turn), limit);
  }
}

function exchangeOf(row: ExchangeRow): Exchange {
  const body = row.is_deflated === 1 ? inflateRawSync(row.body) : row.body;
  return defined<Exchange>({
    id: fromCallKey(row.id),
    dialect: dialectNames.get(row.dialect) ?? 'openai-chat',
    read: fromKey(row.read),
    wrote: row.wrote === null ? undefined : fromKey(row.wrote),
    rest: fromJson<JsonObject>(row.rest),
    residue: row.residue === null ? undefined : fromKey(row.residue),
    status: row.status,
    headers: fromJson<HttpHeader[]>(row.headers),
    body: new Uint8Array(body),
  });
}
