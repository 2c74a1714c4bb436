// The queue: which pair an annotator sees next, on which sides, and the way back.
import type { Label, LabelInput, QueueItem, QueueProgress, QueueSettings } from '#contract/label';
import type { PairFilter } from '#contract/pair';
import type { Message } from '#contract/turn';
import { startOfDay } from '../local-day.ts';
import type { Act, Clock, Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import { canonicalJson } from '../turns/canonical.ts';
import { requireAnnotator } from './annotators.ts';
import { drawn } from './chance.ts';
import { pairDetail, requirePair } from './detail.ts';
import { editedMessages } from './edit.ts';
import { labelPair, labelsBy } from './label.ts';
import { placeOf, queueSettings, savePlace, saveQueueSettings, type Shown } from './queue-settings.ts';

/** A repeat comes no sooner than after so many other labels, or it would be answered from memory. */
const repeatLag = 10;
/** Among so many of the oldest labels that may be repeated, one is drawn. */
const repeatChoices = 64;

/**
 * The pair to label now: the one on screen until it is labelled or skipped, also after a restart; undefined when none is left.
 * Pairs come in order of arrival. At the set rate an earlier label is asked for again, on the other sides than the first time, so
 * that an annotator who goes by the side contradicts themselves.
 */
export function nextItem(store: Store, annotator: string): QueueItem | undefined {
  requireAnnotator(store, annotator);
  const place = placeOf(store, annotator);
  if (place.shown !== undefined && isOpen(store, annotator, place.shown)) return itemOf(store, place.shown);
  const { filter, repeatRate } = queueSettings(store, annotator);
  const fresh = store.pairs.nextFor(annotator, filter, place.cursor) ?? restart(store, annotator, filter, place.cursor);
  if (fresh === undefined) return undefined;
  const cursor = fresh.sequence - 1;
  const pairId = fresh.pair.id;
  const shown = dueRepeat(store, annotator, filter, repeatRate) ?? {
    pairId,
    sequence: fresh.sequence,
    swapped: isSwapped(annotator, pairId),
  };
  store.transaction(() => savePlace(store, annotator, { cursor, shown }));
  return itemOf(store, shown);
}

/** Stores the label, durably, before it looks for the next pair. Throws as `labelPair` does, and for an unknown annotator. */
export function addLabel(
  store: Store,
  clock: Clock,
  input: LabelInput,
): { readonly label: Label; readonly next?: QueueItem; readonly progress: QueueProgress } {
  requireAnnotator(store, input.annotator);
  const label = labelPair(store, clock, input);
  return { label, ...andNext(store, clock, input.annotator) };
}

/** Puts the pair on screen aside. Throws CONFLICT where another one is on screen by now. */
export function skipPair(
  store: Store,
  clock: Clock,
  annotator: string,
  pairId: string,
): { readonly next?: QueueItem; readonly progress: QueueProgress } {
  requireAnnotator(store, annotator);
  requirePair(store, pairId);
  store.transaction(() => {
    const place = placeOf(store, annotator);
    if (place.shown?.pairId !== pairId || !isOpen(store, annotator, place.shown)) {
      throw new Problem('CONFLICT', 'This pair is not the one on screen any more.', 'Go on with the pair that is.');
    }
    store.labels.addSkip(annotator, pairId, clock.now());
    savePlace(store, annotator, { cursor: place.cursor });
  });
  return andNext(store, clock, annotator);
}

/** Takes the annotator's last label or skip back and shows that pair again as it was shown. Nothing to undo: nothing changes. */
export function undoLast(
  store: Store,
  clock: Clock,
  annotator: string,
): {
  readonly undone?: Label;
  readonly edited?: readonly Message[];
  readonly item?: QueueItem;
  readonly progress: QueueProgress;
} {
  requireAnnotator(store, annotator);
  const act = store.labels.lastAct(annotator);
  if (act === undefined) {
    const item = nextItem(store, annotator);
    return { ...(item === undefined ? {} : { item }), progress: queueProgress(store, clock, annotator) };
  }
  const shown = store.transaction(() => {
    const before = shownAt(store, act);
    store.labels.undo(act, clock.now());
    const { cursor } = placeOf(store, annotator);
    savePlace(store, annotator, { cursor: Math.min(cursor, before.sequence - 1), shown: before });
    return before;
  });
  const undone = act.kind === 'label' ? store.labels.get(act.labelId) : undefined;
  const edited =
    undone?.edit === undefined ? undefined : editedMessages(store, requirePair(store, undone.pairId), undone.edit);
  return {
    ...(undone === undefined ? {} : { undone }),
    ...(edited === undefined ? {} : { edited }),
    item: itemOf(store, shown),
    progress: queueProgress(store, clock, annotator),
  };
}

/** Saves the settings; a pair on screen that the new filter leaves out makes way for one that it lets in. */
export function changeQueue(store: Store, annotator: string, settings: QueueSettings): QueueSettings {
  requireAnnotator(store, annotator);
  return store.transaction(() => {
    const before = queueSettings(store, annotator);
    saveQueueSettings(store, annotator, settings);
    if (canonicalJson(before.filter) !== canonicalJson(settings.filter)) {
      const { shown } = placeOf(store, annotator);
      const stays = shown !== undefined && fits(store, annotator, shown, settings.filter);
      savePlace(store, annotator, { cursor: 0, shown: stays ? shown : undefined });
    }
    return queueSettings(store, annotator);
  });
}

/** How far the annotator is with the pairs of their filter, and how much they did since local midnight. */
export function queueProgress(store: Store, clock: Clock, annotator: string): QueueProgress {
  requireAnnotator(store, annotator);
  const { filter } = queueSettings(store, annotator);
  const midnight = startOfDay(clock.now());
  return {
    total: store.pairs.countFor(filter),
    ...store.labels.stats(annotator, filter, midnight),
    undoDepth: store.labels.undoDepth(annotator),
  };
}

/** Whether b stands on the left: even odds, and the same for the same annotator and pair at any time. */
export function isSwapped(annotator: string, pairId: string): boolean {
  return drawn('side', annotator, pairId) < 0.5;
}

function andNext(store: Store, clock: Clock, annotator: string): { next?: QueueItem; progress: QueueProgress } {
  const next = nextItem(store, annotator);
  return { ...(next === undefined ? {} : { next }), progress: queueProgress(store, clock, annotator) };
}

/** Pairs before the cursor that are open again: a filter that depends on others' labels, a skip undone elsewhere. */
function restart(store: Store, annotator: string, filter: PairFilter, cursor: number) {
  return cursor === 0 ? undefined : store.pairs.nextFor(annotator, filter, 0);
}

function itemOf(store: Store, shown: Shown): QueueItem {
  return {
    detail: pairDetail(store, shown.pairId),
    swapped: shown.swapped,
    ...(shown.repeats === undefined ? {} : { repeats: shown.repeats }),
  };
}

/** Whether what was shown still waits for its label: it may have been given from the command line meanwhile. */
function isOpen(store: Store, annotator: string, shown: Shown): boolean {
  if (shown.repeats === undefined) return fits(store, annotator, shown, {});
  const { first, repeats } = labelsBy(store, annotator, shown.pairId);
  return first?.id === shown.repeats && repeats.length === 0;
}

/** Whether the filter lets the pair in; of a repeat only kind and group are asked, since it is labelled by its nature. */
function fits(store: Store, annotator: string, shown: Shown, filter: PairFilter): boolean {
  if (shown.repeats !== undefined) return fitsKindAndGroup(store, shown.pairId, filter);
  return store.pairs.nextFor(annotator, filter, shown.sequence - 1)?.pair.id === shown.pairId;
}

function fitsKindAndGroup(store: Store, pairId: string, { kind = [], group = [] }: PairFilter): boolean {
  const pair = store.pairs.get(pairId);
  if (pair === undefined || (kind.length > 0 && !kind.includes(pair.kind))) return false;
  return group.length === 0 || (pair.group !== undefined && group.includes(pair.group));
}

/**
 * The blind repeat that is due now, if any. Drawn from the annotator and the number of their acts, so that an undo does not change
 * what comes. A pair outside the filter would give itself away, so it is not asked again.
 */
function dueRepeat(store: Store, annotator: string, filter: PairFilter, rate: number): Shown | undefined {
  const acts = store.labels.undoDepth(annotator);
  if (drawn('repeat?', annotator, acts) >= rate) return undefined;
  const choices = store.labels
    .repeatable(annotator, repeatLag, repeatChoices)
    .filter((label) => fitsKindAndGroup(store, label.pairId, filter));
  const label = choices[Math.floor(drawn('which repeat', annotator, acts) * choices.length)];
  const sequence = label === undefined ? undefined : store.pairs.sequenceOf(label.pairId);
  if (label === undefined || sequence === undefined) return undefined;
  return { pairId: label.pairId, sequence, swapped: !label.swapped, repeats: label.id };
}

/** How the pair of an act was shown. To be asked before the act is undone. */
function shownAt(store: Store, act: Act): Shown {
  const { pairId, annotator } = act;
  const sequence = store.pairs.sequenceOf(pairId) ?? 1;
  const label = act.kind === 'label' ? store.labels.get(act.labelId) : undefined;
  if (label !== undefined) {
    const { swapped, repeats } = label;
    return { pairId, sequence, swapped, ...(repeats === undefined ? {} : { repeats }) };
  }
  // Only a repeat can be skipped after its pair was labelled.
  const { first } = labelsBy(store, annotator, pairId);
  if (first === undefined) return { pairId, sequence, swapped: isSwapped(annotator, pairId) };
  return { pairId, sequence, swapped: !first.swapped, repeats: first.id };
}
