// The whole path in one process: control, scheduler, tools and models on a real store.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { append, input } from '#engine/graph/channels';
import { agent } from '#engine/graph/define-agent';
import { edge, end, start, when } from '#engine/graph/define-edges';
import { code } from '#engine/graph/define-nodes';
import { Shelf, workshop } from '#test/in-process-runners';
import { onEveryStore } from '#test/store';

const file = 'agents/count.agent.ts';

function counting(): Shelf {
  const shelf = new Shelf();
  shelf.putAgent(
    file,
    agent(
      { state: { upTo: input(z.number()), n: z.number().default(0), seen: append(z.number()) } },
      {
        nodes: { add: code(({ state }) => ({ n: state.n + 1, seen: [state.n] })) },
        edges: [
          start('add'),
          edge(
            'add',
            'add',
            when(({ state }) => state.n < state.upTo),
          ),
          end(
            'add',
            when(({ state }) => state.n >= state.upTo),
          ),
        ],
      },
    ),
  );
  return shelf;
}

onEveryStore('the whole path', (open) => {
  test('a run counts to the end', async () => {
    const { control, until } = workshop({ store: open(), shelf: counting() });
    const run = await control.start({ file, input: { upTo: 200 }, seed: 1 });
    await until(run.id, 'finished');
    expect(control.state(run.id, '', 200).state).toMatchObject({ n: 200 });
    expect(control.get(run.id).run).toMatchObject({ step: 200 });
    const { events, total } = control.journal(run.id, 0, 1000);
    expect(total).toBe(events.length);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });
});
