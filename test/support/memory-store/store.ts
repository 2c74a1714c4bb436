// The store's ports on plain maps: slow and obviously right, to hold the real one against.
import type { Dataset, DatasetVersion, FrozenChoice, Recipe } from '#contract/dataset';
import type { ImportSummary, Reject } from '#contract/import';
import type { Page } from '#contract/trace';
import type { Json } from '#contract/turn';
import type { DatasetStore, ImportStore, SettingStore, Store } from '#engine/ports';
import { MemoryLabels } from './labels.ts';
import { MemoryCalls, MemoryKeys, MemoryLedger } from './network.ts';
import { MemoryPairs } from './pairs.ts';
import { MemoryRuns } from './runs.ts';
import { known, State } from './state.ts';
import { MemoryTraces } from './traces.ts';
import { MemoryTurns } from './turns.ts';

export function memoryStore(): Store {
  const state = new State();
  const turns = new MemoryTurns(state);
  const pairs = new MemoryPairs(state, turns);
  return {
    turns,
    traces: new MemoryTraces(state, turns),
    imports: new MemoryImports(state),
    pairs,
    labels: new MemoryLabels(state, pairs),
    datasets: new MemoryDatasets(state),
    runs: new MemoryRuns(state),
    calls: new MemoryCalls(state),
    keys: new MemoryKeys(state),
    ledger: new MemoryLedger(state),
    settings: new MemorySettings(state),
    transaction: (work) => state.transaction(work),
    relaxed: (work) => state.transaction(work),
    close() {},
  };
}

class MemoryImports implements ImportStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  put(summary: ImportSummary): void {
    this.#state.imports.set(summary.id, summary);
  }

  get(id: string): ImportSummary | undefined {
    return this.#state.imports.get(id);
  }

  list(): ImportSummary[] {
    return [...this.#state.imports.values()].toReversed();
  }

  addRejects(importId: string, rejects: readonly Reject[]): void {
    if (rejects.length === 0) return;
    known(this.#state.imports, importId, 'import');
    this.#state.rejects.set(importId, [...(this.#state.rejects.get(importId) ?? []), ...rejects]);
  }

  rejects(importId: string, offset: number, limit: number): Page<Reject> {
    const all = this.#state.rejects.get(importId) ?? [];
    return { items: all.slice(offset, offset + limit), total: all.length };
  }
}

class MemoryDatasets implements DatasetStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  put(dataset: Omit<Dataset, 'versions'>): void {
    const before = this.#state.datasets.get(dataset.id);
    const createdAt = before?.dataset.createdAt ?? dataset.createdAt;
    this.#state.datasets.set(dataset.id, { dataset: { ...dataset, createdAt }, removed: before?.removed ?? false });
  }

  get(id: string): Dataset | undefined {
    const entry = this.#state.datasets.get(id);
    return entry === undefined ? undefined : this.#whole(entry.dataset);
  }

  list(): Dataset[] {
    const entries = [...this.#state.datasets.values()];
    return entries.filter(({ removed }) => !removed).map(({ dataset }) => this.#whole(dataset));
  }

  #whole(dataset: Omit<Dataset, 'versions'>): Dataset {
    const versions = [...this.#state.versions.values()].filter(({ datasetId }) => datasetId === dataset.id);
    return { ...dataset, versions: versions.toSorted((one, two) => one.number - two.number) };
  }

  setRemoved(id: string, removed: boolean): void {
    this.#state.datasets.set(id, { ...known(this.#state.datasets, id, 'dataset'), removed });
  }

  putVersion(version: DatasetVersion, choices: readonly FrozenChoice[]): boolean {
    known(this.#state.datasets, version.datasetId, 'dataset');
    const key = JSON.stringify([version.datasetId, version.hash]);
    if (this.#state.versions.has(key)) return false;
    this.#state.versions.set(key, version);
    if (!this.#state.frozen.has(version.hash))
      this.#state.frozen.set(version.hash, { recipe: version.recipe, choices });
    return true;
  }

  version(
    hash: string,
  ):
    | { readonly version: DatasetVersion; readonly recipe: Recipe; readonly choices: readonly FrozenChoice[] }
    | undefined {
    const frozen = this.#state.frozen.get(hash);
    const versions = [...this.#state.versions.values()].filter((other) => other.hash === hash);
    const [version] = versions.toSorted((one, two) => one.createdAt - two.createdAt);
    return frozen === undefined || version === undefined ? undefined : { version, ...frozen };
  }
}

class MemorySettings implements SettingStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  get(name: string): Json | undefined {
    return this.#state.settings.get(name);
  }

  set(name: string, value: Json | undefined): void {
    if (value === undefined) this.#state.settings.delete(name);
    else this.#state.settings.set(name, value);
  }
}
