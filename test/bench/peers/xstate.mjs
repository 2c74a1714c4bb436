// XState's loop over a promise, asked by the bench: the async step that keeps nothing on disk.
import { assign, createActor, fromPromise, setup, toPromise } from 'xstate';

function machineOf(steps) {
  return setup({
    actors: { count: fromPromise(async ({ input }) => input.n + 1) },
    guards: { more: ({ event }) => event.output < steps },
  }).createMachine({
    context: { n: 0 },
    initial: 'step',
    output: ({ context }) => context.n,
    states: {
      step: {
        invoke: {
          src: 'count',
          input: ({ context }) => ({ n: context.n }),
          onDone: [
            { guard: 'more', target: 'step', reenter: true, actions: assign({ n: ({ event }) => event.output }) },
            { target: 'done', actions: assign({ n: ({ event }) => event.output }) },
          ],
        },
      },
      done: { type: 'final' },
    },
  });
}

async function loop({ steps }) {
  const actor = createActor(machineOf(steps));
  const started = performance.now();
  actor.start();
  const n = await toPromise(actor);
  if (n !== steps) throw new Error(`XState counted to ${JSON.stringify(n)}, not ${steps}`);
  return { ms: performance.now() - started };
}

process.on('message', ({ args }) => {
  loop(args).then(
    (figures) => process.send({ figures }),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
