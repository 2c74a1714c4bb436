// How a command that followed a run ends: exit code, what is said and written last.
import type { RunError } from '#contract/journal';
import type { RunStatus } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '#engine/problem';
import type { Outcome } from './command.ts';
import { onwards, type Followed } from './live/onwards.ts';
import { duration, shortId } from './text.ts';

/** So much of a value of the state is shown on a terminal: lines of a text, characters of anything else. */
const shownLines = 30;
const shownLength = 300;

/** 0 where what was asked for is done. */
const codes: Readonly<Record<RunStatus, number>> = {
  finished: 0,
  paused: 0,
  queued: 0,
  running: 0,
  failed: 1,
  cancelled: 1,
  waiting: 3,
  sleeping: 3,
  departed: 4,
};

/** For --help of every command that follows a run. */
export const exitCodes: readonly [string, string] = [
  'Exit codes',
  '0 finished (or paused where that was asked), 1 failed or cancelled, 2 wrong command line, 3 it waits, 4 a replay departed, 130 interrupted',
];

/** Where in the user's files it was thrown; the runner's own files are left out. */
export function userFrames({ stack = '' }: RunError): string[] {
  return stack.split('\n').filter((line) => /^\s*at (?!.*\b(?:file|node):)/u.test(line));
}

/** `stateOf`: the state after the run's last step; may throw NOT_FOUND where there is none. */
export function outcomeOf(followed: Followed, stateOf: () => JsonObject): Outcome {
  const { run, interrupts } = followed;
  const state = existing(stateOf);
  const id = shortId(run.id);
  const took = run.endedAt === undefined ? '' : ` in ${duration(run.endedAt - run.createdAt)}`;
  const said =
    run.error === undefined
      ? [`${run.status}${took}, run ${id}`]
      : [
          `${run.status}${took}, run ${id}: ${run.error.name}: ${run.error.message}`,
          ...userFrames(run.error).slice(0, 1),
          run.error.hint ?? '',
        ];
  const shown = state === undefined || run.status !== 'finished' ? '' : stateText(state, id, run.step);
  return {
    json: { kind: 'end', run, interrupts, ...(state === undefined ? {} : { state }) },
    text: [...said, ...onwards(followed), shown].filter((line) => line !== '').join('\n'),
    code: codes[run.status],
  };
}

/** What came of it: texts as they are, anything else as JSON on a line. */
function stateText(state: JsonObject, id: string, step: number): string {
  const shown = Object.entries(state).map(([key, value]) => valueText(key, value));
  const isCut = shown.some(({ cut }) => cut);
  return [...shown.map(({ text }) => text), ...(isCut ? [`All of it: atelier show ${id} --state ${step}`] : [])].join(
    '\n',
  );
}

function valueText(key: string, value: Json): { readonly text: string; readonly cut: boolean } {
  if (typeof value !== 'string' || !value.includes('\n')) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const cut = text.length > shownLength;
    return { text: `${key}: ${cut ? `${text.slice(0, shownLength)}…` : text}`, cut };
  }
  const lines = value.trimEnd().split('\n');
  const cut = lines.length > shownLines;
  const shown = [...lines.slice(0, shownLines), ...(cut ? ['…'] : [])].map((line) => `  ${line}`.trimEnd());
  return { text: [`${key}:`, ...shown].join('\n'), cut };
}

function existing(stateOf: () => JsonObject): JsonObject | undefined {
  try {
    return stateOf();
  } catch (error) {
    if (error instanceof Problem && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
