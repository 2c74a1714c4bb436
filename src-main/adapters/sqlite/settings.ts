// Small JSON values by name, in SQLite.
import type { Json } from '#contract/turn';
import type { SettingStore } from '#engine/ports';
import { fromJson, toJson, toText } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

export class SqliteSettings implements SettingStore {
  readonly #get: Statement<string>;
  readonly #set: Statement<object>;
  readonly #forget: Statement<object>;

  constructor(db: Connection) {
    this.#get = db.pluck('SELECT value FROM settings WHERE name = ?');
    this.#set = db.prepare(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    this.#forget = db.prepare('DELETE FROM settings WHERE name = ?');
  }

  get(name: string): Json | undefined {
    const text = this.#get.get(toText(name));
    return text === undefined ? undefined : fromJson<Json>(text);
  }

  set(name: string, value: Json | undefined): void {
    if (value === undefined) this.#forget.run(toText(name));
    else this.#set.run(toText(name), toJson(value));
  }
}
