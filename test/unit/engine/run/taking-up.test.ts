// Pausing, stopping and taking up again: breakpoints, steps, edits, versions, approvals, cancelling.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agent,
  append,
  code,
  defineTool,
  edge,
  end,
  human,
  llm,
  otherwise,
  start,
  subgraph,
  sum,
  tool,
  when,
} from '#engine/graph/atelier';
import { RunWorld, says } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const touch = defineTool({ name: 'touch', description: '', input: z.unknown(), effect: 'write', run: () => null });

const circle = (version?: string) =>
  agent(
    {
      state: { n: sum(), log: append(z.string()), note: z.string().optional() },
      ...(version === undefined
        ? {}
        : { version, migrate: { one: (state: object) => ({ ...state, note: 'migrated' }) } }),
    },
    {
      nodes: {
        a: code(async ({ state }) => (await later(1), { n: 1, log: [`a${state.n}`] })),
        b: code(({ state }) => ({ log: [`b${state.n}`] })),
      },
      edges: [
        start('a'),
        edge('a', 'b'),
        edge(
          'b',
          'a',
          when(({ state }) => state.n < 3),
        ),
        end('b', otherwise),
      ],
    },
  );
const whole = ['a0', 'b1', 'a1', 'b2', 'a2', 'b3'];

describe('a pause', () => {
  test('stops at the next step, and the run goes on from there', async () => {
    const world = new RunWorld({
      agent: circle(),
      onEvent: ({ event }, self) => {
        if (event.type === 'step.finished' && event.step === 2) self.pause();
      },
    });
    const fold = await world.go();
    expect(fold.status).toBe('paused');
    expect(fold.paused).toMatchObject({ why: 'asked' });
    expect(fold.root?.step).toBeLessThan(6);
    expect((await world.go()).status).toBe('finished');
    expect(world.state?.log).toEqual(whole);
  });

  test('before the first step, and after each', async () => {
    const world = new RunWorld({ agent: circle() });
    const fold = await world.go({ pause: 'now' });
    expect([fold.status, fold.root?.step]).toEqual(['paused', 0]);
    for (let step = 1; step < 6; step += 1) {
      const stepped = await world.go({ pause: 'step' });
      expect([stepped.paused?.why, stepped.root?.step]).toEqual(['step', step]);
    }
    expect((await world.go({ pause: 'step' })).root?.step).toBe(6);
    expect((await world.go({ pause: 'step' })).status).toBe('finished');
    expect(world.state?.log).toEqual(whole);
  });

  test('waits for what is under way', async () => {
    const two = agent(
      { state: { log: append(z.string()) } },
      {
        nodes: { ask: llm({ model: 'm', prompt: 'x', to: 'log' }), after: code(() => ({ log: ['then'] })) },
        edges: [start('ask'), edge('ask', 'after'), end('after')],
      },
    );
    const world = new RunWorld({
      agent: two,
      effects: async () => {
        world.pause();
        await later(20);
        return says('said');
      },
    });
    const fold = await world.go();
    expect(fold.status).toBe('paused');
    expect(world.state?.log).toEqual(['said']);
    await world.go();
    expect(world.performed).toHaveLength(1);
  });
});

describe('breakpoints', () => {
  test('stop before and after a node, where their condition holds, once each time', async () => {
    const world = new RunWorld({ agent: circle() });
    const breakpoints = [
      { when: 'before', node: 'b', condition: { path: 'n', is: '>', value: 1 } },
      { when: 'after', node: 'a', condition: { path: 'log.0', is: '=', value: 'a0' } },
    ] as const;
    const stops: unknown[] = [];
    for (let fold = await world.go({ breakpoints }); fold.status === 'paused'; fold = await world.go({ breakpoints })) {
      stops.push([fold.paused?.why, fold.paused?.at, fold.root?.step]);
    }
    expect(stops).toEqual([
      ['breakpoint', '/1:a', 1],
      ['breakpoint', '/3:a', 3],
      ['breakpoint', '/4:b', 3],
      ['breakpoint', '/5:a', 5],
      ['breakpoint', '/6:b', 5],
    ]);
    expect(world.state?.log).toEqual(whole);
  });

  test('stop inside a graph in a node; what is beside it comes to its end', async () => {
    const outer = agent(
      { state: { log: append(z.string()) }, tools: { touch } },
      {
        nodes: {
          inner: subgraph(circle(), { input: () => ({}), result: ({ log }) => ({ log }) }),
          beside: tool({ use: 'touch', input: 'beside' }),
        },
        edges: [start('inner', 'beside'), end('inner'), end('beside')],
      },
    );
    const world = new RunWorld({ agent: outer, effects: async () => (await later(30), { result: null }) });
    const breakpoints = [{ when: 'before', node: 'b', condition: { path: 'n', is: '=', value: 2 } }] as const;
    const fold = await world.go({ breakpoints });
    expect(fold.paused).toMatchObject({ why: 'breakpoint', at: '/1:inner/4:b' });
    expect(world.ofType('node.finished').map(({ node }) => node)).toContain('beside');
    expect((await world.go({ breakpoints })).status).toBe('finished');
    expect(world.state?.log).toEqual(whole);
    expect(world.performed).toHaveLength(1);
    expect(world.ofType('node.finished').filter(({ scope }) => scope === '/1:inner')).toHaveLength(6);
  });

  test('`until` stops after the first execution of a node', async () => {
    const world = new RunWorld({ agent: circle() });
    const fold = await world.go({ until: 'b' });
    expect([fold.paused?.why, fold.root?.step]).toEqual(['until', 2]);
    expect((await world.go({ until: 'b' })).status).toBe('finished');
  });
});

