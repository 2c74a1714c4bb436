// The store on SQLite: opens the file and wires the ports.
import type { Store } from '#engine/ports';
import { Annotators } from './annotators.ts';
import { CallSums } from './call-sums.ts';
import { SqliteCalls } from './calls.ts';
import { Connection } from './connection.ts';
import { SqliteDatasets } from './datasets.ts';
import { Exchanges } from './exchanges.ts';
import { SqliteImports } from './imports.ts';
import { SqliteKeys } from './keys.ts';
import { LabelMarks } from './label-marks.ts';
import { LabelRows } from './label-rows.ts';
import { SqliteLabels } from './labels.ts';
import { SqliteLedger } from './ledger.ts';
import { migrations } from './migrate.ts';
import { Names } from './names.ts';
import { openDatabase } from './open.ts';
import { PairFilters } from './pair-filter.ts';
import { PairRows } from './pair-rows.ts';
import { SqlitePairs } from './pairs.ts';
import { SqliteRuns } from './runs.ts';
import { TurnSearch } from './search.ts';
import { SqliteSettings } from './settings.ts';
import { SqliteSources } from './sources.ts';
import { SqliteSpans } from './spans.ts';
import { TraceColumnReader } from './trace-columns.ts';
import { TraceList } from './trace-list.ts';
import { TraceRows } from './trace-rows.ts';
import { SqliteTraces } from './traces.ts';
import { TurnTree } from './tree.ts';
import { SqliteTurns } from './turns.ts';
import { Words } from './words.ts';

export interface OpenOptions {
  /** Who opens it, as a noun phrase for the one who is refused meanwhile: "the Atelier window", "atelier import". */
  readonly owner?: string;
}

/**
 * Opens the store in `file`, or creates it; its folder must be there. Throws Problem (see `openDatabase`) where that cannot be.
 * Imports and calls of models that were under way when their process died are marked as failed.
 */
export function openStore(file: string, options: OpenOptions = {}): Store {
  const { database, lock } = openDatabase(file, options.owner ?? 'Atelier', migrations);
  const db = new Connection(database);
  const store = wire(db, () => {
    db.close();
    lock.release();
  });
  failUnfinished(store);
  return store;
}

function wire(db: Connection, close: () => void): Store {
  const tree = new TurnTree(db);
  const words = new Words(db);
  const search = new TurnSearch(db, words, tree);
  const turns = new SqliteTurns(db, tree);
  const imports = new SqliteImports(db);
  const sources = new SqliteSources(db, imports);
  const traceRows = new TraceRows(db);
  const columns = new TraceColumnReader(db);
  const traces = new SqliteTraces(db, {
    turns,
    tree,
    imports,
    sources,
    spans: new SqliteSpans(db, turns),
    rows: traceRows,
    columns,
    list: new TraceList(db, traceRows, columns, search, words),
  });
  const annotators = new Annotators(db);
  const marks = new LabelMarks(db);
  const pairRows = new PairRows(db);
  const filters = new PairFilters(db, tree, search, marks, annotators);
  const pairs = new SqlitePairs(db, { annotators, turns, traces, rows: pairRows, filters, marks });
  const labels = new SqliteLabels(db, { annotators, turns, pairs, rows: new LabelRows(db), pairRows, filters, marks });
  const names = new Names(db);
  const exchanges = new Exchanges(db, turns, sources);
  return {
    turns,
    traces,
    imports,
    pairs,
    labels,
    datasets: new SqliteDatasets(db),
    runs: new SqliteRuns(db),
    calls: new SqliteCalls(db, { names, sums: new CallSums(db, names), exchanges }),
    keys: new SqliteKeys(db),
    ledger: new SqliteLedger(db, names),
    settings: new SqliteSettings(db),
    transaction: (work) => db.transaction(work),
    relaxed: (work) => db.relaxed(work),
    close,
  };
}

function failUnfinished(store: Store): void {
  for (const summary of store.imports.list()) {
    if (summary.state !== 'running') continue;
    const problem =
      'Atelier was closed before this import was done. What it had read is here; import the file again for the rest.';
    store.imports.put({ ...summary, state: 'failed', problem });
  }
  const problem = 'Atelier was closed before this call was done.';
  for (;;) {
    const calls = store.calls.unfinished(1000);
    if (calls.length === 0) break;
    store.calls.put(calls.map((call) => ({ ...call, state: 'failed', problem })));
  }
}
