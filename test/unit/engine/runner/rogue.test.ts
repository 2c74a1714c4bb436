// A runner that does not keep to the protocol is ended, and what it says is not heard; its processes are made up here.
import { describe, expect, it } from 'vitest';
import type { Child, Spawner } from '#engine/ports';
import { RunnerPool } from '#engine/runner/pool';
import { Listening } from '#test/runners';

class MadeUp implements Child {
  readonly pid = 1;
  readonly heard: unknown[] = [];
  killed = false;
  memory = 0;
  #message: (message: unknown) => void = () => undefined;
  #exit: (exit: { code: number | undefined; signal: string | undefined }) => void = () => undefined;

  send(message: unknown): void {
    this.heard.push(message);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener;
  }
  onOutput(): void {}
  onExit(listener: (exit: { code: number | undefined; signal: string | undefined }) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.killed = true;
    setTimeout(() => this.end(undefined, 'SIGKILL'));
  }
  usage() {
    return { rss: this.memory, cpuMs: 0 };
  }
  say(message: unknown): void {
    this.#message(message);
  }
  end(code: number | undefined, signal?: string): void {
    this.#exit({ code, signal });
  }
}

function open(limits = {}) {
  const children: MadeUp[] = [];
  const spawner: Spawner = {
    spawn: () => {
      const child = new MadeUp();
      children.push(child);
      return child;
    },
  };
  const heard = new Listening();
  const pool = new RunnerPool({ spawner, folder: '/w', listener: heard, limits: { againMs: 1, ...limits } });
  const run = (name: string, url: string, alone = false): void =>
    pool.run({ run: name, agent: 'a', url, input: {}, seed: 1, breakpoints: [] }, alone);
  return { children, heard, pool, run };
}

const event = JSON.stringify({ type: 'run.cancelled' });
const batch = (run: string, text = event) => ({ type: 'batch', run, items: [{ at: 1, event: text }] });

describe('a rogue runner', () => {
  it.each([
    ['of another language', { type: 'please', run: 'mine' }],
    ['with more than belongs to it', { ...batch('mine'), extra: 1 }],
    ['that is no object', 'left'],
    ['of the wrong shape', { type: 'batch', run: 'mine', items: [{ at: 'now', event }] }],
    ['of tools', { type: 'tool.done', id: 1, result: 1 }],
  ])('is ended at a message %s', async (_what, message) => {
    const { children, heard, run } = open();
    run('mine', 'file:///a.mjs');
    children[0]?.say(message);
    expect(await heard.loss('mine')).toMatchObject({ alone: true, error: { name: 'BadMessage' } });
    expect(children[0]?.killed).toBe(true);
    expect(heard.events).toEqual([]);
  });

  it.each([batch('other'), { type: 'left', run: 'other' }, batch('unknown')])(
    'is ended when it speaks of a run that it does not have',
    async (message) => {
      const { children, heard, pool, run } = open();
      run('mine', 'file:///a.mjs');
      run('other', 'file:///b.mjs');
      children[0]?.say(message);
      children[0]?.say(batch('mine'));
      expect(await heard.loss('mine')).toMatchObject({ error: { name: 'BadMessage' } });
      expect(heard.events).toEqual([]);
      expect(pool.has('other')).toBe(true);
      children[1]?.say(batch('other'));
      expect(heard.events).toEqual([{ run: 'other', event: { type: 'run.cancelled' } }]);
    },
  );

  it('is ended when it sends more than is acknowledged, and not when it is acknowledged', async () => {
    const { children, heard, pool, run } = open({ unackedBytes: 1000 });
    run('mine', 'file:///a.mjs');
    const log = JSON.stringify({ type: 'log', level: 'info', text: 'x'.repeat(500) });
    for (let i = 0; i < 10; i += 1) {
      children[0]?.say(batch('mine', log));
      pool.send({ type: 'ack', run: 'mine', count: i + 1 });
    }
    expect(heard.events).toHaveLength(10);
    children[0]?.say(batch('mine', log));
    children[0]?.say(batch('mine', log));
    expect(await heard.loss('mine')).toMatchObject({ error: { name: 'Flood' } });
  });

  it('is ended when it never stops talking', async () => {
    const { children, heard, run } = open({ messages: 100 });
    run('mine', 'file:///a.mjs');
    for (let i = 0; i < 200; i += 1) children[0]?.say({ type: 'output', text: 'x', dropped: 0 });
    expect(await heard.loss('mine')).toMatchObject({ error: { name: 'Flood' } });
  });

  it('is ended when the system says that it is too large, whatever it says itself', async () => {
    const { children, heard, run } = open({ lookMs: 10, residentMb: 100 });
    run('mine', 'file:///a.mjs');
    children[0]?.say({ type: 'ready' });
    if (children[0] !== undefined) children[0].memory = 200e6;
    expect(await heard.loss('mine')).toMatchObject({ error: { name: 'OutOfMemory' } });
  });

  it('is ended when it never gets ready', async () => {
    const { heard, run } = open({ lookMs: 10, startMs: 30 });
    run('mine', 'file:///a.mjs');
    expect(await heard.loss('mine')).toMatchObject({ error: { message: expect.stringContaining('did not start') } });
  });

  it('that dies again and again is started again later and later; a run that leaves sets that back', async () => {
    const { children, heard, pool, run } = open({ againMs: 40, againMostMs: 1000 });
    const waits: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const asked = performance.now();
      run('mine', 'file:///a.mjs');
      pool.send({ type: 'pause', run: 'mine' });
      expect(pool.has('mine')).toBe(true);
      const child = await heard.until(() => children.at(i));
      waits.push(performance.now() - asked);
      expect(child.heard.map((message) => (message as { type: string }).type)).toEqual(['run', 'pause']);
      child.end(undefined, 'SIGSEGV');
    }
    expect(heard.lost_).toHaveLength(3);
    expect(heard.lost_[0]?.error.message).toBe('Its runner ended unasked by SIGSEGV.');
    // At least the pauses of 40 and 80 ms.
    expect(waits[1]).toBeGreaterThanOrEqual(39);
    expect(waits[2]).toBeGreaterThanOrEqual(79);
    run('mine', 'file:///a.mjs');
    const fourth = await heard.until(() => children.at(3));
    fourth.say({ type: 'left', run: 'mine' });
    run('mine', 'file:///a.mjs');
    expect(fourth.heard.filter((message) => (message as { type: string }).type === 'run')).toHaveLength(2);
    expect(children).toHaveLength(4);
  });

  it('is not heard of a run that was dropped, and is left in peace when that leaves', async () => {
    const { children, heard, pool, run } = open({ dropMs: 30 });
    run('mine', 'file:///a.mjs');
    run('other', 'file:///a.mjs');
    pool.drop('mine');
    expect(pool.has('mine')).toBe(false);
    children[0]?.say(batch('mine'));
    expect(heard.events).toEqual([]);
    // Taken up again at once, it is not given to the runner that still has it.
    run('mine', 'file:///a.mjs');
    expect(children).toHaveLength(2);
    children[0]?.say({ type: 'left', run: 'mine' });
    expect(heard.leaving).toEqual([]);
    expect(pool.has('mine')).toBe(true);
    await new Promise((done) => setTimeout(done, 60));
    expect(children[0]?.killed).toBe(false);
    children[1]?.say(batch('mine'));
    expect(heard.events).toHaveLength(1);
  });
});
