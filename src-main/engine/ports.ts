// What the engine needs of the world: the store, the clock and the files. Adapters give it for real.
import type { Dataset, DatasetVersion, FrozenChoice, Recipe } from '#contract/dataset';
import type { ImportSummary, Reject } from '#contract/import';
import type { JournalEvent, RunEvent } from '#contract/journal';
import type { Annotator, Label } from '#contract/label';
import type { Pair, PairFacets, PairFilter } from '#contract/pair';
import type { RunCounts, RunFilter, RunPage, RunSummary } from '#contract/run';
import type { Page, Score, Span, TraceFacets, TraceFilter, TraceSort, TraceSummary } from '#contract/trace';
import type { Json, JsonObject, Turn, TurnId } from '#contract/turn';
import type { CallStore, KeyStore, LedgerStore } from './network-ports.ts';
import type { Patch } from './turns/residue.ts';

/**
 * Everything is synchronous: one process owns the database, long work yields between its own small transactions.
 * What refers to something is put after it (a trace after its import, record, residues and turns; a pair after its turns and traces; a
 * label after its pair): NOT_FOUND otherwise.
 */
export interface Store {
  readonly turns: TurnStore;
  readonly traces: TraceStore;
  readonly imports: ImportStore;
  readonly pairs: PairStore;
  readonly labels: LabelStore;
  readonly datasets: DatasetStore;
  readonly runs: RunStore;
  readonly calls: CallStore;
  readonly keys: KeyStore;
  readonly ledger: LedgerStore;
  readonly settings: SettingStore;
  /**
   * All of `work` or nothing; on disk when it returns. Nests: the outermost commits. Every put and add is one by itself, which waits
   * for the disk: many together belong into one.
   */
  transaction<T>(work: () => T): T;
  /**
   * The same without waiting for the disk, for what nobody was promised: it outlives the process, however that ends; a power failure may
   * take the last ones.
   */
  relaxed<T>(work: () => T): T;
  close(): void;
}

export interface TurnStore {
  /**
   * Stores a path (each turn the parent of the next; the first a root or below a stored turn). Returns how many were new. `texts`: the
   * canonical JSON of each message, from a caller that has made it already for the ids.
   */
  putPath(path: readonly Turn[], texts?: readonly string[]): number;
  get(id: TurnId): Turn | undefined;
  /** Root first, `id` last; empty where unknown. O(depth). */
  path(id: TurnId): Turn[];
  /** In order of arrival; the newest alone where it is said how many. */
  children(id: TurnId, newest?: number): Turn[];
  /** Turns that have two assistant children or more, in order of arrival, from `after` on (exclusive). */
  forks(after: TurnId | undefined, limit: number): TurnId[];
  /** Lowest common ancestor; undefined where the roots differ. */
  commonAncestor(one: TurnId, two: TurnId): TurnId | undefined;
  count(): number;
}

/**
 * One record of a source file: a conversation, or both sides of a preference.
 * `patch` gives the record back from what its format's writer makes of the transcripts.
 */
export interface SourceRecord {
  readonly id: string;
  readonly importId: string;
  readonly position: number;
  /** The record's patch less what its messages' residues hold. */
  readonly patch?: Patch;
}

/** A message's residue, in a chain as the turns are, so that transcripts that begin alike share it too. */
export interface ResidueLink {
  /** sha256(parent ‖ index ‖ JSON of the patch): the order of its members is meant. */
  readonly id: string;
  readonly parent?: string;
  /** Index of the message in its transcript's source messages; -1 for what stands before them (tools, system prompt). */
  readonly index: number;
  readonly patch: Patch;
}

/** A trace as stored: the summary, and what gives its source back. */
export interface StoredTrace {
  readonly summary: TraceSummary;
  readonly recordId: string;
  /** Which side of its record: '' for a plain conversation (one each answer sampled), 'chosen' or 'rejected' for a preference. */
  readonly side: '' | 'chosen' | 'rejected';
  /** Last link of the residue chain. */
  readonly residue?: string;
}

