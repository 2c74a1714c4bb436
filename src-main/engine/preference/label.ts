// Giving a label: what is checked, how an edit becomes turns, and that it is on disk when the function returns.
import { importedAnnotator, type Label, type LabelInput } from '#contract/label';
import type { Pair } from '#contract/pair';
import { randomUUID } from 'node:crypto';
import type { Clock, Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import { ensureAnnotator } from './annotators.ts';
import { requirePair } from './detail.ts';
import { editedTurns } from './edit.ts';

/**
 * Stores one judgement; durable when it returns. The annotator is added on first use.
 * Throws REFUSED under the name of imported labels, NOT_FOUND for an unknown pair, BAD_INPUT for an edit that is none, and CONFLICT where the annotator has labelled the pair
 * already and this is not the blind repeat that it claims to be.
 */
export function labelPair(store: Store, clock: Clock, input: LabelInput): Label {
  if (input.annotator === importedAnnotator) {
    throw new Problem(
      'REFUSED',
      `“${importedAnnotator}” stands for labels that came in with files.`,
      'Label under a name of your own.',
    );
  }
  return store.transaction(() => {
    const pair = requirePair(store, input.pairId);
    ensureAnnotator(store, clock, input.annotator);
    refuseDouble(store, input);
    const edit = input.edit === undefined ? undefined : storeEdit(store, pair, input);
    const rationale = input.rationale?.trim() ?? '';
    const label: Label = {
      id: randomUUID(),
      pairId: pair.id,
      annotator: input.annotator,
      choice: input.choice,
      strength: input.strength,
      tags: [...new Set(input.tags)],
      ...(rationale === '' ? {} : { rationale }),
      ...(edit === undefined ? {} : { edit }),
      swapped: input.swapped,
      elapsedMs: input.elapsedMs,
      ...(input.repeats === undefined ? {} : { repeats: input.repeats }),
      source: 'human',
      createdAt: clock.now(),
    };
    store.labels.add(label);
    return label;
  });
}

/** The annotator's live labels on a pair: the first, and the repeats of it. */
export function labelsBy(
  store: Store,
  annotator: string,
  pairId: string,
): { first?: Label; repeats: readonly Label[] } {
  const labels = store.labels.list({ annotator, pairId }, 0, 1000).items;
  const first = labels.find((label) => label.repeats === undefined);
  return { ...(first === undefined ? {} : { first }), repeats: labels.filter((label) => label.repeats !== undefined) };
}

function refuseDouble(store: Store, input: LabelInput): void {
  const { first, repeats } = labelsBy(store, input.annotator, input.pairId);
  if (input.repeats === undefined) {
    if (first === undefined) return;
    throw new Problem(
      'CONFLICT',
      `${input.annotator} has labelled this pair already.`,
      'Go on with the next pair, or undo the label to give another.',
    );
  }
  if (first?.id === input.repeats && !repeats.some((label) => label.repeats === input.repeats)) return;
  throw new Problem(
    'CONFLICT',
    first?.id === input.repeats ? 'This repeat was answered already.' : 'The label that this repeats was undone.',
    'Go on with the next pair.',
  );
}

function storeEdit(store: Store, pair: Pair, input: LabelInput): string | undefined {
  if (input.choice !== 'a' && input.choice !== 'b') {
    throw new Problem(
      'BAD_INPUT',
      'Only a chosen side can be edited.',
      'Choose the side that the edit improves, or drop the edit.',
    );
  }
  const turns = editedTurns(store, pair, input.choice, input.edit ?? []);
  store.turns.putPath(turns);
  return turns.at(-1)?.id;
}