describe('an edit', () => {
  test('changes the state between steps, as the schemas allow', async () => {
    const world = new RunWorld({ agent: circle() });
    await world.go({ until: 'b' });
    await world.go({ edit: { set: { n: 'x' }, remove: [] } });
    expect(world.refused?.message).toContain('The value of "n" does not fit its schema');
    expect(world.ofType('run.edited')).toEqual([]);
    const fold = await world.go({ edit: { set: { n: 2, log: ['edited'] }, remove: ['note'] } });
    expect(fold.status).toBe('finished');
    expect(world.state).toEqual({ n: 3, log: ['edited', 'a2', 'b3'] });
  });

  test('is refused in the middle of a step', async () => {
    const asking = agent(
      { state: { n: sum() } },
      { nodes: { ask: human(z.object({}), { ask: 'Well?' }) }, edges: [start('ask'), end('ask')] },
    );
    const world = new RunWorld({ agent: asking });
    await world.go();
    await world.go({ edit: { set: { n: 2 }, remove: [] } });
    expect(world.refused?.name).toBe('StepBegun');
  });
});

describe('another version', () => {
  test('takes the state up as it says', async () => {
    const world = new RunWorld({ agent: circle() });
    await world.go({ until: 'b' });
    const fold = await world.go({ agent: circle('two'), migrateFrom: 'one', hash: 'h2' });
    expect(fold.status).toBe('finished');
    expect(world.ofType('run.migrated')).toEqual([
      { type: 'run.migrated', from: 'one', to: 'two', hash: 'h2', delta: [['=', ['note'], 'migrated']] },
    ]);
    expect(world.state).toEqual({ n: 3, log: whole, note: 'migrated' });
  });

  test('without the node that is next is refused', async () => {
    const other = agent({ state: {} }, { nodes: { x: code(() => {}) }, edges: [start('x'), end('x')] });
    const world = new RunWorld({ agent: circle() });
    await world.go({ until: 'b' });
    await world.go({ agent: other });
    expect(world.refused?.message).toContain('stands before the node "a"');
  });
});

describe('an interrupt', () => {
  const asking = agent(
    { state: { answer: z.string().optional() } },
    {
      nodes: {
        ask: human(z.object({ text: z.string().min(1) }), {
          ask: ({ state }) => `Well, ${state.answer ?? 'nobody'}?`,
          details: () => ({ why: 'because' }),
          result: ({ text }) => ({ answer: text }),
        }),
      },
      edges: [start('ask'), end('ask')],
    },
  );

  test('lets the run sleep, and is told with its form', async () => {
    const world = new RunWorld({ agent: asking });
    expect((await world.go()).status).toBe('waiting');
    expect(world.ofType('interrupt.opened')).toMatchObject([
      {
        id: '/1:ask',
        kind: 'human',
        title: 'Well, nobody?',
        details: { why: 'because' },
        form: { properties: { text: { minLength: 1 } } },
      },
    ]);
    world.answer('/1:ask', { text: 'yes' });
    expect((await world.go()).status).toBe('finished');
    expect(world.state?.answer).toBe('yes');
  });

  test('is asked again where the answer does not fit', async () => {
    const world = new RunWorld({ agent: asking });
    await world.go();
    world.answer('/1:ask', { text: '' });
    expect((await world.go()).status).toBe('waiting');
    expect(world.ofType('log')[0]?.text).toContain('does not fit the form');
    world.answer('/1:ask', { text: 'now' });
    await world.go();
    expect(world.state?.answer).toBe('now');
  });

  test('of an effect: what waits for approval lets the run sleep, and goes on with what was decided', async () => {
    const touching = agent(
      { state: { log: append(z.string()) }, tools: { touch } },
      {
        nodes: {
          go: code(async ({ tools }) => {
            const before = await tools.touch('first');
            const after = await tools.touch('second');
            return { log: [String(before), String(after)] };
          }),
        },
        edges: [start('go'), end('go')],
      },
    );
    const world = new RunWorld({
      agent: touching,
      effects: ({ request }) => (request === 'second' ? { suspended: true } : { result: 'done' }),
    });
    expect((await world.go()).status).toBe('waiting');
    const [open] = world.fold.openInterrupts();
    expect(open).toMatchObject({ id: '/1:go#1.2', kind: 'approval' });
    world.answer('/1:go#1.2', { allow: true });
    world.allow('/1:go#1.2', { result: 'allowed' });
    expect((await world.go()).status).toBe('finished');
    expect(world.state?.log).toEqual(['done', 'allowed']);
    expect(world.performed).toHaveLength(2);
  });

  test('does not stop what goes on beside it', async () => {
    const both = agent(
      { state: { log: append(z.string()) }, tools: { touch } },
      {
        nodes: {
          ask: human(z.object({}), { ask: 'Well?' }),
          work: tool({ use: 'touch', input: 1, result: () => ({ log: ['worked'] }) }),
        },
        edges: [start('ask', 'work'), end('ask'), end('work')],
      },
    );
    const world = new RunWorld({
      agent: both,
      effects: async () => {
        await later(10);
        world.answer('/1:ask', {});
        return { result: null };
      },
    });
    expect((await world.go()).status).toBe('finished');
    expect(world.ofType('run.slept')).toEqual([]);
  });
});