export interface TraceStore {
  /** Returns true where it was new; a known id is left as it is, but brought back if it was removed. */
  put(trace: StoredTrace): boolean;
  /** Replaces the summary, scores too (spans that arrive later change times, tokens, leaf …). */
  update(summary: TraceSummary): void;
  get(id: string): StoredTrace | undefined;
  /** Ids that start with `prefix`, at most two: none, the one, or ambiguous. */
  startingWith(prefix: string): string[];
  /** Returns how many were new; a span is known by trace and span id. */
  putSpans(traceId: string, spans: readonly Span[]): number;
  /** In order of arrival. */
  spans(traceId: string): Span[];
  /**
   * Traces that are not removed. `position` is the order of the imports, in each the order of its file; `name` takes numbers by value;
   * `score` is the filter's score, else the first. Traces without the value come last either way; equals stand in order of arrival,
   * turned round when descending. `text`: every word in one turn of the path or in one span name, the last as the beginning of a
   * word; case and accents aside; text without a word finds nothing, empty text is no filter. Ends of ranges belong to them.
   */
  list(filter: TraceFilter, sort: TraceSort, offset: number, limit: number): Page<TraceSummary>;
  /** Of traces that are not removed; each the 1,000 most frequent values, the most frequent first. */
  facets(): TraceFacets;
  /** Hides or shows again; returns how many changed. */
  setRemoved(ids: readonly string[], removed: boolean): number;
  /** Puts scores beside those there are; of the same name they take their place. */
  putScores(traceId: string, scores: readonly Score[]): void;
  /** Traces that are not removed and have a group, a leaf and a score, by group; for mining. */
  scoredGroups(): Iterable<{ readonly group: string; readonly traces: readonly TraceSummary[] }>;
  /** Traces that are not removed and whose leaf is `turn` or below it, or one of whose spans wrote `turn` (a sampled candidate that
   * was not followed); at most `limit`, in order of arrival. */
  through(turn: TurnId, limit: number): TraceSummary[];
  putRecord(record: SourceRecord): boolean;
  record(id: string): SourceRecord | undefined;
  /** Traces of one record, chosen before rejected. */
  ofRecord(recordId: string): StoredTrace[];
  /** Stores a chain (each link the parent of the next). `texts`: the JSON of each patch, from a caller that has made it already. */
  putResidues(chain: readonly ResidueLink[], texts?: readonly string[]): void;
  /** The chain that ends in `id`, first link first. */
  residues(id: string): ResidueLink[];
  count(): number;
}

export interface ImportStore {
  /** Adds, or replaces what is known by this id. */
  put(summary: ImportSummary): void;
  get(id: string): ImportSummary | undefined;
  /** Newest first. One that was running when its process died is `failed` when the store is opened again. */
  list(): ImportSummary[];
  addRejects(importId: string, rejects: readonly Reject[]): void;
  /** In order of arrival. */
  rejects(importId: string, offset: number, limit: number): Page<Reject>;
}

export interface PairStore {
  /** Returns how many were new; a known id is left as it is. */
  put(pairs: readonly Pair[]): number;
  get(id: string): Pair | undefined;
  /** Ids that start with `prefix`, at most two: none, the one, or ambiguous. */
  startingWith(prefix: string): string[];
  /**
   * In order of arrival. `text` as for traces, in one turn of either side after the prompt. `labelled` asks of live labels by
   * `annotator`, or by anybody; `annotator` alone means labelled by them; `tag` a live label by anybody.
   */
  list(filter: PairFilter, offset: number, limit: number): Page<Pair>;
  /**
   * First pair in order of arrival past `after` (a sequence number; 0 for the start) that fits the filter, has no live label by
   * `annotator` and is not skipped by them. O(log n) in the number of pairs where the filter is empty.
   */
  nextFor(
    annotator: string,
    filter: PairFilter,
    after: number,
  ): { readonly pair: Pair; readonly sequence: number } | undefined;
  /** The pair's place in the order of arrival, as `nextFor` counts it. */
  sequenceOf(id: string): number | undefined;
  /** Pairs that fit the filter. */
  countFor(filter: PairFilter): number;
  /** Tags of live labels, counted by pairs; groups and tags the 1,000 most frequent. */
  facets(): PairFacets;
  countByKind(): Readonly<Record<string, number>>;
}

/** What undo walks back: each label and each skip, in order. */
export type Act =
  | {
      readonly sequence: number;
      readonly annotator: string;
      readonly at: number;
      readonly kind: 'label';
      readonly pairId: string;
      readonly labelId: string;
    }
  | {
      readonly sequence: number;
      readonly annotator: string;
      readonly at: number;
      readonly kind: 'skip';
      readonly pairId: string;
    };

