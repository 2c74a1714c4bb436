// A pair as the screen and the list show it: the shared prefix, both sides, where each came from.
import type { Pair, PairDetail, PairFilter, PairListItem, SideOrigin } from '#contract/pair';
import type { Page } from '#contract/trace';
import type { Message, Turn, TurnId } from '#contract/turn';
import type { Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import { sharedLength } from '../turns/path.ts';

/** Characters of an excerpt. */
const excerptLength = 160;
/** Turns an excerpt looks back for the assistant's last word. */
const lookBack = 8;

/** The pair, or NOT_FOUND. */
export function requirePair(store: Store, id: string): Pair {
  const pair = store.pairs.get(id);
  if (pair !== undefined) return pair;
  throw new Problem(
    'NOT_FOUND',
    'There is no such pair in this workspace.',
    'List the pairs to see the ids of those there are.',
  );
}

/** Everything about one pair. Throws NOT_FOUND for an unknown id. */
export function pairDetail(store: Store, id: string): PairDetail {
  return detailOf(store, requirePair(store, id));
}

export function detailOf(store: Store, pair: Pair): PairDetail {
  const pathA = store.turns.path(pair.a);
  const pathB = store.turns.path(pair.b);
  const promptAt = pathA.findIndex((turn) => turn.id === pair.prompt);
  const shared = promptAt === -1 ? sharedLength(pathA, pathB) : promptAt + 1;
  return {
    pair,
    prefix: pathA.slice(0, shared),
    a: pathA.slice(shared),
    b: pathB.slice(shared),
    originA: originOf(store, pair.a, pair.traceA),
    originB: originOf(store, pair.b, pair.traceB),
  };
}

/** A page of pairs in order of arrival, with the last thing the assistant said on each side. */
export function pairListItems(store: Store, filter: PairFilter, offset: number, limit: number): Page<PairListItem> {
  const { items, total } = store.pairs.list(filter, offset, limit);
  return {
    total,
    items: items.map((pair) => ({
      pair,
      excerptA: excerptAt(store, pair.a),
      excerptB: excerptAt(store, pair.b),
      labels: store.labels.list({ pairId: pair.id }, 0, 1).total,
    })),
  };
}

function originOf(store: Store, leaf: TurnId, traceId: string | undefined): SideOrigin {
  const trace = traceId === undefined ? store.traces.through(leaf, 1)[0] : store.traces.get(traceId)?.summary;
  if (trace === undefined) return { scores: [] };
  return {
    traceId: trace.id,
    traceName: trace.name,
    source: trace.source,
    ...(trace.model === undefined ? {} : { model: trace.model }),
    scores: trace.scores,
  };
}

/** Runs often end in a tool's result or a user's sign-off, so the assistant's last word stands for the side. */
function excerptAt(store: Store, leaf: TurnId): string {
  const last = store.turns.get(leaf);
  let turn: Turn | undefined = last;
  for (let step = 0; step < lookBack && turn !== undefined; step += 1) {
    const words = turn.message.role === 'assistant' ? excerptOf(turn.message) : '';
    if (words !== '') return words;
    turn = turn.parent === undefined ? undefined : store.turns.get(turn.parent);
  }
  return last === undefined ? '' : excerptOf(last.message);
}

/** The message in one line: its text, else its tool calls. */
export function excerptOf(message: Message): string {
  const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join(' ');
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  const words =
    text.trim() === '' ? calls.map((call) => `${call.name}(${JSON.stringify(call.arguments)})`).join(' ') : text;
  const line = words
    .slice(0, 4 * excerptLength)
    .replaceAll(/\s+/gu, ' ')
    .trim();
  if (line.length <= excerptLength) return line;
  // Not through the middle of a surrogate pair.
  return `${line.slice(0, excerptLength - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}
