// The tree of a run on a terminal: what it says of nodes, how wide and how long it is, and that nothing in it is obeyed.
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contract/journal';
import { treeLines } from '#hosts/cli/live/run-tree';
import { RunView } from '#hosts/cli/live/run-view';
import { cut, displayWidth, duration } from '#hosts/cli/text';

const start = 1_700_000_000_000;

function viewOf(...events: readonly RunEvent[]): RunView {
  const view = new RunView();
  view.take({
    kind: 'events',
    events: events.map((event, index) => ({ seq: index + 1, at: start + index * 1000, event })),
  });
  return view;
}

function drawn(view: RunView, more: Partial<Parameters<typeof treeLines>[2]> = {}): string[] {
  return treeLines('triage 0a1b2c3d', view, { columns: 60, rows: 24, colour: false, now: start + 20_000, ...more });
}

const started: RunEvent = { type: 'run.started', agent: 'triage', file: 'a', hash: 'h', input: {}, seed: 1 };
const step = (number: number, next: string[], scope = ''): RunEvent => ({
  type: 'step.finished',
  scope,
  step: number,
  delta: [],
  next,
});
const done = (number: number, node: string, scope = '', ms = 120): RunEvent => ({
  type: 'node.finished',
  scope,
  step: number,
  node,
  ms,
});
const asked = (key: string, name: string, kind: 'model' | 'tool' = 'model'): RunEvent => ({
  type: 'effect.requested',
  key,
  kind,
  name,
  request: {},
});

describe('the tree', () => {
  it('shows nodes with states, counts and times, those inside others below them', () => {
    const view = viewOf(
      started,
      step(0, ['classify']),
      done(1, 'classify'),
      step(1, ['fan']),
      done(1, 'each', '/2:fan[0]', 300),
      done(1, 'each', '/2:fan[1]', 400),
      asked('/2:fan[2]/1:each#1.1', 'tools/orders.ts#lookup', 'tool'),
    );
    expect(drawn(view)).toEqual([
      'triage 0a1b2c3d  running · step 1 · 20.0 s',
      '✓ classify  120 ms',
      '● fan       17.0 s',
      '  ● each    ×2+1 14.7 s  lookup',
    ]);
  });

  it('shows failures, tries to come, questions and the end', () => {
    const error = { name: 'Timeout', message: 'took too long' };
    const retrying = viewOf(started, step(0, ['send', 'ask', 'rest']), {
      type: 'node.failed',
      scope: '',
      step: 1,
      node: 'send',
      ms: 5000,
      try: 1,
      error,
      retryAt: start + 30_000,
    });
    retrying.take({
      kind: 'events',
      events: [
        { seq: 4, at: start, event: { type: 'interrupt.opened', id: '/1:ask', kind: 'human', title: 'Send it?' } },
        {
          seq: 5,
          at: start,
          event: { type: 'interrupt.opened', id: '/1:rest', kind: 'wait', title: '', until: start + 3_620_000 },
        },
      ],
    });
    expect(drawn(retrying).slice(1)).toEqual([
      '↻ send  23.0 s  Timeout: took too long – tries again',
      '? ask   19.0 s  asks: Send it?',
      '◷ rest  19.0 s  sleeps (1 h 0 min left)',
    ]);
    const failed = viewOf(
      started,
      step(0, ['send']),
      { type: 'node.failed', scope: '', step: 1, node: 'send', ms: 5000, try: 1, error },
      { type: 'run.failed', error },
    );
    expect(drawn(failed)).toEqual([
      'triage 0a1b2c3d  failed · step 0 · 3.0 s',
      '✗ send  5.0 s  Timeout: took too long',
      'Timeout: took too long',
    ]);
  });

  it('shows the end of what a model says, until it has said it', () => {
    const view = viewOf(started, step(0, ['draft']), asked('/1:draft#1.1', 'scripted/mail'));
    const say = (offset: number, text: string): void =>
      view.take({ kind: 'tokens', key: '/1:draft#1.1', channel: 'text', offset, text });
    say(0, 'Dear Ada, ');
    // A piece that begins with what was heard.
    say(5, 'Ada, thank you for your patience with the parcel that went astray\nlast week. It is on its way');
    expect(drawn(view, { columns: 40 })).toEqual([
      'triage 0a1b2c3d  running · step 0 · 20.…',
      '● draft  19.0 s  scripted/mail',
      '    astray',
      '    last week. It is on its way',
    ]);
    view.take({
      kind: 'events',
      events: [
        {
          seq: 9,
          at: start,
          event: {
            type: 'effect.finished',
            key: '/1:draft#1.1',
            ms: 1,
            usage: { inputTokens: 900, outputTokens: 400 },
          },
        },
      ],
    });
    expect(drawn(view)).toEqual(['triage 0a1b2c3d  running · step 0 · 20.0 s · 1,300 tokens', '● draft  19.0 s']);
  });

  it('leaves out what is done where there is no room', () => {
    const events = Array.from({ length: 40 }, (_, index) => [
      done(index + 1, `n${index + 1}`),
      step(index + 1, [`n${index + 2}`]),
    ]);
    const lines = drawn(viewOf(started, step(0, ['n1']), ...events.flat()), { rows: 6, now: start + 81_000 });
    expect(lines).toEqual([
      'triage 0a1b2c3d  running · step 40 · 1 min 21 s',
      '… 37 more lines above',
      '✓ n38  120 ms',
      '✓ n39  120 ms',
      '✓ n40  120 ms',
      '● n41',
    ]);
  });

  it('has colours only where they are wanted', () => {
    const view = viewOf(started, step(0, ['a']), done(1, 'a'));
    expect(drawn(view).join('')).not.toContain('\u001B');
    expect(drawn(view, { colour: true })[1]).toBe('\u001B[32m✓ \u001B[0ma\u001B[2m  120 ms\u001B[0m');
  });

  it('lets no text move the cursor, turn the line round or make it wider than the terminal', () => {
    const evil = '\u001B[2J\u202Egnp.exe\r\n宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽';
    const view = viewOf(started, step(0, ['ask']), asked('/1:ask#1.1', evil), {
      type: 'interrupt.opened',
      id: '/1:ask',
      kind: 'human',
      title: evil,
    });
    view.take({ kind: 'tokens', key: '/1:ask#1.1', channel: 'text', offset: 0, text: evil.repeat(5) });
    view.take({ kind: 'events', events: [{ seq: 9, at: start, event: { type: 'log', level: 'info', text: evil } }] });
    const lines = drawn(view);
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line).not.toMatch(/[\u0000-\u001F\u202E]/);
      expect(displayWidth(line)).toBeLessThanOrEqual(60);
    }
  });
});

describe('text on a terminal', () => {
  it.each([
    ['abc', 3],
    ['宽a', 3],
    ['e\u0301', 1],
    ['🙂', 2],
  ])('%s takes %d columns', (text, width) => expect(displayWidth(text)).toBe(width));

  it('is cut by columns', () => {
    expect([cut('abcdef', 4), cut('宽宽宽', 4), cut('abc', 3), cut('abc', 0)]).toEqual(['abc…', '宽…', 'abc', '']);
  });

  it.each([
    [0.04, '0 ms'],
    [1.23, '1.2 ms'],
    [999, '999 ms'],
    [1040, '1.0 s'],
    [59_990, '1 min 0 s'],
    [3_900_000, '1 h 5 min'],
    [266_400_000, '3 d 2 h'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});