export interface LabelStore {
  /** In order of arrival. */
  annotators(): Annotator[];
  /** A known name is left as it is. */
  addAnnotator(annotator: Annotator): void;
  /**
   * Adds the label and, unless it was imported, the act; and the annotator, where the name is new. A known id is left as it is. A pair
   * may have several live human labels by one annotator only as blind repeats: CONFLICT otherwise.
   */
  add(label: Label): void;
  addSkip(annotator: string, pairId: string, at: number): void;
  /** The annotator's newest act that is not undone. */
  lastAct(annotator: string): Act | undefined;
  /** Takes an act back: marks its label undone or forgets its skip. CONFLICT where it has been taken back already. */
  undo(act: Act, at: number): void;
  undoDepth(annotator: string): number;
  get(id: string): Label | undefined;
  /** Live labels (not undone), oldest first. */
  list(filter: { readonly annotator?: string; readonly pairId?: string }, offset: number, limit: number): Page<Label>;
  /** Live labels of every pair that has one, grouped by pair, in order of the pairs' arrival. */
  byPair(): Iterable<{ readonly pair: Pair; readonly labels: readonly Label[] }>;
  /**
   * Pairs that fit the filter with a live label by the annotator, and those skipped without one; live human labels since `since`
   * (repeats count: they are work too); median of elapsedMs of the newest 1,000 live human labels
   * that were timed (not 0, as those from the command line are).
   */
  stats(
    annotator: string,
    filter: PairFilter,
    since: number,
  ): { labelled: number; skipped: number; today: number; medianMs?: number };
  /**
   * Live human labels by the annotator that are not repeats, have not been repeated and whose pair was not skipped since (a skipped
   * repeat), oldest first, older than the newest `lag`.
   */
  repeatable(annotator: string, lag: number, limit: number): Label[];
}

export interface DatasetStore {
  /** Adds; of a known id, name and recipe are replaced. */
  put(dataset: Omit<Dataset, 'versions'>): void;
  /** Also one that is removed. */
  get(id: string): Dataset | undefined;
  /** Those that are not removed, in order of arrival. */
  list(): Dataset[];
  setRemoved(id: string, removed: boolean): void;
  /** Returns false where that dataset has a version with this hash already. */
  putVersion(version: DatasetVersion, choices: readonly FrozenChoice[]): boolean;
  version(
    hash: string,
  ):
    | { readonly version: DatasetVersion; readonly recipe: Recipe; readonly choices: readonly FrozenChoice[] }
    | undefined;
}

/** An event on its way into a journal; `text`: its JSON, from a caller that has made it already. */
export interface NewEvent {
  readonly at: number;
  readonly event: RunEvent;
  readonly text?: string;
}

/** A run's own scope at a step boundary: enough to go on from there with the events after `seq`. */
export interface Snapshot {
  /** The last event it covers: a `step.finished` of the run's own scope. */
  readonly seq: number;
  readonly step: number;
  readonly state: JsonObject;
  readonly next: readonly string[];
  readonly joins: Readonly<Record<string, readonly string[]>>;
}

