// The files that agents were made of when their runs began, in SQLite.
import type { AgentSource } from '#engine/ports';
import { fromJson, fromText, toJson, toKey, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

export class AgentSources {
  readonly #put: Statement<object>;
  readonly #get: Statement<{ readonly file: TextColumn; readonly files: string }>;

  constructor(db: Connection) {
    this.#put = db.prepare(
      'INSERT INTO agent_sources (hash, file, files) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING',
    );
    this.#get = db.prepare('SELECT file, files FROM agent_sources WHERE hash = ?');
  }

  put(source: AgentSource): void {
    this.#put.run(toKey(source.hash), toText(source.file), toJson(source.files));
  }

  get(hash: string): AgentSource | undefined {
    const row = this.#get.get(toKey(hash));
    if (row === undefined) return undefined;
    return { hash, file: fromText(row.file), files: fromJson<AgentSource['files']>(row.files) };
  }
}
