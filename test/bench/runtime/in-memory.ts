// The scheduler alone, in this process: steps that await something, with nothing written anywhere.
import { z } from 'zod';
import { agent, code, edge, end, input, start, when } from '#engine/graph/atelier';
import type { FromRunner } from '#engine/run/protocol';
import { RunHost } from '#engine/run/run-host';

const counting = agent(
  { state: { steps: input(z.number()), n: z.number().default(0) } },
  {
    nodes: { step: code(({ state }) => next(state.n)) },
    edges: [
      start('step'),
      edge(
        'step',
        'step',
        when(({ state }) => state.n < state.steps),
      ),
      end(
        'step',
        when(({ state }) => state.n >= state.steps),
      ),
    ],
  },
);

/** As the peer's: a promise that holds the next number. */
async function next(n: number): Promise<{ readonly n: number }> {
  return { n: n + 1 };
}

/** What is to be journaled is taken and thrown away. */
export async function countInMemory(steps: number): Promise<{ readonly ms: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const run = 'bench';
  let last = '';
  let items = 0;
  const send = (message: FromRunner): void => {
    if (message.type === 'batch') {
      for (const item of message.items) if ('event' in item) last = item.event;
      items += message.items.length;
      host.receive({ type: 'ack', run, count: items });
    } else if (message.type === 'left') resolve();
    else if (message.type === 'refused') reject(new Error(message.error.message));
  };
  const host = new RunHost({ send, load: () => Promise.resolve(counting.definition) });
  const started = performance.now();
  host.receive({
    type: 'run',
    order: { run, agent: 'count', url: 'none:', input: { steps }, seed: 1, breakpoints: [] },
  });
  await promise;
  const ms = performance.now() - started;
  if (!last.includes('run.finished')) throw new Error(`The run ended otherwise: ${last}`);
  return { ms };
}
