// Word diff: what of two texts stands on one side only, in bounded time whatever their length.
import { diffArrays, type ArrayChange } from 'diff';

/** A run of text; `only` where the other side does not have it. */
export interface DiffRun {
  readonly text: string;
  readonly only: boolean;
}

export interface WordDiff {
  readonly left: readonly DiffRun[];
  readonly right: readonly DiffRun[];
  /** words: exact by word. lines: by line, because words took too long. none: the differing middle is marked whole. */
  readonly grain: 'words' | 'lines' | 'none';
}

// Runs of spaces, runs of letters and digits, single ideographs and kana, single signs. Together they cover every text.
const token =
  /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{N}\p{M}_])+|[^\s\p{L}\p{N}\p{M}_]|[\p{M}]/gu;
const wordChar = /[\p{L}\p{N}\p{M}_]/u;
/** Above this the words are not even counted. */
const maxWordChars = 400_000;
const maxLineChars = 8_000_000;

/**
 * Compares two texts word by word. The runs of a side join to its text; the runs with `only` false join to the same text
 * on both sides. Takes about `budgetMs` at most and gets coarser instead of slower (see `grain`).
 */
export function wordDiff(left: string, right: string, budgetMs = 40): WordDiff {
  if (left === right) return { left: sameRun(left), right: sameRun(right), grain: 'words' };
  const head = commonHead(left, right);
  const tail = commonTail(left, right, head);
  const middleLeft = left.slice(head, left.length - tail);
  const middleRight = right.slice(head, right.length - tail);
  const before = sameRun(left.slice(0, head));
  const after = sameRun(left.slice(left.length - tail));
  const middle = diffMiddle(middleLeft, middleRight, budgetMs);
  return {
    left: join([...before, ...middle.left, ...after]),
    right: join([...before, ...middle.right, ...after]),
    grain: middle.grain,
  };
}

function diffMiddle(left: string, right: string, budgetMs: number): WordDiff {
  if (left === '' || right === '') return { left: onlyRun(left), right: onlyRun(right), grain: 'words' };
  const started = performance.now();
  const size = left.length + right.length;
  if (size <= maxWordChars) {
    const words = diffTokens(tokens(left), tokens(right), budgetMs);
    if (words !== undefined) return { ...words, grain: 'words' };
  }
  if (size <= maxLineChars) {
    const rest = Math.max(5, budgetMs - (performance.now() - started));
    const lines = diffTokens(left.split(/(?<=\n)/), right.split(/(?<=\n)/), rest);
    if (lines?.left.some((run) => !run.only)) return { ...lines, grain: 'lines' };
  }
  return { left: onlyRun(left), right: onlyRun(right), grain: 'none' };
}

function diffTokens(
  left: string[],
  right: string[],
  budgetMs: number,
): { readonly left: DiffRun[]; readonly right: DiffRun[] } | undefined {
  const changes = diffArrays(left, right, { timeout: budgetMs });
  if (changes === undefined) return undefined;
  const onLeft: DiffRun[] = [];
  const onRight: DiffRun[] = [];
  for (const { same, left: one, right: two } of withoutChance(stepsOf(changes))) {
    onLeft.push({ text: same, only: false }, { text: one, only: true });
    onRight.push({ text: same, only: false }, { text: two, only: true });
  }
  return { left: onLeft, right: onRight };
}

/** What both sides have, then what each has instead of the other's; any of the three may be empty. */
interface Step {
  readonly same: string;
  readonly left: string;
  readonly right: string;
}

function stepsOf(changes: readonly ArrayChange<string>[]): Step[] {
  const steps: Step[] = [];
  let [same, left, right] = ['', '', ''];
  for (const change of changes) {
    const text = change.value.join('');
    if (change.removed) left += text;
    else if (change.added) right += text;
    else {
      steps.push({ same, left, right });
      [same, left, right] = [text, '', ''];
    }
  }
  return [...steps, { same, left, right }];
}

/** Takes a common run between two longer changes for chance ("to" in two unlike sentences): it reads as noise. */
function withoutChance(steps: readonly Step[]): Step[] {
  const kept: Step[] = [];
  for (const step of steps) {
    let last = step;
    for (let before = kept.at(-1); before !== undefined && isChance(before, last); before = kept.at(-1)) {
      kept.pop();
      last = {
        same: before.same,
        left: before.left + last.same + last.left,
        right: before.right + last.same + last.right,
      };
    }
    kept.push(last);
  }
  return kept;
}

function isChance(before: Step, { same, left, right }: Step): boolean {
  const changedBefore = Math.max(before.left.length, before.right.length);
  const changedAfter = Math.max(left.length, right.length);
  return changedBefore > 0 && changedAfter > 0 && same.length <= changedBefore && same.length <= changedAfter;
}

function tokens(text: string): string[] {
  return text.match(token) ?? [];
}

/** Length of the common beginning, back to a word's start so that no word is cut. */
function commonHead(left: string, right: string): number {
  const limit = Math.min(left.length, right.length);
  let at = 0;
  while (at < limit && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === left.length && at === right.length) return at;
  while (at > 0 && (isWordAt(left, at) || isWordAt(right, at)) && isWordAt(left, at - 1)) at--;
  return splitsSurrogate(left, at) ? at - 1 : at;
}

function commonTail(left: string, right: string, head: number): number {
  const limit = Math.min(left.length, right.length) - head;
  let length = 0;
  while (length < limit && left.charCodeAt(left.length - 1 - length) === right.charCodeAt(right.length - 1 - length))
    length++;
  while (
    length > 0 &&
    (isWordAt(left, left.length - length - 1) || isWordAt(right, right.length - length - 1)) &&
    isWordAt(left, left.length - length)
  ) {
    length--;
  }
  return length > 0 && splitsSurrogate(left, left.length - length) ? length - 1 : length;
}

function isWordAt(text: string, at: number): boolean {
  const char = text[at];
  return char !== undefined && (wordChar.test(char) || isSurrogate(text.charCodeAt(at)));
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** Whether a cut before `at` would part the two halves of one character. */
function splitsSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff;
}

function sameRun(text: string): DiffRun[] {
  return text === '' ? [] : [{ text, only: false }];
}

function onlyRun(text: string): DiffRun[] {
  return text === '' ? [] : [{ text, only: true }];
}

/** Joins neighbours of one kind, so that the page gets few elements. */
function join(runs: readonly DiffRun[]): DiffRun[] {
  const joined: DiffRun[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last?.only === run.only) joined[joined.length - 1] = { text: last.text + run.text, only: run.only };
    else if (run.text !== '') joined.push(run);
  }
  return joined;
}
