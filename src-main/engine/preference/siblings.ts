// Mining by the tree alone: two answers of the assistant to one and the same prompt.
import type { TraceSummary } from '#contract/trace';
import type { Message, Turn } from '#contract/turn';
import type { Store } from '../ports.ts';
import { canonicalJson } from '../turns/canonical.ts';
import { counted, type Finding, type MineLimits } from './finding.ts';
import { inOrder, pairId } from './pair-id.ts';

/** Forks asked of the store at a time. */
const batch = 200;

interface Answer {
  readonly turn: Turn;
  readonly trace: TraceSummary;
}

/**
 * Every two assistant children of one turn; the sides are those children. A child that no listed trace leads through is left out:
 * it is an edit made while labelling, or belongs to removed traces.
 */
export function* siblings(store: Store, now: number, limits: MineLimits): Generator<Finding> {
  let after: string | undefined;
  for (;;) {
    const forks = store.turns.forks(after, batch);
    for (const fork of forks) yield* pairsOfFork(store, fork, now, limits);
    after = forks.at(-1);
    if (after === undefined) return;
  }
}

function* pairsOfFork(store: Store, fork: string, now: number, limits: MineLimits): Generator<Finding> {
  const turns = store.turns.children(fork).filter((turn) => turn.message.role === 'assistant');
  const answers: Answer[] = [];
  let unlisted = 0;
  let looked = 0;
  for (const turn of turns) {
    if (answers.length === limits.answersPerPrompt) break;
    looked += 1;
    const [trace] = store.traces.through(turn.id, 1);
    if (trace === undefined) unlisted += 1;
    else answers.push({ turn, trace });
  }
  let echoes = 0;
  for (const [index, one] of answers.entries()) {
    for (const two of answers.slice(index + 1)) {
      if (isEcho(one.turn.message, two.turn.message)) echoes += 1;
      else yield { kind: 'pair', pair: pairOf(fork, one, two, now) };
    }
  }
  if (echoes > 0) {
    yield { kind: 'left-out', why: 'Answers that were sent back without their reasoning', count: echoes };
  }
  if (unlisted > 0) {
    yield { kind: 'left-out', why: 'Answers that only edits or removed traces hold', count: unlisted };
  }
  const cut = pairsAmong(answers.length + turns.length - looked) - pairsAmong(answers.length);
  if (cut > 0) {
    const why = `Pairs beyond the first ${limits.answersPerPrompt} answers to one prompt`;
    yield { kind: 'left-out', why, count: cut };
  }
}

function pairOf(prompt: string, one: Answer, two: Answer, now: number): Extract<Finding, { kind: 'pair' }>['pair'] {
  const [a, b] = inOrder(one.turn.id, two.turn.id);
  const [answerA, answerB] = one.turn.id === a ? [one, two] : [two, one];
  const { group } = one.trace;
  const shared = group !== undefined && group === two.trace.group;
  return {
    id: pairId(a, b),
    kind: 'sibling',
    prompt,
    a,
    b,
    reason: reasonOf(one.turn.depth - 1, shared ? group : undefined),
    ...(shared ? { group } : {}),
    traceA: answerA.trace.id,
    traceB: answerB.trace.id,
    createdAt: now,
  };
}

/** `messages` stand between the context and the answers. */
function reasonOf(messages: number, group: string | undefined): string {
  const where = group === undefined ? '' : ` in group “${group}”`;
  if (messages === 0) return `Two openings under the same system prompt and tools${where}.`;
  return `Two different answers after the same ${counted(messages, 'message')}${where}.`;
}

function pairsAmong(count: number): number {
  return (count * (count - 1)) / 2;
}

/**
 * Whether one is the other without its reasoning. Clients leave that out when they send the conversation back, so that both stand in the
 * tree; they are one answer.
 */
function isEcho(one: Message, two: Message): boolean {
  const [left, right] = [withoutReasoning(one), withoutReasoning(two)];
  if (left !== one && right !== two) return false;
  return canonicalJson(left) === canonicalJson(right);
}

function withoutReasoning(message: Message): Message {
  if (!message.content.some(({ type }) => type === 'reasoning')) return message;
  return { ...message, content: message.content.filter(({ type }) => type !== 'reasoning') };
}
