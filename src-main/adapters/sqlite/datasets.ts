// Datasets and their frozen versions in SQLite.
import type { Dataset, DatasetVersion, FrozenChoice, Recipe } from '#contract/dataset';
import type { DatasetStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import { fromJson, fromKey, fromText, toJson, toKey, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

interface Row {
  readonly n: number;
  readonly id: TextColumn;
  readonly name: TextColumn;
  readonly recipe: string;
  readonly created_at: number;
}

interface VersionRow {
  readonly frozen: number;
  readonly hash: TextColumn;
  readonly dataset: TextColumn;
  readonly number: number;
  readonly created_at: number;
  readonly recipe: string;
  readonly choices: number;
}

const versionColumns = `
  v.frozen, f.hash, d.id AS dataset, v.number, v.created_at, f.recipe, v.choices
  FROM versions v JOIN frozen f ON f.n = v.frozen JOIN datasets d ON d.n = v.dataset`;

export class SqliteDatasets implements DatasetStore {
  readonly #db: Connection;
  readonly #put: Statement<object>;
  readonly #get: Statement<Row>;
  readonly #list: Statement<Row>;
  readonly #setRemoved: Statement<object>;
  readonly #versions: Statement<VersionRow>;
  readonly #frozen: Statement<number>;
  readonly #addFrozen: Statement<object>;
  readonly #addChoice: Statement<object>;
  readonly #addVersion: Statement<object>;
  readonly #version: Statement<VersionRow>;
  readonly #choices: Statement<string>;

  constructor(db: Connection) {
    this.#db = db;
    this.#put = db.prepare(`
      INSERT INTO datasets (id, name, recipe, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, recipe = excluded.recipe`);
    this.#get = db.prepare('SELECT n, id, name, recipe, created_at FROM datasets WHERE id = ?');
    this.#list = db.prepare('SELECT n, id, name, recipe, created_at FROM datasets WHERE removed = 0 ORDER BY n');
    this.#setRemoved = db.prepare('UPDATE datasets SET removed = ? WHERE id = ?');
    this.#versions = db.prepare(`SELECT ${versionColumns} WHERE v.dataset = ? ORDER BY v.number, v.frozen`);
    this.#frozen = db.pluck('SELECT n FROM frozen WHERE hash = ?');
    this.#addFrozen = db.prepare('INSERT INTO frozen (hash, recipe) VALUES (?, ?)');
    this.#addChoice = db.prepare('INSERT INTO frozen_choices (frozen, place, choice) VALUES (?, ?, ?)');
    this.#addVersion = db.prepare(`
      INSERT INTO versions (dataset, frozen, number, created_at, choices) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
    this.#version = db.prepare(`SELECT ${versionColumns} WHERE f.hash = ? ORDER BY v.created_at, v.dataset LIMIT 1`);
    this.#choices = db.pluck('SELECT choice FROM frozen_choices WHERE frozen = ? ORDER BY place');
  }

  put(dataset: Omit<Dataset, 'versions'>): void {
    this.#put.run(toKey(dataset.id), toText(dataset.name), toJson(dataset.recipe), dataset.createdAt);
  }

  get(id: string): Dataset | undefined {
    const row = this.#get.get(toKey(id));
    return row === undefined ? undefined : this.#dataset(row);
  }

  list(): Dataset[] {
    return this.#list.all().map((row) => this.#dataset(row));
  }

  #dataset(row: Row): Dataset {
    return {
      id: fromKey(row.id),
      name: fromText(row.name),
      recipe: fromJson<Recipe>(row.recipe),
      createdAt: row.created_at,
      versions: this.#versions.all(row.n).map((version) => toVersion(version)),
    };
  }

  setRemoved(id: string, removed: boolean): void {
    if (this.#setRemoved.run(removed ? 1 : 0, toKey(id)) === 0) throw unknown(id);
  }

  putVersion(version: DatasetVersion, choices: readonly FrozenChoice[]): boolean {
    const dataset = this.#get.get(toKey(version.datasetId))?.n;
    if (dataset === undefined) throw unknown(version.datasetId);
    return this.#db.transaction(() => {
      const frozen = this.#frozen.get(toKey(version.hash)) ?? this.#freeze(version, choices);
      return this.#addVersion.run(dataset, frozen, version.number, version.createdAt, version.choices) === 1;
    });
  }

  #freeze(version: DatasetVersion, choices: readonly FrozenChoice[]): number {
    const frozen = this.#addFrozen.insert(toKey(version.hash), toJson(version.recipe));
    for (const [place, choice] of choices.entries()) this.#addChoice.run(frozen, place, toJson(choice));
    return frozen;
  }

  version(
    hash: string,
  ):
    | { readonly version: DatasetVersion; readonly recipe: Recipe; readonly choices: readonly FrozenChoice[] }
    | undefined {
    const row = this.#version.get(toKey(hash));
    if (row === undefined) return undefined;
    const version = toVersion(row);
    const choices = this.#choices.all(row.frozen).map((text) => fromJson<FrozenChoice>(text));
    return { version, recipe: version.recipe, choices };
  }
}

function toVersion(row: VersionRow): DatasetVersion {
  return {
    hash: fromKey(row.hash),
    datasetId: fromKey(row.dataset),
    number: row.number,
    createdAt: row.created_at,
    recipe: fromJson<Recipe>(row.recipe),
    choices: row.choices,
  };
}

function unknown(id: string): Problem {
  return new Problem('NOT_FOUND', `The dataset ${id} is not in the workspace.`);
}
