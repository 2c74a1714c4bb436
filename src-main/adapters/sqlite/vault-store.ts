// What is known about secrets, in a SQLite file of the user's own: names, bindings, who asked for what; no value.
import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SecretRelease } from '#contract/vault';
import { makeFolder } from '#engine/make-folder';
import { Problem, sentenceOf } from '#engine/problem';
import type { GuardChoice, SecretRow, Tries, VaultStore } from '#engine/vault/ports';
import { bindingFrom, bindingsFrom, countFrom, ForeignRecord, guardFrom, triesFrom } from '#engine/vault/stored';
import { vaultSchema } from './schema/vault-1.ts';

/** "AtlV": no other program's database, nor a workspace's. */
const applicationId = 0x41746c56;
const version = 1;
/** The window and several command lines may write at the same time. */
const busyMs = 10_000;
const mostReleases = 100_000;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly bindings: string;
  readonly created_at: number;
  readonly set_at: number;
  readonly version: number;
  readonly uses: number;
  readonly last_used_at: number | null;
  readonly expires_at: number | null;
  readonly note: string | null;
  readonly next_version: number | null;
  readonly rotating_since: number | null;
  readonly next_first: number;
}

/**
 * Opens `file`, made where it is missing, for its owner alone; the folder too. Throws REFUSED where it cannot be, is damaged, or is of a
 * newer Atelier.
 */
export function openVaultStore(file: string): VaultStore {
  try {
    makePrivate(file);
    const database = new Database(file, { timeout: busyMs });
    try {
      prepare(database, file);
    } catch (error) {
      database.close();
      throw error;
    }
    return new SqliteVaultStore(database, file);
  } catch (error) {
    throw problemOf(error, file);
  }
}

function makePrivate(file: string): void {
  const folder = dirname(file);
  makeFolder(folder);
  // SQLite gives its log the rights of the file.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  if (process.platform === 'win32') return;
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

function prepare(database: Database.Database, file: string): void {
  // Before anything that writes: what is not ours stays as it is.
  refuseOthers(database, file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('fullfsync = ON');
  database.pragma('secure_delete = ON');
  database.pragma('trusted_schema = OFF');
  const make = database.transaction(() => {
    if (!isEmpty(database)) return;
    database.exec(vaultSchema);
    database.prepare('INSERT INTO facts (name, value) VALUES (?, ?)').run('maskKey', randomBytes(32).toString('hex'));
    database.pragma(`application_id = ${applicationId}`);
    database.pragma(`user_version = ${version}`);
  });
  make.immediate();
}

function isEmpty(database: Database.Database): boolean {
  return Number(database.pragma('schema_version', { simple: true })) === 0;
}

function refuseOthers(database: Database.Database, file: string): void {
  if (isEmpty(database)) return;
  if (Number(database.pragma('application_id', { simple: true })) !== applicationId)
    throw new Problem('REFUSED', `${file} was not made by Atelier.`, 'Move it to another place. Nothing was changed.');
  if (Number(database.pragma('user_version', { simple: true })) > version) {
    throw new Problem(
      'REFUSED',
      'The vault was made by a newer Atelier.',
      'Update Atelier, then try again. Nothing was changed.',
    );
  }
}

class SqliteVaultStore implements VaultStore {
  readonly #database: Database.Database;
  readonly #file: string;
  readonly #fact: Database.Statement<[string], string>;
  readonly #list: Database.Statement<[], Row>;
  readonly #get: Database.Statement<[string], Row>;
  #maskKey: Uint8Array | undefined;

  constructor(database: Database.Database, file: string) {
    this.#database = database;
    this.#file = file;
    this.#fact = database.prepare<[string], string>('SELECT value FROM facts WHERE name = ?').pluck();
    this.#list = database.prepare('SELECT * FROM secrets ORDER BY name COLLATE NOCASE');
    this.#get = database.prepare('SELECT * FROM secrets WHERE name = ? COLLATE NOCASE');
  }

  guard(): GuardChoice | undefined {
    return this.#try(() => {
      const text = this.#fact.get('guard');
      return text === undefined ? undefined : guardFrom(text);
    });
  }

  setGuard(guard: GuardChoice): void {
    this.#setFact('guard', guard);
  }

  tries(): Tries {
    return this.#try(() => triesFrom(this.#fact.get('tries') ?? '{"wrong":0,"waitUntil":0}'));
  }

  setTries(tries: Tries): void {
    this.#setFact('tries', tries);
  }

  locks(): number {
    return this.#try(() => countFrom(this.#fact.get('locks') ?? '0'));
  }

  setLocks(count: number): void {
    this.#setFact('locks', count);
  }

  maskKey(): Uint8Array {
    this.#maskKey ??= this.#try(() => Buffer.from(this.#fact.get('maskKey') ?? '', 'hex'));
    return this.#maskKey;
  }

  list(): readonly SecretRow[] {
    return this.#try(() => this.#list.all().map(secretOf));
  }

  get(name: string): SecretRow | undefined {
    return this.#try(() => {
      const row = this.#get.get(name);
      return row === undefined ? undefined : secretOf(row);
    });
  }

  put(row: SecretRow): void {
    const { rotation } = row;
    this.#try(() =>
      this.#database
        .prepare(
          `INSERT INTO secrets (id, name, bindings, created_at, set_at, version, uses, last_used_at, expires_at, note, next_version,
             rotating_since, next_first)
           VALUES (:id, :name, :bindings, :createdAt, :setAt, :version, :uses, :lastUsedAt, :expiresAt, :note, :nextVersion, :since, :first)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, bindings = excluded.bindings, created_at = excluded.created_at,
             set_at = excluded.set_at, version = excluded.version, uses = excluded.uses, last_used_at = excluded.last_used_at,
             expires_at = excluded.expires_at, note = excluded.note, next_version = excluded.next_version,
             rotating_since = excluded.rotating_since, next_first = excluded.next_first`,
        )
        .run({
          id: row.id,
          name: row.name,
          bindings: JSON.stringify(row.bindings),
          createdAt: row.createdAt,
          setAt: row.setAt,
          version: row.version,
          uses: row.uses,
          lastUsedAt: row.lastUsedAt ?? null,
          expiresAt: row.expiresAt ?? null,
          note: row.note ?? null,
          nextVersion: rotation?.version ?? null,
          since: rotation?.since ?? null,
          first: rotation?.first === 'next' ? 1 : 0,
        }),
    );
  }

  remove(id: string): void {
    this.#try(() => this.#database.prepare('DELETE FROM secrets WHERE id = ?').run(id));
  }

  audit({ at, secret, binding, purpose, outcome }: SecretRelease): void {
    this.#try(() => {
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO releases (at, secret, binding, purpose, outcome) VALUES (?, ?, ?, ?, ?)')
        .run(at, secret.toWellFormed(), JSON.stringify(binding), purpose.toWellFormed(), outcome);
      this.#database.prepare('DELETE FROM releases WHERE n <= ?').run(Number(lastInsertRowid) - mostReleases);
    });
  }

  releases(secret: string | undefined, limit: number): readonly SecretRelease[] {
    return this.#try(() =>
      this.#database
        .prepare<[string | null, string | null, number], Omit<SecretRelease, 'binding'> & { readonly binding: string }>(
          'SELECT at, secret, binding, purpose, outcome FROM releases WHERE ? IS NULL OR secret = ? ORDER BY n DESC LIMIT ?',
        )
        .all(secret ?? null, secret ?? null, limit)
        .map((row) => ({ ...row, binding: bindingFrom(row.binding) })),
    );
  }

  transaction<T>(work: () => T, quick?: 'quick'): T {
    if (this.#database.inTransaction) return this.#try(() => this.#database.transaction(work)());
    return this.#try(() => {
      if (quick === undefined) this.#database.pragma('synchronous = FULL');
      try {
        return this.#database.transaction(work).immediate();
      } finally {
        this.#database.pragma('synchronous = NORMAL');
      }
    });
  }

  version(): number {
    return this.#try(() => Number(this.#database.pragma('data_version', { simple: true })));
  }

  close(): void {
    if (this.#database.open) this.#database.close();
  }

  #setFact(name: string, value: object | number): void {
    this.#try(() =>
      this.#database
        .prepare('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
        .run(name, JSON.stringify(value)),
    );
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw problemOf(error, this.#file);
    }
  }
}

