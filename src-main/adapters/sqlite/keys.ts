// Keys of the gateway in SQLite: of each only a hash.
import type { GatewayKey, KeySettings } from '#contract/gateway';
import type { KeyStore } from '#engine/network-ports';
import { defined, fromJson, fromText, toJson, toKey, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

interface KeyRow {
  readonly id: TextColumn;
  readonly prefix: TextColumn;
  readonly settings: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

export class SqliteKeys implements KeyStore {
  readonly #put: Statement<object>;
  readonly #get: Statement<KeyRow>;
  readonly #byHash: Statement<KeyRow>;
  readonly #list: Statement<KeyRow>;

  constructor(db: Connection) {
    this.#put = db.prepare(`
      INSERT INTO gateway_keys (id, hash, prefix, settings, created_at, last_used_at, revoked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET hash = ifnull(excluded.hash, hash), prefix = excluded.prefix,
        settings = excluded.settings, created_at = excluded.created_at, last_used_at = excluded.last_used_at,
        revoked_at = excluded.revoked_at`);
    this.#get = db.prepare('SELECT * FROM gateway_keys WHERE id = ?');
    this.#byHash = db.prepare('SELECT * FROM gateway_keys WHERE hash = ?');
    this.#list = db.prepare('SELECT * FROM gateway_keys ORDER BY n');
  }

  put(key: GatewayKey, hash?: string): void {
    this.#put.run(
      toText(key.id),
      hash === undefined ? undefined : toKey(hash),
      toText(key.prefix),
      toJson(key.settings),
      key.createdAt,
      key.lastUsedAt,
      key.revokedAt,
    );
  }

  get(id: string): GatewayKey | undefined {
    return keyOf(this.#get.get(toText(id)));
  }

  byHash(hash: string): GatewayKey | undefined {
    return keyOf(this.#byHash.get(toKey(hash)));
  }

  list(): GatewayKey[] {
    return this.#list.all().flatMap((row) => keyOf(row) ?? []);
  }
}

function keyOf(row: KeyRow | undefined): GatewayKey | undefined {
  if (row === undefined) return undefined;
  return defined<GatewayKey>({
    id: fromText(row.id),
    settings: fromJson<KeySettings>(row.settings),
    prefix: fromText(row.prefix),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  });
}
