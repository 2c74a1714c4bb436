// A run's journal as a trace: which spans and figures it gives, in one look or in many, and what is added when it is looked at again.
import { describe, expect, it } from 'vitest';
import type { Span } from '#contract/trace';
import type { Store } from '#engine/ports';
import { traceDetail } from '#engine/trace/detail';
import { isProjected, projectRun } from '#engine/trace/run/project-run';
import { rawRecord } from '#engine/trace/source';
import { HandRun, assistant, runStart, system, user } from '#test/run-journal';
import { onEveryStore } from '#test/store';

function project(store: Store, run: HandRun, limit = 1000): void {
  store.transaction(() => {
    while (projectRun(store, run.id, limit));
  });
}

function shapes(spans: readonly Span[]): string[] {
  return spans.map(({ id, parent, name, kind, error }) =>
    [id, parent ?? '-', name, kind, ...(error === undefined ? [] : [error])].join(' | '),
  );
}

/** A run with a bit of everything. */
function triage(store: Store, id = 'a'): HandRun {
  const run = new HandRun(store, id).start().step(0, ['classify']);
  run.model('/1:classify#1.1', [system, user('What is it about?')], 'Delivery');
  run.node(1, 'classify', { branch: 'delivery' }).step(1, ['fan']);
  run.tool('/2:fan[0]/1:each#1.1', { order: 1 }, { found: true }, 'tools/orders.ts#lookup');
  run.node(1, 'each', { scope: '/2:fan[0]' }).node(1, 'each', { scope: '/2:fan[1]' });
  run.node(2, 'fan', { ms: 500 }).step(2, ['approve']);
  run.put(
    { type: 'interrupt.opened', id: '/3:approve', kind: 'human', title: 'Send the reply?' },
    { type: 'run.slept' },
    { type: 'interrupt.answered', id: '/3:approve', value: { send: true }, by: 'Ada' },
    { type: 'run.resumed', why: 'answered' },
  );
  run.node(3, 'approve').step(3, ['send']);
  run.put({
    type: 'node.failed',
    scope: '',
    step: 4,
    node: 'send',
    ms: 10,
    try: 1,
    error: { name: 'Timeout', message: 'took too long' },
    retryAt: runStart,
  });
  run.tool('/4:send#2.1', { to: 'ada@example.org' }, { id: 9 });
  return run.node(4, 'send', { try: 2 }).step(4, []).end();
}

onEveryStore('a run as a trace', (open) => {
  it('has a span for every node, model call, tool call and question, hung where they happened', () => {
    const store = open();
    const run = triage(store);
    project(store, run);
    expect(shapes(store.traces.spans(run.id))).toEqual([
      '/1:classify#1.1 | /1:classify | scripted/triage | model',
      '/1:classify | run | classify | code',
      '/2:fan[0]/1:each#1.1 | /2:fan[0]/1:each | lookup | tool',
      '/2:fan[0]/1:each | /2:fan | each | code',
      '/2:fan[1]/1:each | /2:fan | each | code',
      '/2:fan | run | fan | code',
      '/3:approve?13 | /3:approve | Send the reply? | human',
      '/3:approve | run | approve | code',
      '/4:send | run | send | code | Timeout: took too long',
      '/4:send#2.1 | /4:send#2 | send | tool',
      '/4:send#2 | run | send | code',
      'run | - | triage | code',
    ]);
  });

  it('says what it is about in the words of the GenAI conventions', () => {
    const store = open();
    const run = triage(store);
    project(store, run);
    const byId = new Map(store.traces.spans(run.id).map((span) => [span.id, span.attributes]));
    expect(byId.get('/1:classify#1.1')).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'scripted',
      'gen_ai.request.model': 'scripted/triage',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.response.model': 'scripted/triage-1',
      'gen_ai.response.finish_reasons': ['end'],
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 4,
    });
    expect(byId.get('/4:send#2.1')).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'send',
      'gen_ai.tool.call.arguments': { to: 'ada@example.org' },
      'gen_ai.tool.call.result': { id: 9 },
    });
    expect(byId.get('run')).toMatchObject({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'triage' });
    expect(byId.get('/1:classify')).toEqual({ 'atelier.branch': 'delivery' });
    expect(byId.get('/2:fan[1]/1:each')).toEqual({ 'atelier.item': 1 });
    expect(byId.get('/3:approve?13')).toMatchObject({ 'atelier.answer': { send: true }, 'atelier.answered_by': 'Ada' });
  });

  it('has the figures that lists show, and the transcript', () => {
    const store = open();
    const run = triage(store);
    project(store, run);
    const detail = traceDetail(store, run.id);
    expect(detail.trace).toMatchObject({
      id: run.id,
      name: 'triage: The parcel never came',
      source: 'atelier',
      model: 'scripted/triage',
      messageCount: 3,
      spanCount: 12,
      toolCallCount: 2,
      inputTokens: 10,
      outputTokens: 4,
      startedAt: runStart,
      endedAt: run.at,
    });
    expect(detail.path.map((turn) => turn.message.role)).toEqual(['context', 'user', 'assistant']);
    expect(detail.timed).toBe(true);
    expect(run.summary.traceId).toBe(run.id);
    expect(store.imports.list()).toMatchObject([{ format: 'atelier', state: 'done' }]);
  });

  it('comes to the same however often it is looked at on the way', () => {
    const store = open();
    const atOnce = triage(store, 'a');
    project(store, atOnce);
    const bitByBit = triage(store, 'b');
    project(store, bitByBit, 1);
    const [one, two] = [atOnce, bitByBit].map(({ id }) =>
      store.traces.spans(id).filter(({ id: span }) => span !== 'run'),
    );
    expect(two).toEqual(one);
    const { id, position: _position, importedAt: _importedAt, ...figures } = traceDetail(store, atOnce.id).trace;
    expect(traceDetail(store, bitByBit.id).trace).toMatchObject(figures);
    expect(id).not.toBe(bitByBit.id);
  });

  it('keeps nothing beside the trace once the run has ended, and adds nothing when it is looked at again', () => {
    const store = open();
    const run = triage(store);
    expect(isProjected(store, run.summary)).toBe(false);
    project(store, run);
    expect(isProjected(store, run.summary)).toBe(true);
    expect(store.settings.get(`trace of run ${run.id}`)).toBeUndefined();
    const before = traceDetail(store, run.id);
    project(store, run);
    expect(traceDetail(store, run.id)).toEqual(before);
  });

  it('keeps scores and stays removed', () => {
    const store = open();
    const run = new HandRun(store, 'a').start().step(0, ['one']);
    project(store, run);
    store.traces.putScores(run.id, [{ name: 'good', value: 1 }]);
    store.traces.setRemoved([run.id], true);
    run.node(1, 'one').step(1, []).end();
    project(store, run);
    expect(store.traces.get(run.id)?.summary.scores).toEqual([{ name: 'good', value: 1 }]);
    expect(store.traces.list({}, { by: 'position', descending: false }, 0, 10).total).toBe(0);
  });
});