function secretOf(row: Row): SecretRow {
  return {
    id: row.id,
    name: row.name,
    bindings: bindingsFrom(row.bindings),
    createdAt: row.created_at,
    setAt: row.set_at,
    version: row.version,
    uses: row.uses,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.next_version === null
      ? {}
      : {
          rotation: {
            version: row.next_version,
            since: row.rotating_since ?? row.set_at,
            first: row.next_first === 1 ? 'next' : 'old',
          },
        }),
  };
}

/** What goes wrong with the file, in a sentence; problems and errors of the work in a transaction stay what they are. */
function problemOf(thrown: unknown, file: string): unknown {
  if (thrown instanceof Problem) return thrown;
  const options = { cause: thrown };
  if (thrown instanceof Database.SqliteError && thrown.code.startsWith('SQLITE_BUSY')) {
    return new Problem(
      'CONFLICT',
      'Another process is writing to the vault and does not end.',
      `Close what has ${file} open, then try again.`,
      options,
    );
  }
  const isDamaged =
    thrown instanceof ForeignRecord ||
    (thrown instanceof Database.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/u.test(thrown.code));
  if (isDamaged) {
    return new Problem(
      'REFUSED',
      `The vault's own file ${file} is damaged or was changed by another program.`,
      'Nothing was overwritten. Put back a copy of its folder that you trust; or move the folder away and put the secrets in again.',
      options,
    );
  }
  const isOurs = thrown instanceof Database.SqliteError || (thrown instanceof Error && 'errno' in thrown);
  if (!isOurs) return thrown;
  return new Problem(
    'REFUSED',
    `The vault's file ${file} cannot be used: ${sentenceOf(thrown)}.`,
    'Check that there is room on its disk and that you may write there.',
    options,
  );
}
