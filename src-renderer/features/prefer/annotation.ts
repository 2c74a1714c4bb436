// One annotator's walk through the queue: the pair on screen, the label being made, saving, skipping, undoing.
import type { Label, LabelInput, QueueItem, QueueProgress } from '#contract/label';
import type { Message } from '#contract/turn';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { saveDraft, savedDraft, type Drawer, type SavedDraft } from './draft-store.ts';
import { applyToDraft, draftOf, emptyDraft, isTouched, labelInput, type Draft, type DraftEvent } from './draft.ts';
import { elapsed, pauseWatch, resumeWatch, startWatch, type Stopwatch } from './stopwatch.ts';

/** What the walk needs of the main process; the client's `labels` fits. */
export interface LabelCalls {
  readonly next: (input: { annotator: string }) => Promise<QueueItem | undefined>;
  readonly progress: (input: { annotator: string }) => Promise<QueueProgress>;
  readonly add: (
    input: LabelInput,
  ) => Promise<{ readonly label: Label; readonly next?: QueueItem; readonly progress: QueueProgress }>;
  readonly skip: (input: {
    annotator: string;
    pairId: string;
  }) => Promise<{ readonly next?: QueueItem; readonly progress: QueueProgress }>;
  readonly undo: (input: { annotator: string }) => Promise<{
    readonly undone?: Label;
    readonly edited?: readonly Message[];
    readonly item?: QueueItem;
    readonly progress: QueueProgress;
  }>;
}

/** The pair that was labelled last: its origins may be shown now. */
export interface LastLabel {
  readonly item: QueueItem;
  readonly label: Label;
}

export type AnnotationState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly problem: ShownProblem }
  | ({ readonly phase: 'finished' } & Walked)
  | ({
      readonly phase: 'labelling';
      readonly item: QueueItem;
      readonly draft: Draft;
      /** Grows with every pair shown, also when one comes back. */
      readonly turn: number;
    } & Walked);

interface Walked {
  readonly progress: QueueProgress;
  /** A label, skip or undo is on its way; until it is back nothing else is taken. */
  readonly busy: boolean;
  /** Why the last one did not go through; the draft is as it was. */
  readonly problem?: ShownProblem;
  readonly last?: LastLabel;
}

export interface AnnotationOptions {
  readonly calls: LabelCalls;
  readonly annotator: string;
  readonly drawer: Drawer;
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Whether the window is looked at now. */
  readonly watched: () => boolean;
}

/** Holds the state outside the page, so that a key acts on what is shown and not on an older picture of it. */
export class Annotation {
  readonly annotator: string;
  readonly #options: AnnotationOptions;
  readonly #listeners = new Set<() => void>();
  /** Drafts of pairs that undo moved away from. */
  readonly #parked = new Map<string, SavedDraft>();
  #state: AnnotationState = { phase: 'loading' };
  #watch: Stopwatch = startWatch(0, false);
  #turn = 0;
  #showing = true;

  constructor(options: AnnotationOptions) {
    this.#options = options;
    this.annotator = options.annotator;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): AnnotationState => this.#state;

  /** Asks for the pair to label now; also after the queue's filter changed. */
  async load(): Promise<void> {
    const { calls, annotator } = this.#options;
    const { phase } = this.#state;
    if (phase === 'failed') this.#set({ phase: 'loading' });
    try {
      const [item, progress] = await Promise.all([calls.next({ annotator }), calls.progress({ annotator })]);
      // The same pair again (a filter that still fits it): what was done to it stays.
      if (
        item !== undefined &&
        this.#state.phase === 'labelling' &&
        this.#state.item.detail.pair.id === item.detail.pair.id
      ) {
        this.#set({ ...this.#state, item, progress });
      } else {
        this.#park();
        this.#show(item, progress);
      }
    } catch (error) {
      this.#set({ phase: 'failed', problem: problemOf(error) });
    }
  }

  /** Asks for the figures again: labels came in from elsewhere. */
  async refresh(): Promise<void> {
    const { calls, annotator } = this.#options;
    const progress = await calls.progress({ annotator });
    const state = this.#state;
    if (state.phase === 'finished' || state.phase === 'labelling') this.#set({ ...state, progress });
  }

