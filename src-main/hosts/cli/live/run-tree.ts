// A run's nodes as lines for a terminal: a pure function of what is known and of the time.
import type { RunStatus } from '#contract/run';
import { count } from '../table.ts';
import { cut, displayWidth, duration, figure, fitting, flat } from '../text.ts';
import type { NodeRow, RunView } from './run-view.ts';

export interface TreeShape {
  readonly columns: number;
  /** At most so many lines. */
  readonly rows: number;
  readonly colour: boolean;
  /** Epoch ms. */
  readonly now: number;
}

type State = 'done' | 'running' | 'failed' | 'retrying' | 'asks' | 'waits' | 'idle';
type Style = 'plain' | 'dim' | 'ok' | 'warn' | 'error' | 'accent';

const marks: Readonly<Record<State, readonly [string, Style]>> = {
  done: ['✓', 'ok'],
  running: ['●', 'accent'],
  failed: ['✗', 'error'],
  retrying: ['↻', 'warn'],
  asks: ['?', 'warn'],
  waits: ['◷', 'dim'],
  idle: ['·', 'dim'],
};
const statusStyles: Readonly<Partial<Record<RunStatus, Style>>> = {
  finished: 'ok',
  failed: 'error',
  departed: 'error',
  waiting: 'warn',
  paused: 'warn',
  running: 'accent',
};
const codes: Readonly<Record<Style, string>> = { plain: '', dim: '2', ok: '32', warn: '33', error: '31', accent: '36' };

/** Lines of what a model says, and of models that speak at the same time. */
const saidLines = 2;
const speakers = 3;
const widestName = 40;

interface Line {
  /** Pieces with their style; nothing in them is obeyed by a terminal. */
  readonly pieces: readonly (readonly [string, Style])[];
  /** Whether it may be left out where there is no room. */
  readonly spare: boolean;
}

/** Each at most `columns` wide. `title`: the run in a few words. */
export function treeLines(title: string, view: RunView, shape: TreeShape): string[] {
  const rows = [...flatten(view.roots, 0)];
  const width = Math.min(widestName, Math.max(0, ...rows.map(({ row, depth }) => displayWidth(row.name) + 2 * depth)));
  let speaking = 0;
  const body = rows.flatMap(({ row, depth }): Line[] => {
    const lines = [nodeLine(row, depth, width, shape)];
    for (const call of row.calls.values()) {
      if (call.kind !== 'model' || call.tail === '' || speaking === speakers) continue;
      speaking += 1;
      lines.push(...saying(call.tail, depth, shape.columns));
    }
    return lines;
  });
  const ending = endingOf(view);
  const room = Math.max(1, shape.rows - 1 - ending.length);
  return [headLine(title, view, shape), ...fitted(body, room), ...ending].map((line) => written(line, shape));
}

function* flatten(
  rows: ReadonlyMap<string, NodeRow>,
  depth: number,
): Generator<{ readonly row: NodeRow; readonly depth: number }> {
  for (const row of rows.values()) {
    yield { row, depth };
    yield* flatten(row.children, depth + 1);
  }
}

function headLine(title: string, view: RunView, { now }: TreeShape): Line {
  const facts = [
    `step ${figure(view.step)}`,
    ...(view.startedAt === undefined ? [] : [duration(Math.max(0, (view.endedAt ?? now) - view.startedAt))]),
    ...(view.tokens === 0 ? [] : [count(view.tokens, 'token')]),
  ];
  return {
    pieces: [
      [`${flat(title)}  `, 'plain'],
      [view.status, statusStyles[view.status] ?? 'plain'],
      [` · ${facts.join(' · ')}`, 'dim'],
    ],
    spare: false,
  };
}

