// Two states as one tree: what was added, changed or taken away, and what stayed.
import type { Json, JsonObject } from '#contract/turn';
import { isList } from '../../lib/json-kinds.ts';

export type Change = 'same' | 'added' | 'removed' | 'changed';

export interface StateNode {
  /** Keys and indexes from the root, joined by "/" (RFC 6901). */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** "changed" also where only something inside did. */
  readonly change: Change;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** How many members or items it has; undefined for a plain value. */
  readonly size: number | undefined;
}

export interface StateRow extends StateNode {
  readonly isOpen: boolean;
}

/** Whether two values are the same JSON. */
export function sameJson(one: Json | undefined, two: Json | undefined): boolean {
  if (one === two) return true;
  if (typeof one !== 'object' || typeof two !== 'object' || one === null || two === null) return false;
  if (isList(one) || isList(two)) {
    return isList(one) && isList(two) && one.length === two.length && one.every((item, at) => sameJson(item, two[at]));
  }
  const keys = Object.keys(one);
  return keys.length === Object.keys(two).length && keys.every((key) => key in two && sameJson(one[key], two[key]));
}

/** The members of a value in the order of `after`, those that are gone at their end. */
export function childrenOf(node: StateNode): readonly StateNode[] {
  const { before, after, depth, path } = node;
  const names = new Set([...namesOf(after), ...namesOf(before)]);
  // Where only one side has members, the other has none of the same name.
  return [...names].map((name) =>
    nodeAt(
      `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      name,
      depth + 1,
      memberOf(before, name),
      memberOf(after, name),
    ),
  );
}

/** The members of the state itself. */
export function rootsOf(before: JsonObject | undefined, after: JsonObject | undefined): readonly StateNode[] {
  return childrenOf(nodeAt('', '', -1, before ?? after, after ?? before));
}

/**
 * The tree as rows. Open are the parts in `turned` that would be shut, and the others that hold a change and are not long;
 * at most `most` rows.
 */
export function rowsOf(roots: readonly StateNode[], turned: ReadonlySet<string>, most = 20_000): readonly StateRow[] {
  const rows: StateRow[] = [];
  const add = (node: StateNode): void => {
    if (rows.length >= most) return;
    const isOpen = node.size !== undefined && node.size > 0 && opensByItself(node) !== turned.has(node.path);
    rows.push({ ...node, isOpen });
    if (isOpen) for (const child of childrenOf(node)) add(child);
  };
  for (const root of roots) add(root);
  return rows;
}

const shortSize = 30;

function opensByItself(node: StateNode): boolean {
  return node.change === 'changed' && (node.size ?? 0) <= shortSize;
}

/** One line of a value. */
export function briefOf(value: Json | undefined, most = 200): string {
  if (value === undefined) return '';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).slice(0, most);
  const size = namesOf(value).length;
  if (isList(value)) return size === 1 ? '[1 item]' : `[${size.toLocaleString()} items]`;
  return size === 0 ? '{}' : `{${Object.keys(value).slice(0, 6).join(', ')}${size > 6 ? ', …' : ''}}`;
}

/** So much of what two texts have in common is shown before they part. */
const sharedShown = 12;

/** Two values that differ, each on one line: of texts that begin alike, from a little before where they part. */
export function briefsOf(before: Json | undefined, after: Json | undefined): readonly [before: string, after: string] {
  if (typeof before !== 'string' || typeof after !== 'string') return [briefOf(before, 60), briefOf(after)];
  let shared = 0;
  while (shared < before.length && before[shared] === after[shared]) shared += 1;
  const from = shared - sharedShown;
  if (from <= sharedShown) return [briefOf(before, 60), briefOf(after)];
  const tail = (text: string, most: number): string => `…${JSON.stringify(text.slice(from)).slice(1, most)}`;
  return [tail(before, 60), tail(after, 200)];
}

function nodeAt(
  path: string,
  name: string,
  depth: number,
  before: Json | undefined,
  after: Json | undefined,
): StateNode {
  const shown = after ?? before;
  const size = typeof shown === 'object' && shown !== null ? namesOf(shown).length : undefined;
  return { path, name, depth, change: changeOf(before, after), before, after, size };
}

function changeOf(before: Json | undefined, after: Json | undefined): Change {
  if (before === undefined) return after === undefined ? 'same' : 'added';
  if (after === undefined) return 'removed';
  return sameJson(before, after) ? 'same' : 'changed';
}

function namesOf(value: Json | undefined): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value);
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return isList(value) ? value[Number(name)] : value[name];
}
