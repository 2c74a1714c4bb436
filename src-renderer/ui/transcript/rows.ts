// Transcript rows: one a turn, but a tool's result stands with the call it answers.
import type { ToolCall, Turn, TurnId } from '#contract/turn';

export interface CallWithResult {
  readonly call: ToolCall;
  /** Position among all tool calls of the transcript, from 0. */
  readonly position: number;
  /** The tool turn that answers it, where it follows before anybody else speaks. */
  readonly result?: Turn;
}

export interface TranscriptRow {
  readonly turn: Turn;
  readonly calls: readonly CallWithResult[];
  /** For a tool turn that stands alone: the name of the tool that answered. */
  readonly answers?: string;
}

/**
 * Rows of `turns`. `before` are the turns above them (the shared prefix), which only count for the numbering of calls.
 * A result is moved to its call when nothing but other results stands between; otherwise it keeps a row of its own.
 */
export function transcriptRows(turns: readonly Turn[], before: readonly Turn[] = []): TranscriptRow[] {
  const names: string[] = [];
  for (const turn of before) for (const call of callsOf(turn)) names.push(call.name);
  const rows: TranscriptRow[] = [];
  for (let at = 0; at < turns.length; at += 1) {
    const turn = turns[at];
    if (turn === undefined) continue;
    const first = names.length;
    const calls = callsOf(turn);
    for (const call of calls) names.push(call.name);
    if (calls.length === 0) {
      rows.push(aloneRow(turn, names));
      continue;
    }
    const { results, alone, next } = resultsAfter(turns, at + 1, first, calls.length);
    rows.push({
      turn,
      calls: calls.map((call, index) => {
        const result = results.get(first + index);
        return result === undefined ? { call, position: first + index } : { call, position: first + index, result };
      }),
    });
    for (const result of alone) rows.push(aloneRow(result, names));
    at = next - 1;
  }
  return rows;
}

/** Index of the row that shows a turn, its own or as a result; undefined where no row does. */
export function rowOfTurn(rows: readonly TranscriptRow[]): ReadonlyMap<TurnId, number> {
  const index = new Map<TurnId, number>();
  for (const [at, row] of rows.entries()) {
    index.set(row.turn.id, at);
    for (const call of row.calls) if (call.result !== undefined) index.set(call.result.id, at);
  }
  return index;
}

function callsOf(turn: Turn): readonly ToolCall[] {
  return turn.message.role === 'assistant' ? (turn.message.toolCalls ?? []) : [];
}

function resultsAfter(
  turns: readonly Turn[],
  from: number,
  first: number,
  count: number,
): { readonly results: ReadonlyMap<number, Turn>; readonly alone: readonly Turn[]; readonly next: number } {
  const results = new Map<number, Turn>();
  const alone: Turn[] = [];
  let next = from;
  for (; next < turns.length; next += 1) {
    const turn = turns[next];
    if (turn === undefined || turn.message.role !== 'tool') break;
    const { call } = turn.message;
    // A second answer to one call, or one to an earlier call, must stay to be seen.
    if (call !== undefined && call >= first && call < first + count && !results.has(call)) results.set(call, turn);
    else alone.push(turn);
  }
  return { results, alone, next };
}

function aloneRow(turn: Turn, names: readonly string[]): TranscriptRow {
  const { message } = turn;
  if (message.role !== 'tool') return { turn, calls: [] };
  const name = message.call === undefined ? message.name : names[message.call];
  return name === undefined ? { turn, calls: [] } : { turn, calls: [], answers: name };
}