function nodeLine(row: NodeRow, depth: number, width: number, { now }: TreeShape): Line {
  const state = stateOf(row);
  const [mark, style] = marks[state];
  const indent = '  '.repeat(depth);
  const name = cut(flat(row.name), widestName - indent.length);
  const times = row.done + (state === 'done' ? 0 : row.active.size);
  const spent = row.ms + [...row.active.values()].reduce((sum, at) => sum + Math.max(0, now - at), 0);
  const facts = [
    ...(times > 1 ? [`×${figure(row.done)}${row.active.size > 0 ? `+${row.active.size}` : ''}`] : []),
    ...(spent > 0 || row.done > 0 ? [duration(spent)] : []),
  ];
  const note = noteOf(row, state, now);
  return {
    pieces: [
      [`${indent}${mark} `, style],
      [name.padEnd(name.length + Math.max(0, width - indent.length - displayWidth(name))), 'plain'],
      [facts.length === 0 ? '' : `  ${facts.join(' ')}`, 'dim'],
      [note === undefined ? '' : `  ${note}`, state === 'failed' ? 'error' : state === 'running' ? 'dim' : 'warn'],
    ],
    spare: state === 'done' || state === 'idle',
  };
}

function stateOf(row: NodeRow): State {
  if (row.asks.size > 0) return [...row.asks.values()].some((ask) => ask.kind !== 'wait') ? 'asks' : 'waits';
  if (row.failure !== undefined) return row.failure.retryAt === undefined ? 'failed' : 'retrying';
  if (row.active.size > 0) return 'running';
  return row.done > 0 ? 'done' : 'idle';
}

function noteOf(row: NodeRow, state: State, now: number): string | undefined {
  const [ask] = row.asks.values();
  if (ask !== undefined) {
    const until = ask.until === undefined ? '' : ` (${duration(Math.max(0, ask.until - now))} left)`;
    return `${ask.kind === 'wait' ? 'sleeps' : `asks: ${flat(ask.title)}`}${until}`;
  }
  if (row.failure !== undefined) {
    const again = row.failure.retryAt === undefined ? '' : ' – tries again';
    return flat(row.failure.text) + again;
  }
  const calls = [...row.calls.values()];
  if (state !== 'running' || calls.length === 0) return undefined;
  return flat([...new Set(calls.map((call) => call.name.slice(call.name.indexOf('#') + 1)))].slice(0, 3).join(', '));
}

/** The end of what is said, folded to the width. */
function saying(tail: string, depth: number, columns: number): Line[] {
  const indent = `${'  '.repeat(depth)}    `;
  const width = Math.max(10, columns - indent.length - 1);
  const lines: string[] = [];
  for (const paragraph of tail.split('\n')) {
    let rest = flat(paragraph);
    while (rest !== '') {
      const line = head(rest, width);
      lines.push(line);
      rest = rest.slice(line.length).trimStart();
    }
  }
  return lines.slice(-saidLines).map((line) => ({ pieces: [[indent + line, 'dim']], spare: false }));
}

/** As much as fits, up to the end of a word where there is one. */
function head(text: string, width: number): string {
  const end = fitting(text, width);
  if (end >= text.length) return text;
  const space = text.lastIndexOf(' ', end);
  return text.slice(0, space > 0 ? space : Math.max(1, end));
}

function endingOf(view: RunView): Line[] {
  if (view.error !== undefined) return [{ pieces: [[flat(view.error), 'error']], spare: false }];
  if (view.log === undefined || view.endedAt !== undefined) return [];
  return [{ pieces: [[`${view.log.level}: ${flat(view.log.text)}`, 'dim']], spare: false }];
}

/** Leaves out the oldest of what is done, then the oldest of all. */
function fitted(lines: readonly Line[], room: number): Line[] {
  if (lines.length <= room) return [...lines];
  let surplus = lines.length - room + 1;
  const left = surplus;
  const kept = lines.filter((line) => {
    if (!line.spare || surplus === 0) return true;
    surplus -= 1;
    return false;
  });
  const shown = room <= 1 ? [] : kept.slice(-(room - 1));
  const hidden = left - surplus + kept.length - shown.length;
  return [{ pieces: [[`… ${count(hidden, 'more line')} above`, 'dim']], spare: false }, ...shown];
}

function written({ pieces }: Line, { columns, colour }: TreeShape): string {
  let room = columns;
  let text = '';
  for (const [piece, style] of pieces) {
    if (piece === '' || room <= 0) continue;
    const shown = cut(piece, room);
    room -= displayWidth(shown);
    const code = codes[style];
    text += colour && code !== '' ? `\u001B[${code}m${shown}\u001B[0m` : shown;
  }
  return text.trimEnd();
}