/** The agent's own files as a run began with them, kept once for each hash. */
export interface AgentSource {
  readonly hash: string;
  /** The agent's file, relative to the workspace. */
  readonly file: string;
  /** Path relative to the workspace → text, of every file of the workspace that the agent is made of. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Runs and their journals. A fork's journal begins with its parent's: `seq` goes on counting from the last shared event, and reading at or
 * below it reads the parent's, at no cost of space.
 */
export interface RunStore {
  /**
   * CONFLICT where the id is known. For a fork, `origin` in the summary names the parent and the last shared event; NOT_FOUND where there is
   * no such run, BAD_INPUT where it has no such event yet. `seq` is the store's own, here and everywhere: 0, of a fork the shared event's.
   */
  create(run: RunSummary): void;
  get(id: string): RunSummary | undefined;
  /** Ids that start with `prefix`, at most two: none, the one, or ambiguous. */
  startingWith(prefix: string): string[];
  /**
   * In order of creation, newest first, from `after` (a page's `next`, the id of its last run; NOT_FOUND) on. Statuses are alternatives, none
   * is no filter. O(log n + limit) for every filter of one status or one agent.
   */
  list(filter: RunFilter, after: string | undefined, limit: number): RunPage;
  /** O(1) in the number of runs. */
  counts(): RunCounts;
  /** Forks and replays of a run, newest first; none where it is unknown. */
  children(id: string): RunSummary[];
  /**
   * Puts events at the journal's end and replaces the summary by what `head` makes of it (it gets it with the new last `seq`; whose fork or
   * replay it is stays); all or nothing, on disk when it returns (inside a transaction: when that ends). Returns the events as they stand.
   * NOT_FOUND for an unknown run.
   */
  append(id: string, events: readonly NewEvent[], head: (run: RunSummary) => RunSummary): JournalEvent[];
  /** Replaces what is said of a run, but its `seq`, without an event (its trace, its status while queued). NOT_FOUND. */
  update(run: RunSummary): void;
  /** In order, from `after` (exclusive; 0 for all), the parent's part of a fork included; none of an unknown run. */
  events(id: string, after: number, limit: number): JournalEvent[];
  /** Of the same `seq` it takes the other's place. NOT_FOUND for an unknown run. */
  putSnapshot(id: string, snapshot: Snapshot): void;
  /** The newest at or before `seq`, of the parent where the fork has none of its own. */
  snapshot(id: string, seq: number): Snapshot | undefined;
  /** Runs whose `wakeAt` has come, earliest first (equals in order of creation), and the earliest `wakeAt` of all, past ones too. */
  due(now: number, limit: number): { readonly ids: readonly string[]; readonly next: number | undefined };
  /** Runs that are queued or running, oldest first: at the start those whose process died. */
  unfinished(limit: number): RunSummary[];
  /** A known hash is left as it is. */
  putSource(source: AgentSource): void;
  source(hash: string): AgentSource | undefined;
  /** Results of nodes by agent, node and key, the last one put; none from `until` on. */
  cached(agent: string, node: string, key: string, now: number): readonly JsonObject[] | undefined;
  putCached(agent: string, node: string, key: string, until: number, patches: readonly JsonObject[]): void;
}

/** Small JSON values by name: saved filters, queue settings, the pair on screen. */
export interface SettingStore {
  get(name: string): Json | undefined;
  /** undefined forgets it. */
  set(name: string, value: Json | undefined): void;
}

export interface Clock {
  /** Epoch ms. */
  now(): number;
}

/** Progress and cancel of a long work; `progress` also yields to the event loop now and then. */
export interface Task {
  readonly signal: AbortSignal;
  progress(done: number | undefined, message?: string): Promise<void>;
}

/* What runs need of the machine. ---------------------------------------------------------------------------------------------------- */

/** A child process that speaks the runner protocol (engine/run/protocol.ts). Messages are structured-cloneable. */
export interface Child {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** What it writes to stdout and stderr, as it comes; never buffered beyond one chunk. */
  onOutput(listener: (text: string) => void): void;
  /** Once: how it ended. Output and messages before it have been told. */
  onExit(listener: (exit: { readonly code: number | undefined; readonly signal: string | undefined }) => void): void;
  /** Ends it at once (SIGKILL). */
  kill(): void;
  /** Resident memory in bytes and CPU time in ms; undefined where the system does not tell. */
  usage(): { readonly rss: number; readonly cpuMs: number } | undefined;
}

export interface SpawnOptions {
  /** `agent`: may read what it needs, write nothing, start nothing. `tool`: may also write the workspace and start programs. */
  readonly role: 'agent' | 'tool';
  /** The workspace. */
  readonly folder: string;
  /** Of JavaScript's heap. */
  readonly memoryMb: number;
  /** Of the whole process, as the system counts it (resident); it ends itself above that. */
  readonly residentMb: number;
  /** How often it says that it lives. */
  readonly beatMs: number;
}

export interface Spawner {
  spawn(options: SpawnOptions): Child;
}

/** An agent or tool file with all it imports, as one module that a runner can load. */
export interface Bundle {
  /** SHA-256 over the paths and texts of the workspace's own files in it. */
  readonly hash: string;
  /** A `file:` URL. */
  readonly url: string;
  /** Path relative to the workspace → text. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Bundler {
  /** `file` is relative to the workspace. BAD_INPUT with file, line and column where it cannot be understood; NOT_FOUND. Quick where nothing changed. */
  bundle(folder: string, file: string): Promise<Bundle>;
}
