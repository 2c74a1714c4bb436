// Following a run from the command line: what is written, when it stops, who is asked, and that Ctrl-C pauses it.
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contract/journal';
import type { OpenInterrupt, RunStatus, RunSummary, RunUpdate } from '#contract/run';
import type { Json } from '#contract/turn';
import { Broadcast } from '#engine/broadcast';
import { Problem } from '#engine/problem';
import type { Live } from '#hosts/cli/command';
import { follow, type FollowedRuns } from '#hosts/cli/live/follow';
import { outcomeOf } from '#hosts/cli/run-outcome';

const id = 'a'.repeat(32);

/** A run that is told by hand. */
class ToldRun implements FollowedRuns {
  readonly #updates: RunUpdate[] = [];
  readonly #bell = new Broadcast<true>();
  readonly answers: (readonly [string, Json])[] = [];
  interrupts: OpenInterrupt[] = [];
  run: RunSummary = {
    id,
    agent: 'triage',
    file: 'agents/triage.agent.ts',
    hash: 'h',
    status: 'running',
    seed: 1,
    title: '',
    createdAt: 0,
    updatedAt: 0,
    step: 0,
    seq: 0,
    usage: { inputTokens: 0, outputTokens: 0 },
    open: 0,
  };
  onAnswer: (value: Json) => void = () => undefined;
  onPause: () => void = () => undefined;

  tell(status: RunStatus, ...events: readonly RunEvent[]): void {
    const told = events.map((event) => {
      this.run = { ...this.run, seq: this.run.seq + 1 };
      return { seq: this.run.seq, at: 1_700_000_000_000, event };
    });
    this.run = { ...this.run, status };
    this.say({ kind: 'events', events: told });
  }

  say(update: RunUpdate): void {
    this.#updates.push(update);
    this.#bell.send(true);
  }

  get = () => ({ run: this.run, input: {}, interrupts: this.interrupts, breakpoints: [], children: [] });

