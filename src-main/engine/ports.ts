// What the engine needs of the world: the store, the clock and the files. Adapters give it for real.
import type { Dataset, DatasetVersion, FrozenChoice, Recipe } from '#contract/dataset';
import type { ImportSummary, Reject } from '#contract/import';
import type { Annotator, Label } from '#contract/label';
import type { Pair, PairFacets, PairFilter } from '#contract/pair';
import type { Page, Score, Span, TraceFacets, TraceFilter, TraceSort, TraceSummary } from '#contract/trace';
import type { Json, Turn, TurnId } from '#contract/turn';
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
  readonly settings: SettingStore;
  /**
   * All of `work` or nothing; on disk when it returns. Nests: the outermost commits. Every put and add is one by itself, which waits
   * for the disk: many together belong into one.
   */
  transaction<T>(work: () => T): T;
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
  /** In order of arrival. */
  children(id: TurnId): Turn[];
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
