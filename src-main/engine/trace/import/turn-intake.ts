// Puts source nodes into the store, each once, and counts the turns messages stand on.
import type { Turn } from '#contract/turn';
import type { ResidueLink, Store } from '../../ports.ts';
import { IdTable } from './id-table.ts';
import type { SourceNode } from './source-tree.ts';

export class TurnIntake {
  readonly #store: Store;
  readonly #seen = new IdTable();
  #fresh = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Stores what is not stored yet of the path to `leaf`: turns, and residues where `residues` is not false. */
  put(leaf: SourceNode, residues = true): void {
    const { turns, fresh } = storeNodes(this.#store, leaf, residues);
    if (turns.length === 0) return;
    markStored(leaf);
    // An empty root stands under no message: it counts in neither figure.
    const bareRoot = leaf.bare && turns[0]?.parent === undefined;
    for (const turn of bareRoot ? turns.slice(1) : turns) this.#seen.add(turn.id);
    this.#fresh += fresh - (bareRoot && fresh === turns.length ? 1 : 0);
  }

  /** Distinct turns put so far, and those the store did not have. */
  counts(): { readonly turns: number; readonly newTurns: number } {
    return { turns: this.#seen.size, newTurns: this.#fresh };
  }
}

/** Stores what is not marked as stored of the path to `leaf`; returns these turns, and how many the store did not have. Marks nothing. */
export function storeNodes(
  store: Store,
  leaf: SourceNode,
  residues: boolean,
): { readonly turns: readonly Turn[]; readonly fresh: number } {
  const nodes: SourceNode[] = [];
  for (let node: SourceNode | undefined = leaf; node !== undefined && !node.stored; node = node.above) nodes.push(node);
  if (nodes.length === 0) return { turns: [], fresh: 0 };
  nodes.reverse();
  const turns: Turn[] = [];
  const turnTexts: string[] = [];
  const links: ResidueLink[] = [];
  const linkTexts: string[] = [];
  for (const node of nodes) {
    turns.push(...node.turns);
    turnTexts.push(...node.turnTexts);
    if (node.link === undefined) continue;
    links.push(node.link.link);
    linkTexts.push(node.link.text);
  }
  const fresh = store.turns.putPath(turns, turnTexts);
  if (residues && links.length > 0) store.traces.putResidues(links, linkTexts);
  return { turns, fresh };
}

/** Remembers that the path to `leaf` is in the store, so that it is not put again. */
export function markStored(leaf: SourceNode): void {
  for (let node: SourceNode | undefined = leaf; node !== undefined && !node.stored; node = node.above)
    node.stored = true;
}
