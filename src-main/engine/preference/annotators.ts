// Annotators: the people who label, by name.
import type { Annotator } from '#contract/label';
import type { Clock, Store } from '../ports.ts';
import { Problem } from '../problem.ts';

/** Throws NOT_FOUND where nobody of this name was added. */
export function requireAnnotator(store: Store, name: string): void {
  if (store.labels.annotators().some((annotator) => annotator.name === name)) return;
  throw new Problem(
    'NOT_FOUND',
    `There is no annotator “${name}” in this workspace.`,
    'Add the name first, then label.',
  );
}

/**
 * Adds an annotator; one of that very name is left as they are. Throws CONFLICT where a name differs in nothing but case, because
 * labels would then be split between the two by a slip.
 */
export function ensureAnnotator(store: Store, clock: Clock, name: string): void {
  const known = store.labels.annotators();
  if (known.some((annotator) => annotator.name === name)) return;
  const alike = known.find((annotator) => folded(annotator.name) === folded(name));
  if (alike !== undefined) {
    throw new Problem(
      'CONFLICT',
      `There is an annotator “${alike.name}” already.`,
      `Write the name as “${alike.name}”.`,
    );
  }
  store.labels.addAnnotator({ name, createdAt: clock.now() });
}

/** The annotators after `name` was added. */
export function addAnnotator(store: Store, clock: Clock, name: string): readonly Annotator[] {
  ensureAnnotator(store, clock, name);
  return store.labels.annotators();
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
