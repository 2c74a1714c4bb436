// What is written does not depend on how calls fall into batches: begun and ended in one, or in two, or among others.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import type { Recording } from '#engine/gateway/recorder';
import { Problem } from '#engine/problem';
import { traceDetail } from '#engine/trace/detail';
import { answeredWith, assistant, captureWorld, completion, request, system, user } from '#test/captured';

interface Said {
  readonly conversation: number;
  readonly isFailed: boolean;
  /** Its beginning is on disk before it ends; what ended is, before the next one begins. */
  readonly isApart: boolean;
}

const said = fc.record({
  conversation: fc.integer({ min: 0, max: 2 }),
  isFailed: fc.boolean(),
  isApart: fc.boolean(),
});

/** Conversations that go on one turn a call, as the store has them afterwards. */
async function played(calls: readonly Said[]): Promise<readonly unknown[]> {
  const { store, capture, begin } = captureWorld({ clock: { now: () => 1000 } });
  const histories: JsonObject[][] = [[], [], []];
  const traces = new Set<string>();
  for (const [index, { conversation, isFailed, isApart }] of calls.entries()) {
    const history = histories[conversation] ?? [];
    const messages = [...history, user(`${conversation}: question ${index}`)];
    const recording: Recording = begin(request([system, ...messages]), {
      id: `call ${index}`,
      at: 1000 + 10 * index,
      trace: { session: String(conversation) },
    });
    if (isApart) await capture.flush();
    const content = `Answer ${index}`;
    if (isFailed) recording.finish(answeredWith({ error: { message: 'No.' } }, { state: 'failed', status: 500 }));
    else recording.finish(answeredWith(completion({ content })));
    if (!isFailed) histories[conversation] = [...messages, assistant(content)];
    traces.add(recording.traceId ?? '');
    if (isApart) await capture.flush();
  }
  await capture.flush();
  return [
    store.turns.count(),
    store.calls.list({}, 100),
    [...traces].map((id) => {
      const { trace, spans } = traceDetail(store, id);
      return [trace, spans];
    }),
  ];
}

test('calls that are written whole are written as those that are written in two parts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 6 }), async (calls) => {
      const apart = await played(calls.map((call) => ({ ...call, isApart: true })));
      expect(await played(calls.map((call) => ({ ...call, isApart: false })))).toEqual(apart);
      expect(await played(calls)).toEqual(apart);
    }),
    { numRuns: 15 },
  );
});

test('a turn that could not be written is no stored one: the conversation goes on when the store does', async () => {
  const { store } = captureWorld();
  const { turns } = store;
  let isFull = true;
  const failing: typeof turns = Object.assign(Object.create(turns) as typeof turns, {
    putPath: (...given: Parameters<typeof turns.putPath>) => {
      if (isFull) throw new Problem('REFUSED', 'The disk is full.');
      return turns.putPath(...given);
    },
    get: (id: string) => turns.get(id),
    children: (id: string) => turns.children(id),
  });
  const world = captureWorld({ store: Object.assign(Object.create(store) as typeof store, { turns: failing }) });
  const first = world.begin(request([system, user('One')]));
  first.finish(answeredWith(completion({ content: '1' })));
  await world.capture.flush();
  expect(world.capture.calls({}, 1)).toMatchObject([{ problem: 'It could not be recorded: The disk is full.' }]);
  isFull = false;
  const again = await world.call(
    request([system, user('One'), assistant('1'), user('Two')]),
    completion({ content: '2' }),
  );
  expect(store.calls.get(again.id)).toMatchObject({ state: 'done' });
  expect(store.calls.get(again.id)?.problem).toBeUndefined();
  expect(traceDetail(store, again.traceId).trace.messageCount).toBe(5);
});
