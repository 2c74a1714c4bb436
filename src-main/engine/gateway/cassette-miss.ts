// Says why nothing recorded answers a request: the recorded prompt that is nearest to it, and the first thing in which they differ.
import type { Json, JsonObject, Message, Turn } from '#contract/turn';
import type { Store } from '../ports.ts';
import type { CapturedRequest } from '../trace/captured/captured-request.ts';
import { openaiRecord } from '../trace/export/openai-record.ts';
import { searchText } from '../turns/search-text.ts';
import { comparable, differenceOf, type Comparable } from './cassette-terms.ts';
import type { Asked, Lookup } from './recorder.ts';

type Miss = Extract<Lookup, { readonly kind: 'miss' }>;

/** So many traces are looked at where no recorded prompt begins as the request does, the newest first. */
const mostTraces = 30;
/** So many continuations of a shared beginning are compared, and so many turns gone back for one that has any. */
const mostChildren = 200;
const mostSteps = 50;
/** Characters on each side of a difference, and of a value, that are shown. */
const around = 60;
const longestValue = 200;
/** The nearest prompt is shown by its last messages, texts cut. */
const mostMessages = 8;
const longestText = 600;

const hint = 'Record it with a key in the mode "record" or "replay-then-live", or make the request as it was recorded.';

export function missOf(store: Store, asked: Asked, request: CapturedRequest, terms: Comparable): Miss {
  const path = [...request.turns()].toReversed();
  const shared = path.findLastIndex((turn) => store.turns.get(turn.id) !== undefined);
  const read = path[shared];
  if (read !== undefined && shared === path.length - 1 && isAnswered(store, read))
    return unanswered(store, asked, read, terms);
  // A prompt that was asked and never answered, as this one after its first miss, is no record.
  for (let at = shared; at >= 0 && at > shared - mostSteps; at -= 1) {
    const [last, next] = [path[at], path[at + 1]];
    if (last === undefined || next === undefined) continue;
    const others = store.turns.children(last.id, mostChildren).filter(({ id }) => id !== next.id);
    const recorded = others.filter((turn) => isAnswered(store, turn));
    if (recorded.length > 0) return parted(store, next, recorded);
    if (last.message.role === 'assistant') return ended(store, last, next);
  }
  return unlike(store, path);
}

/** Whether it is an answer, or something was said after it. */
function isAnswered(store: Store, { id, message }: Turn): boolean {
  return message.role === 'assistant' || store.turns.children(id, 1).length > 0;
}

/** The whole prompt is in the tree. */
function unanswered(store: Store, asked: Asked, read: Turn, terms: Comparable): Miss {
  const nearest = nearestOf(store, read);
  const recorded = store.calls.answersTo(read.id, asked.dialect, 20).map(({ rest }) => comparable(asked.dialect, rest));
  for (const one of recorded) {
    const difference = differenceOf(one, terms);
    if (difference === undefined) continue;
    const { name } = difference;
    const [before, now] = [valueText(difference.recorded), valueText(difference.asked)];
    const sentence = `The same messages are recorded, but with ${name} ${before} where the request has ${now}.`;
    const at = { [name]: { recorded: difference.recorded ?? null, asked: difference.asked ?? null } };
    return { kind: 'miss', sentence, hint, nearest: { ...nearest, difference: at } };
  }
  const answers = store.turns.children(read.id, mostChildren).filter(({ message }) => message.role === 'assistant');
  const why =
    answers.length === 0
      ? 'the conversation went on without an answer'
      : `their answers are of another model than ${terms.model ?? 'the one asked for'}, or of removed traces`;
  return { kind: 'miss', sentence: `The same messages are recorded, but ${why}.`, hint, nearest };
}

/** A recorded prompt begins as the request does and goes on in other words. */
function parted(store: Store, next: Turn, recorded: readonly Turn[]): Miss {
  const alike = recorded.filter(({ message }) => message.role === next.message.role);
  const other = nearestTo(next, alike.length > 0 ? alike : recorded);
  const difference = differenceIn(other.message, next.message);
  const place = `${messageName(next)}${difference.where}`;
  const sentence = `The nearest recorded prompt differs in ${place}: recorded is ${quoted(difference.recorded)}, asked is ${quoted(difference.asked)}.`;
  const shown = { message: next.depth, recorded: difference.recorded, asked: difference.asked };
  return { kind: 'miss', sentence, hint, nearest: { ...nearestOf(store, other), difference: shown } };
}

function ended(store: Store, last: Turn, next: Turn): Miss {
  const said = quoted(textOf(next.message));
  const sentence = `A recorded conversation begins with the same ${counted(last.depth)}, but ends there; the request goes on with ${messageName(next)}: ${said}.`;
  return { kind: 'miss', sentence, hint, nearest: nearestOf(store, last) };
}