  async *watch(_id: string, _after: number, signal: AbortSignal): AsyncGenerator<RunUpdate> {
    const rings = this.#bell.listen(signal, [true]);
    for await (const _ of rings) while (this.#updates.length > 0) yield* this.#updates.splice(0, 1);
  }

  pause = (): RunSummary => {
    this.onPause();
    return this.run;
  };

  answer = (_id: string, interrupt: string, value: Json): RunSummary => {
    this.onAnswer(value);
    this.answers.push([interrupt, value]);
    return this.run;
  };
}

function terminal(options: { json?: boolean; typed?: string[] } = {}) {
  const out: string[] = [];
  const notes: string[] = [];
  const { typed } = options;
  const live: Live = {
    asJson: options.json ?? false,
    screen: typed === undefined ? undefined : { isTTY: true, columns: 60, rows: 20, write: (text) => out.push(text) },
    person:
      typed === undefined ? undefined : { ask: () => Promise.resolve(typed.shift()), say: (text) => out.push(text) },
    line: (text) => out.push(text),
    note: (text) => notes.push(text),
  };
  return { live, out, notes };
}

const never = new AbortController().signal;
const started: RunEvent = { type: 'run.started', agent: 'triage', file: 'a', hash: 'h', input: {}, seed: 1 };
const step: RunEvent = { type: 'step.finished', scope: '', step: 0, delta: [], next: ['ask'] };
const done: RunEvent = { type: 'node.finished', scope: '', step: 1, node: 'ask', ms: 12 };
const opened: RunEvent = { type: 'interrupt.opened', id: '/1:ask', kind: 'approval', title: 'send' };
const asking: OpenInterrupt = { id: '/1:ask', kind: 'approval', title: 'send', openedAt: 0 };

describe('a run that is followed', () => {
  it('is told update by update as JSON, to its end', async () => {
    const run = new ToldRun();
    const { live, out } = terminal({ json: true });
    run.tell('running', started, step);
    run.say({ kind: 'tokens', key: '/1:ask#1.1', channel: 'text', offset: 0, text: '\u0085Hi\u202E' });
    run.tell('finished', done, { type: 'run.finished' });
    const followed = await follow(run, id, 0, live, never);
    expect(followed.run.status).toBe('finished');
    expect(out.map((line): unknown => JSON.parse(line))).toMatchObject([
      { kind: 'events', events: [{ seq: 1 }, { seq: 2 }] },
      { kind: 'tokens', text: '\u0085Hi\u202E' },
      { kind: 'events', events: [{ seq: 3 }, { seq: 4 }] },
    ]);
    expect(outcomeOf(followed, () => ({ reply: 'Hi' }))).toMatchObject({
      code: 0,
      json: { kind: 'end', run: { id }, state: { reply: 'Hi' } },
    });
  });

  it('is told in lines where stdout is a file', async () => {
    const run = new ToldRun();
    const { live, out } = terminal();
    run.tell('failed', started, step, { type: 'run.failed', error: { name: 'TypeError', message: 'no\u001B[2J' } });
    const followed = await follow(run, id, 0, live, never);
    expect(out.map((line) => line.slice(14))).toEqual(['triage started, seed 1', 'failed: TypeError: no [2J']);
    expect(outcomeOf(followed, () => ({})).code).toBe(1);
  });

  it('stops with how to answer where it waits and nobody is there', async () => {
    const run = new ToldRun();
    const { live } = terminal();
    run.interrupts = [asking];
    run.tell('waiting', started, step, opened, { type: 'run.slept' });
    const outcome = outcomeOf(await follow(run, id, 0, live, never), () => ({}));
    expect(outcome.code).toBe(3);
    expect(outcome.text).toContain(`atelier resume ${id.slice(0, 12)} --answer '/1:ask={"allow":true}'`);
  });

  it('asks who is there, again where the answer does not fit, and goes on', async () => {
    const run = new ToldRun();
    const { live, out } = terminal({ typed: ['n', '', 'y'] });
    run.interrupts = [asking];
    let isFirst = true;
    run.onAnswer = () => {
      if (isFirst) {
        isFirst = false;
        throw new Problem('BAD_INPUT', 'That cannot be.');
      }
      run.interrupts = [];
      run.tell('finished', done, { type: 'run.finished' });
    };
    run.tell('waiting', started, step, opened, { type: 'run.slept' });
    const { run: ended } = await follow(run, id, 0, live, never);
    expect(ended.status).toBe('finished');
    expect(run.answers).toEqual([['/1:ask', { allow: true }]]);
    expect(out.join('')).toContain('That cannot be.');
    expect(out.join('')).toContain('? ask');
  });

  it('stops where the person leaves the question open', async () => {
    const run = new ToldRun();
    run.interrupts = [asking];
    run.tell('waiting', started, step, opened, { type: 'run.slept' });
    const followed = await follow(run, id, 0, terminal({ typed: [] }).live, never);
    expect(followed.interrupts).toEqual([asking]);
  });

  it('is paused by Ctrl-C, and waited for', async () => {
    const run = new ToldRun();
    const { live, notes } = terminal({ json: true });
    const stop = new AbortController();
    run.onPause = () => run.tell('paused', done, { type: 'run.paused', why: 'asked' });
    run.tell('running', started, step);
    setTimeout(() => stop.abort(), 20);
    const { run: paused } = await follow(run, id, 0, live, stop.signal);
    expect(paused.status).toBe('paused');
    expect(notes.join()).toMatch(/Ctrl-C again leaves at once/);
  });

  it('stops at a pause, a far-off time and a departure with the code for each', async () => {
    const paused = new ToldRun();
    paused.tell('paused', started, { type: 'run.paused', why: 'until' });
    expect(outcomeOf(await follow(paused, id, 0, terminal().live, never), () => ({})).code).toBe(0);
    const asleep = new ToldRun();
    asleep.run = { ...asleep.run, wakeAt: Date.now() + 7_200_000 };
    asleep.tell('sleeping', started, { type: 'run.slept', until: Date.now() + 7_200_000 });
    const outcome = outcomeOf(await follow(asleep, id, 0, terminal().live, never), () => ({}));
    expect(outcome.code).toBe(3);
    expect(outcome.text).toMatch(/It sleeps until .* \(2 h 0 min\)/);
    const departed = new ToldRun();
    departed.tell('departed', started, { type: 'run.departed', at: '', expected: 1, actual: 2, sentence: 'Other.' });
    expect(outcomeOf(await follow(departed, id, 0, terminal().live, never), () => ({})).code).toBe(4);
  });
});
