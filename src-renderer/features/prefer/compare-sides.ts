// Compares the two sides of a pair: which turns face each other, and which words of them stand on one side only.
import type { Message, Turn } from '#contract/turn';
import { diffArrays } from 'diff';
import { wordDiff, type DiffRun } from '../../lib/word-diff.ts';
import { readableArguments, readableResult } from './readable-json.ts';

/** Marks by `pieceKey`; a piece without an entry stands on one side only and is not marked word by word. */
export type Marks = ReadonlyMap<string, readonly DiffRun[]>;

export interface Comparison {
  readonly marks: Marks;
  /** Keys of the first pieces that differ, or of their turns, for "jump to the first divergence"; absent where that side has none. */
  readonly firstLeft?: string;
  readonly firstRight?: string;
  /** Turns that have no counterpart on the other side. */
  readonly alone: ReadonlySet<string>;
  /** The turns that face each other, in order: left id, right id. */
  readonly facing: readonly (readonly [string, string])[];
  /** Some text was compared by line or not at all, because it is very long. */
  readonly coarse: boolean;
}

/** A text that a person reads, by its place in a turn. */
interface Piece {
  readonly key: string;
  readonly kind: string;
  readonly text: string;
}

/** Names a piece of a turn: the n-th content part, or the arguments of the n-th tool call. */
export function pieceKey(turnId: string, kind: 'part' | 'call', index: number): string {
  return `${turnId}/${kind}/${String(index)}`;
}

/** Compares the turns after the prompt. Takes about `budgetMs` at most. */
export function compareSides(left: readonly Turn[], right: readonly Turn[], budgetMs = 120): Comparison {
  const marks = new Map<string, readonly DiffRun[]>();
  const alone = new Set<string>();
  const facing: (readonly [string, string])[] = [];
  const deadline = performance.now() + budgetMs;
  let firstLeft: string | undefined;
  let firstRight: string | undefined;
  let coarse = false;
  const rows = alignTurns(left, right);
  const note = (row: number, one: Piece | undefined, two: Piece | undefined): void => {
    if (firstLeft !== undefined || firstRight !== undefined) return;
    // Where a side has nothing to set against it, its turn at that place, or the next one, is shown.
    firstLeft = one?.key ?? keyFrom(rows.slice(row).find(([turn]) => turn !== undefined)?.[0]);
    firstRight = two?.key ?? keyFrom(rows.slice(row).find(([, turn]) => turn !== undefined)?.[1]);
  };
  for (const [row, [one, two]] of rows.entries()) {
    if (one === undefined || two === undefined) {
      const turn = one ?? two;
      if (turn === undefined) continue;
      alone.add(turn.id);
      const piece = pieces(turn)[0];
      note(row, one === undefined ? undefined : piece, two === undefined ? undefined : piece);
      continue;
    }
    facing.push([one.id, two.id]);
    for (const [pieceOne, pieceTwo] of matchPieces(pieces(one), pieces(two))) {
      if (pieceOne === undefined || pieceTwo === undefined) {
        note(row, pieceOne, pieceTwo);
        const piece = pieceOne ?? pieceTwo;
        if (piece !== undefined && piece.text !== '') marks.set(piece.key, [{ text: piece.text, only: true }]);
        continue;
      }
      if (pieceOne.text !== pieceTwo.text) note(row, pieceOne, pieceTwo);
      const diff = wordDiff(pieceOne.text, pieceTwo.text, Math.max(2, Math.min(40, deadline - performance.now())));
      if (diff.grain !== 'words') coarse = true;
      marks.set(pieceOne.key, diff.left);
      marks.set(pieceTwo.key, diff.right);
    }
  }
  return {
    marks,
    alone,
    facing,
    coarse,
    ...(firstLeft === undefined ? {} : { firstLeft }),
    ...(firstRight === undefined ? {} : { firstRight }),
  };
}

/** The key of a turn as a whole. */
function keyFrom(turn: Turn | undefined): string | undefined {
  return turn === undefined ? undefined : `${turn.id}/`;
}

/** Pairs the turns of both sides in order: equal outlines first, then whatever has the same role between them. */
export function alignTurns(
  left: readonly Turn[],
  right: readonly Turn[],
): (readonly [Turn | undefined, Turn | undefined])[] {
  const rows: (readonly [Turn | undefined, Turn | undefined])[] = [];
  let atLeft = 0;
  let atRight = 0;
  let gapLeft: Turn[] = [];
  let gapRight: Turn[] = [];
  const closeGap = (): void => {
    rows.push(...alignByRole(gapLeft, gapRight));
    gapLeft = [];
    gapRight = [];
  };
  for (const change of diffArrays(left.map(outline), right.map(outline))) {
    if (change.removed) gapLeft = [...gapLeft, ...left.slice(atLeft, (atLeft += change.count))];
    else if (change.added) gapRight = [...gapRight, ...right.slice(atRight, (atRight += change.count))];
    else {
      closeGap();
      for (let i = 0; i < change.count; i++) rows.push([left[atLeft++], right[atRight++]]);
    }
  }
  closeGap();
  return rows;
}

function alignByRole(left: readonly Turn[], right: readonly Turn[]): (readonly [Turn | undefined, Turn | undefined])[] {
  const rows: (readonly [Turn | undefined, Turn | undefined])[] = [];
  let atRight = 0;
  for (const turn of left) {
    const found = right.findIndex((other, at) => at >= atRight && other.message.role === turn.message.role);
    if (found === -1) {
      rows.push([turn, undefined]);
      continue;
    }
    for (const other of right.slice(atRight, found)) rows.push([undefined, other]);
    rows.push([turn, right[found]]);
    atRight = found + 1;
  }
  for (const other of right.slice(atRight)) rows.push([undefined, other]);
  return rows;
}

/** What a turn is, without its words: role and the names of its calls. */
function outline(turn: Turn): string {
  const { message } = turn;
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []).map((call) => call.name) : [];
  return [message.role, ...calls].join('\n');
}

/** The texts of a turn that can be compared, as the screen shows them. */
function pieces(turn: Turn): Piece[] {
  const { id, message } = turn;
  const parts: Piece[] = message.content.flatMap((part, index) =>
    part.type === 'text' || part.type === 'reasoning'
      ? [{ key: pieceKey(id, 'part', index), kind: part.type, text: partText(message, part.text) }]
      : [],
  );
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  return [
    ...parts,
    ...calls.map((call, index) => ({
      key: pieceKey(id, 'call', index),
      kind: `call ${call.name}`,
      text: readableArguments(call),
    })),
  ];
}

function partText(message: Message, text: string): string {
  return message.role === 'tool' ? readableResult(text) : text;
}

/** The n-th piece of a kind faces the n-th of that kind. */
function matchPieces(
  left: readonly Piece[],
  right: readonly Piece[],
): (readonly [Piece | undefined, Piece | undefined])[] {
  const free = [...right];
  const rows: (readonly [Piece | undefined, Piece | undefined])[] = left.map((piece) => {
    const at = free.findIndex((other) => other.kind === piece.kind);
    return [piece, at === -1 ? undefined : free.splice(at, 1)[0]];
  });
  return [...rows, ...free.map((piece) => [undefined, piece] as const)];
}