onEveryStore('what a run left open', (open) => {
  it('is closed where the run ends, with the nodes it was in', () => {
    const store = open();
    const run = new HandRun(store, 'a').start().step(0, ['plan']);
    run.put(
      { type: 'effect.requested', key: '/1:plan/3:deep#1.1', kind: 'tool', name: 't.ts#write', request: {} },
      { type: 'interrupt.opened', id: '/1:plan/3:deep#1.1', kind: 'unsure', title: 'Did it happen?' },
    );
    run.end('cancelled');
    project(store, run);
    const error = 'Given up: what it belonged to ended first.';
    expect(shapes(store.traces.spans(run.id))).toEqual([
      `/1:plan/3:deep#1.1?4 | /1:plan/3:deep#1.1 | Did it happen? | human | ${error}`,
      `/1:plan/3:deep#1.1 | /1:plan/3:deep | write | tool | ${error}`,
      `/1:plan/3:deep | /1:plan | deep | code | ${error}`,
      `/1:plan | run | plan | code | ${error}`,
      'run | - | triage | code | Cancelled',
    ]);
    expect(store.traces.spans(run.id).map((span) => span.startedAt)).toEqual(
      [4, 3, 3, 3, 1].map((n) => runStart + n * 1000),
    );
  });

  it('is a failure where the run failed', () => {
    const store = open();
    const run = new HandRun(store, 'a').start().step(0, ['one']).end('failed');
    project(store, run);
    expect(traceDetail(store, run.id).trace.error).toBe('TypeError: no such key');
  });

  it('keeps large values out of the trace', () => {
    const store = open();
    const run = new HandRun(store, 'a').start().step(0, ['one']);
    run.tool('/1:one#1.1', { text: 'x'.repeat(100_000) }, 'y'.repeat(100_000));
    project(store, run);
    expect(JSON.stringify(store.traces.spans(run.id)).length).toBeLessThan(10_000);
    expect(JSON.stringify(store.settings.get(`trace of run ${run.id}`)).length).toBeLessThan(5000);
  });
});

onEveryStore('a fork as a trace', (open) => {
  it('shows what it shares with its parent, on the same turns, then its own way', () => {
    const store = open();
    const parent = new HandRun(store, 'a').start().step(0, ['ask']);
    const shared = parent.model('/1:ask#1.1', [system, user('Hello')], 'Good day');
    parent.node(1, 'ask').step(1, ['more']);
    const { seq } = parent.summary;
    const onwards = [system, user('Hello'), assistant('Good day'), user('And?')];
    parent.model('/2:more#1.1', onwards, 'Nothing');
    parent.node(2, 'more').step(2, []).end();
    const fork = new HandRun(store, 'b', {
      createdAt: runStart + 60_000,
      origin: { kind: 'fork', run: parent.id, step: 1, seq, edited: false },
    });
    fork.put({ type: 'run.resumed', why: 'fork' });
    const other = fork.model('/2:more#1.1', onwards, 'Everything');
    fork.node(2, 'more').step(2, []).end();
    for (const run of [parent, fork]) project(store, run);
    const wrote = ({ id }: HandRun) => store.traces.spans(id).flatMap((span) => span.wrote ?? []);
    expect(wrote(fork)).toEqual([shared, other]);
    expect(wrote(parent)[0]).toBe(shared);
    const [one, two] = [parent, fork].map(({ id }) => traceDetail(store, id).trace);
    expect(two?.startedAt).toBe(runStart + 60_000);
    expect(two?.group).toBe(one?.group);
    expect(store.turns.commonAncestor(one?.leaf ?? '', two?.leaf ?? '')).toBe(store.turns.get(other)?.parent);
  });
});

describe('the source of a run', () => {
  onEveryStore('as a record', (open) => {
    it('is its transcript for anybody, and what leads to its journal', () => {
      const store = open();
      const run = triage(store);
      project(store, run);
      expect(JSON.parse(rawRecord(store, run.id))).toEqual({
        model: 'scripted/triage',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'What is it about?' },
          { role: 'assistant', content: 'Delivery' },
        ],
        run: {
          id: run.id,
          agent: 'triage',
          file: 'agents/triage.agent.ts',
          hash: 'hhhhhhhh',
          seed: 7,
          input: { mail: 'The parcel never came' },
          status: 'finished',
          events: run.summary.seq,
        },
      });
    });
  });
});
