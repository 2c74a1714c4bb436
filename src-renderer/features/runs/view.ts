// What the screen knows of a run: its journal folded into counts by node, steps, questions and what models said.
import type { EffectKind, RunError, Usage } from '#contract/journal';
import type { OpenInterrupt, RunStatus } from '#contract/run';
import type { Message } from '#contract/turn';
import type { JournalRow } from './journal-words.ts';

/** `waiting`: the run stands still; `blocked` by a person, `asleep` until a time. */
export type NodeState = 'idle' | 'waiting' | 'running' | 'blocked' | 'asleep' | 'done' | 'failed';

/** A node of the graph over all its executions. */
export interface NodeView {
  readonly state: NodeState;
  /** Executions that ended well; tries that failed. */
  readonly runs: number;
  readonly failures: number;
  /** Executions under way. */
  readonly active: number;
  /** Of the last execution and of all, ms. */
  readonly lastMs: number | undefined;
  readonly totalMs: number;
  /** Which way a branch went last. */
  readonly branch: string | undefined;
}

export interface StepRow {
  readonly kind: 'step' | 'edit';
  readonly scope: string;
  readonly step: number;
  readonly seq: number;
  readonly at: number;
  /** Since the step before in its scope. */
  readonly ms: number | undefined;
  /** What ran in it. */
  readonly nodes: readonly string[];
  /** Keys of the state that it changed. */
  readonly changed: readonly string[];
  readonly next: readonly string[];
}

export interface EffectView {
  readonly key: string;
  readonly kind: EffectKind;
  readonly name: string;
  readonly path: string;
  readonly seq: number;
  readonly at: number;
  readonly state: 'running' | 'done' | 'failed';
  readonly ms: number | undefined;
  readonly usage: Usage | undefined;
  readonly error: RunError | undefined;
  /** Of a model call that ended. */
  readonly message: Message | undefined;
  /** Served from the journal of that run. */
  readonly from: string | undefined;
}

/** What a model says while it still speaks. */
export interface Spoken {
  readonly text: string;
  readonly reasoning: string;
  /** Characters that this reader was told it did not see. */
  readonly skipped: number;
}

export interface NodeFailure {
  readonly path: string;
  readonly node: string;
  readonly try: number;
  readonly at: number;
  readonly error: RunError;
  readonly retryAt: number | undefined;
}

export interface Departure {
  readonly at: string;
  readonly sentence: string;
}

export interface NodeTally {
  active: number;
  /** Of these, those that wait for a person, and for a time. */
  blocked: number;
  asleep: number;
  runs: number;
  failures: number;
  hasFailed: boolean;
  lastMs: number | undefined;
  totalMs: number;
  branch: string | undefined;
}

/** Changed in place by `fold`, so that a long run costs what its news costs. Read it through the feed. */
export interface RunView {
  seq: number;
  status: RunStatus;
  startedAt: number | undefined;
  endedAt: number | undefined;
  wakeAt: number | undefined;
  error: RunError | undefined;
  departure: Departure | undefined;
  /** Last step of the run's own scope. */
  step: number;
  readonly usage: { inputTokens: number; outputTokens: number; costUsd: number };
  readonly nodes: Map<string, NodeTally>;
  /** Executions under way by path. */
  readonly active: Map<string, string>;
  readonly edges: Map<string, number>;
  readonly steps: StepRow[];
  readonly journal: JournalRow[];
  /** Calls of models, in the order they were asked for; by key. */
  readonly calls: string[];
  readonly effects: Map<string, EffectView>;
  readonly spoken: Map<string, Spoken>;
  readonly interrupts: Map<string, OpenInterrupt>;
  readonly failures: NodeFailure[];
  readonly scopes: Map<string, { next: readonly string[]; at: number }>;
  /** Executions that have scopes inside, which end with them. */
  readonly hosts: Set<string>;
}

export function newView(): RunView {
  return {
    seq: 0,
    status: 'queued',
    startedAt: undefined,
    endedAt: undefined,
    wakeAt: undefined,
    error: undefined,
    departure: undefined,
    step: 0,
    usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
    nodes: new Map(),
    active: new Map(),
    edges: new Map(),
    steps: [],
    journal: [],
    calls: [],
    effects: new Map(),
    spoken: new Map(),
    interrupts: new Map(),
    failures: [],
    scopes: new Map(),
    hosts: new Set(),
  };
}

export function tallyOf(view: RunView, id: string): NodeTally {
  const known = view.nodes.get(id);
  if (known !== undefined) return known;
  const fresh: NodeTally = {
    active: 0,
    blocked: 0,
    asleep: 0,
    runs: 0,
    failures: 0,
    hasFailed: false,
    lastMs: undefined,
    totalMs: 0,
    branch: undefined,
  };
  view.nodes.set(id, fresh);
  return fresh;
}

const idle: NodeView = {
  state: 'idle',
  runs: 0,
  failures: 0,
  active: 0,
  lastMs: undefined,
  totalMs: 0,
  branch: undefined,
};

/** A node as it stands now. */
export function nodeView(view: RunView, id: string): NodeView {
  const tally = view.nodes.get(id);
  if (tally === undefined) return idle;
  const { runs, failures, active, lastMs, totalMs, branch } = tally;
  return { state: stateOf(view.status, tally), runs, failures, active, lastMs, totalMs, branch };
}

function stateOf(status: RunStatus, tally: NodeTally): NodeState {
  const { active, blocked, asleep } = tally;
  if (blocked + asleep > 0 && blocked + asleep >= active) return blocked > 0 ? 'blocked' : 'asleep';
  if (tally.active > 0) return status === 'running' ? 'running' : 'waiting';
  if (tally.hasFailed) return 'failed';
  return tally.runs > 0 ? 'done' : 'idle';
}