  /** Changes the label being made. Nothing is taken while one is on its way: it would land on a pair nobody has seen. */
  apply(event: DraftEvent): void {
    const state = this.#state;
    if (state.phase !== 'labelling' || state.busy) return;
    this.#set({ ...state, draft: applyToDraft(state.draft, event) });
    this.keep();
  }

  /** Sends the label. Returns false where nothing is chosen yet. */
  async submit(): Promise<boolean> {
    const state = this.#state;
    if (state.phase !== 'labelling' || state.busy) return true;
    const { calls, annotator } = this.#options;
    const input = labelInput(state.item, state.draft, annotator, this.elapsedMs());
    if (input === undefined) return false;
    await this.#move(state, async () => {
      const { label, next, progress } = await calls.add(input);
      this.#parked.delete(input.pairId);
      this.#show(next, progress, { item: state.item, label });
    });
    return true;
  }

  async skip(): Promise<void> {
    const state = this.#state;
    if (state.phase !== 'labelling' || state.busy) return;
    const { calls, annotator } = this.#options;
    await this.#move(state, async () => {
      const { next, progress } = await calls.skip({ annotator, pairId: state.item.detail.pair.id });
      this.#park();
      this.#show(next, progress, state.last);
    });
  }

  /** Takes the last label or skip back; its pair and what was chosen stand on screen again. */
  async undo(): Promise<void> {
    const state = this.#state;
    if ((state.phase !== 'labelling' && state.phase !== 'finished') || state.busy || state.progress.undoDepth === 0)
      return;
    const { calls, annotator } = this.#options;
    await this.#move(state, async () => {
      const { undone, edited, item, progress } = await calls.undo({ annotator });
      this.#park();
      if (undone !== undefined && item !== undefined) {
        this.#parked.set(item.detail.pair.id, { draft: draftOf(undone, edited), elapsedMs: undone.elapsedMs });
      }
      this.#show(item, progress);
    });
  }

  /** Starts or stops the clock: the window was hidden, left or looked at again. */
  watchChanged(): void {
    const { now } = this.#options;
    const runs = this.#state.phase === 'labelling' && this.#isWatched();
    this.#watch = runs ? resumeWatch(this.#watch, now()) : pauseWatch(this.#watch, now());
    this.keep();
  }

  /** Whether the pair is in sight or something else stands in its place. */
  showing(inSight: boolean): void {
    this.#showing = inSight;
    this.watchChanged();
  }

  /** Time spent on the pair so far, ms. */
  elapsedMs(): number {
    return elapsed(this.#watch, this.#options.now());
  }

  /** Writes the draft down, so that a crash or a restart finds it. */
  keep(): void {
    const state = this.#state;
    if (state.phase !== 'labelling') return;
    saveDraft(this.#options.drawer, this.annotator, state.item.detail.pair.id, state.draft, this.elapsedMs());
  }

  async #move(state: Extract<AnnotationState, Walked>, work: () => Promise<void>): Promise<void> {
    const { problem: _old, ...rest } = state;
    // Sent before anything is drawn: the main process works while the page does.
    const sent = work();
    this.#set({ ...rest, busy: true });
    try {
      await sent;
    } catch (error) {
      this.#set({ ...rest, busy: false, problem: problemOf(error) });
    }
  }

  #show(item: QueueItem | undefined, progress: QueueProgress, last?: LastLabel): void {
    const { drawer, now } = this.#options;
    const walked = { progress, busy: false, ...(last === undefined ? {} : { last }) };
    if (item === undefined) {
      this.#watch = startWatch(now(), false);
      this.#set({ phase: 'finished', ...walked });
      return;
    }
    const { id } = item.detail.pair;
    const kept = this.#parked.get(id) ?? savedDraft(drawer, this.annotator, id);
    this.#watch = startWatch(now(), this.#isWatched(), kept?.elapsedMs ?? 0);
    this.#turn += 1;
    this.#set({ phase: 'labelling', item, draft: kept?.draft ?? emptyDraft, turn: this.#turn, ...walked });
    this.keep();
  }

  #isWatched(): boolean {
    return this.#showing && this.#options.watched();
  }

  #park(): void {
    const state = this.#state;
    if (state.phase !== 'labelling' || !isTouched(state.draft)) return;
    this.#parked.set(state.item.detail.pair.id, { draft: state.draft, elapsedMs: this.elapsedMs() });
  }

  #set(state: AnnotationState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
