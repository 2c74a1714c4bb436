// How runs begin: afresh, as a fork at a step of another, as a replay of another.
import { randomBytes, randomInt } from 'node:crypto';
import type { z } from 'zod';
import type { Origin, RunEvent } from '#contract/journal';
import type { RunFork, RunStart, RunSummary } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import type { Clock, NewEvent, Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import { agentNameOf, titleOf, type AgentFiles, type LoadedAgent } from './agent-files.ts';
import { checkInput, schemaOf } from './answers.ts';
import { headAfter } from './head.ts';
import { rootStepsOf } from './journal-pages.ts';
import { lastEditOf } from './last-edit.ts';
import { knownRun } from './find-run.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { Orders } from './orders.ts';
import type { Residents } from './residents.ts';
import { keep, type Kept } from './run-keep.ts';
import { declaredMigration } from './changed-file.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly writer: JournalWriter;
  readonly files: AgentFiles;
  readonly orders: Orders;
  readonly residents: Residents;
}

export class Beginnings {
  readonly #parts: Parts;
  readonly #inputs = new WeakMap<LoadedAgent['face'], z.ZodType>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws BAD_INPUT where the file cannot be loaded or the input does not fit; NOT_FOUND. */
  async start(start: RunStart): Promise<RunSummary> {
    const { file, input, seed = randomInt(2 ** 32) } = start;
    const agent = await this.#parts.files.agent(file);
    checkInput(this.#inputSchema(agent), agent.face.input, input);
    const { until, breakpoints = [], paused } = start;
    return this.#begin(agent, { file, input, seed }, undefined, {
      breakpoints,
      ...(until === undefined ? {} : { until }),
      ...(paused === true ? { paused } : {}),
    });
  }

  /** NOT_FOUND where the run has not done that step, or no model answered under the key; BAD_INPUT where its state cannot be so. */
  async fork(fork: RunFork): Promise<RunSummary> {
    const parent = knownRun(this.#parts.store.runs, fork.id);
    const agent = await this.#parts.files.agent(parent.file);
    const { id: run, step, set = {}, remove = [], message } = fork;
    const seq = this.#seqOfStep(run, step);
    const isEdited = Object.keys(set).length > 0 || remove.length > 0;
    const origin: Origin = { kind: 'fork', run, step, seq, edited: isEdited || message !== undefined };
    const id = newRunId();
    const summary = this.#summary(id, agent, parent, origin);
    const isChanged = agent.bundle.hash !== parent.hash;
    const [from, to] = [parent.version ?? '', agent.face.version ?? ''];
    const migrateFrom = declaredMigration(parent, agent);
    const migrated: RunEvent = { type: 'run.migrated', from, to, hash: agent.bundle.hash, delta: [] };
    const recorded = isChanged && migrateFrom === undefined ? [migrated] : [];
    // Fails before anything is written where there is no such message.
    await this.#parts.writer.do(() => {
      this.#create({ ...summary, title: parent.title, step }, agent, recorded, {
        breakpoints: [],
        ...(message === undefined ? {} : { message }),
        ...(isEdited ? { edit: { set, remove } } : {}),
        ...(fork.paused === true ? { paused: true } : {}),
      });
      this.#parts.orders.recording(knownRun(this.#parts.store.runs, id));
    });
    const take = { why: 'fork', ready: { agent, migrateFrom } };
    await this.#parts.residents.obey(id, take, fork.paused === true ? 'gone' : 'begun');
    return knownRun(this.#parts.store.runs, id);
  }

  /**
   * Does the run again with the effects of its journal; past `upTo`, a step of its own scope, with those of the world. A run whose state was
   * edited is done again from the last edit on.
   */
  async replay(id: string, upTo: number | undefined): Promise<RunSummary> {
    const run = knownRun(this.#parts.store.runs, id);
    const agent = await this.#parts.files.agent(run.file);
    const origin: Origin = { kind: 'replay', run: id, ...(upTo === undefined ? {} : { upTo }) };
    const { file, seed } = run;
    const edit = lastEditOf(this.#parts.store.runs, id);
    const input = this.#parts.orders.input(id);
    return this.#begin(agent, { file, seed, input }, origin, { breakpoints: [] }, edit === undefined ? [] : [edit]);
  }

  async #begin(
    agent: LoadedAgent,
    { file, input, seed }: { readonly file: string; readonly input: JsonObject; readonly seed: number },
    origin: Origin | undefined,
    kept: Kept,
    more: readonly RunEvent[] = [],
  ): Promise<RunSummary> {
    const id = newRunId();
    const summary = { ...this.#summary(id, agent, { file, seed }, origin), title: titleOf(input) };
    const { hash, version, agent: name } = summary;
    const started: RunEvent = {
      type: 'run.started',
      agent: name,
      file,
      hash,
      input,
      seed,
      ...(version === undefined ? {} : { version }),
      ...(origin === undefined ? {} : { origin }),
    };
    await this.#parts.writer.do(() => this.#create(summary, agent, [started, ...more], kept));
    const take = { why: undefined, ready: { agent, migrateFrom: undefined }, fresh: { input, kept } };
    await this.#parts.residents.obey(id, take, kept.paused === true ? 'gone' : 'begun');
    return knownRun(this.#parts.store.runs, id);
  }

  /** Made once for each description. */
  #inputSchema({ face }: LoadedAgent): z.ZodType | undefined {
    const known = this.#inputs.get(face);
    if (known !== undefined) return known;
    const schema = schemaOf(face.input);
    if (schema !== undefined) this.#inputs.set(face, schema);
    return schema;
  }

  #summary(
    id: string,
    { bundle, face }: LoadedAgent,
    { file, seed }: { readonly file: string; readonly seed: number },
    origin: Origin | undefined,
  ): RunSummary {
    const now = this.#parts.clock.now();
    return {
      id,
      file,
      seed,
      agent: agentNameOf(file),
      hash: bundle.hash,
      status: 'queued',
      title: '',
      createdAt: now,
      updatedAt: now,
      step: 0,
      seq: 0,
      usage: { inputTokens: 0, outputTokens: 0 },
      open: 0,
      ...(face.version === undefined ? {} : { version: face.version }),
      ...(origin === undefined ? {} : { origin }),
    };
  }

  /** Inside a commit. */
  #create(run: RunSummary, { bundle }: LoadedAgent, events: readonly RunEvent[], kept: Kept): void {
    const { runs, settings } = this.#parts.store;
    runs.putSource({ hash: bundle.hash, file: run.file, files: bundle.files });
    runs.create(run);
    const entries = events.map((event): NewEvent => ({ at: run.createdAt, event }));
    if (events.length > 0) runs.append(run.id, entries, (head) => headAfter(head, entries, 0));
    keep(settings, run.id, kept);
  }

  #seqOfStep(id: string, step: number): number {
    for (const ended of rootStepsOf(this.#parts.store.runs, id)) if (ended.step === step) return ended.seq;
    throw new Problem('NOT_FOUND', `The run has not finished step ${step}.`);
  }
}

/** 32 lower-case hex digits. */
function newRunId(): string {
  return randomBytes(16).toString('hex');
}