/** No recorded prompt has the same system prompt and tools: the nearest by its words. */
function unlike(store: Store, path: readonly Turn[]): Miss {
  const [root, first] = path;
  const { items } = store.traces.list({}, { by: 'date', descending: true }, 0, mostTraces);
  let best: { readonly root: Turn; readonly leaf: Turn; readonly score: number } | undefined;
  for (const { leaf } of items) {
    const recorded = leaf === undefined ? [] : store.turns.path(leaf);
    const [context, begin] = recorded;
    if (context === undefined || root === undefined || !recorded.some(({ message }) => message.role === 'assistant'))
      continue;
    const said = first !== undefined && begin !== undefined ? likeness(begin.message, first.message) : 0;
    const score = likeness(context.message, root.message) + said;
    if (best === undefined || score > best.score) best = { root: context, leaf: begin ?? context, score };
  }
  if (best === undefined || root === undefined)
    return { kind: 'miss', sentence: 'Nothing has been recorded yet.', hint };
  const difference = differenceIn(best.root.message, root.message);
  const sentence = `No recorded prompt has the same system prompt and tools. The nearest one differs${difference.where}: recorded is ${quoted(difference.recorded)}, asked is ${quoted(difference.asked)}.`;
  const shown = { message: 0, recorded: difference.recorded, asked: difference.asked };
  return { kind: 'miss', sentence, hint, nearest: { ...nearestOf(store, best.leaf), difference: shown } };
}

/** The prompt up to a turn, as OpenAI chat messages, and a trace that leads there. */
function nearestOf(store: Store, turn: Turn): JsonObject {
  const [trace] = store.traces.through(turn.id, 1);
  const { messages } = openaiRecord(store, { leaf: turn.id });
  const list = Array.isArray(messages) ? (messages as readonly Json[]) : [];
  return {
    turn: turn.id,
    ...(trace === undefined ? {} : { trace: trace.id }),
    ...(list.length > mostMessages ? { messagesBefore: list.length - mostMessages } : {}),
    messages: list.slice(-mostMessages).map(cut),
  };
}

function cut(value: Json): Json {
  if (typeof value === 'string') return value.length <= longestText ? value : `${value.slice(0, longestText)}…`;
  if (Array.isArray(value)) return value.map((item: Json) => cut(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cut(member)]));
}

function nearestTo(asked: Turn, turns: readonly Turn[]): Turn {
  let best = asked;
  let most = -1;
  for (const turn of turns) {
    const score = likeness(turn.message, asked.message);
    if (score < most) continue;
    [best, most] = [turn, score];
  }
  return best;
}

/** From 0 to 1: how much of both is the same at the beginning and at the end. */
function likeness(one: Message, two: Message): number {
  const [left, right] = [textOf(one), textOf(two)];
  if (left === right) return 1;
  const from = firstDifference(left, right);
  let tail = 0;
  const most = Math.min(left.length, right.length) - from;
  while (tail < most && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
  return (from + tail) / Math.max(left.length, right.length, 1);
}

interface InWords {
  /** " in its tools"; empty where it is in what is said. */
  readonly where: string;
  readonly recorded: string;
  readonly asked: string;
}

function differenceIn(recorded: Message, asked: Message): InWords {
  if (recorded.role !== asked.role) return { where: '', recorded: recorded.role, asked: asked.role };
  if (recorded.role !== 'context' || asked.role !== 'context')
    return { where: '', ...excerpts(textOf(recorded), textOf(asked)) };
  if (said(recorded) === said(asked))
    return { where: ' in its tools', ...excerpts(JSON.stringify(recorded.tools), JSON.stringify(asked.tools)) };
  return { where: ' in its system prompt', ...excerpts(said(recorded), said(asked)) };
}

/** Both around the first difference. */
function excerpts(recorded: string, asked: string): { readonly recorded: string; readonly asked: string } {
  const at = firstDifference(recorded, asked);
  const from = at <= around ? 0 : at - around / 2;
  const excerpt = (text: string): string => {
    const to = at + around;
    const words = text.slice(from, to).toWellFormed();
    return `${from > 0 ? '…' : ''}${words}${to < text.length ? '…' : ''}`;
  };
  return { recorded: excerpt(recorded), asked: excerpt(asked) };
}

function firstDifference(one: string, two: string): number {
  const most = Math.min(one.length, two.length);
  let at = 0;
  while (at < most && one[at] === two[at]) at += 1;
  return at;
}

/** What a person sees of a message; where they see the same of both, all of it. */
function textOf(message: Message): string {
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  const written = calls.map((call) => `${call.name}(${JSON.stringify(call.arguments)})`);
  const images = message.content.flatMap((part) => (part.type === 'image' ? [part.url] : []));
  const tools = message.role === 'context' ? [JSON.stringify(message.tools)] : [];
  return [said(message), ...images, ...written, ...tools].filter((text) => text !== '').join('\n');
}

function said(message: Message): string {
  return searchText({ content: message.content, role: 'user' });
}

function messageName({ depth, message }: Turn): string {
  return `message ${depth} (${message.role})`;
}

function counted(messages: number): string {
  if (messages === 0) return 'system prompt and tools';
  return messages === 1 ? 'message' : `${messages} messages`;
}

function quoted(text: string): string {
  return `“${text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`}”`;
}

function valueText(value: Json | undefined): string {
  return value === undefined ? 'absent' : quoted(typeof value === 'string' ? value : JSON.stringify(value));
}
