// The second thread of a runner: loads bundles, runs agents, tools and descriptions of both.
import { AsyncLocalStorage } from 'node:async_hooks';
import { workerData } from 'node:worker_threads';
import type { FromRunner, ToRunner } from '#engine/run/protocol';
import { RunHost } from '#engine/run/run-host';
import { describeFile } from './describe-file.ts';
import { guard } from './guards.ts';
import { loadAgent, loadModule } from './load.ts';
import { capturePrints } from './prints.ts';
import type { ThreadData } from './supervise.ts';
import { ToolCalls } from './tool-calls.ts';

export function serve(): void {
  // Given by supervise.ts in this process.
  const { port, pulse, options } = workerData as ThreadData;
  // Bound now: user code may put something else in its place later.
  const post: (message: FromRunner) => void = port.postMessage.bind(port);
  const current = new AsyncLocalStorage<string>();
  const prints = capturePrints(() => current.getStore(), post);
  guard(options.role, prints.print);
  const send = (message: FromRunner): void => {
    // Once a run has left, nobody knows it here any more.
    if (message.type === 'left') prints.flush();
    post(message);
  };

  const host = new RunHost({ send, load: loadAgent });
  const tools = new ToolCalls(send, loadModule);
  port.on('message', (message: ToRunner) => {
    switch (message.type) {
      case 'describe':
        void describeFile(message.id, message.url).then(send);
        return;
      case 'tool':
        void tools.call(message);
        return;
      case 'tool.cancel':
        tools.cancel(message.id);
        return;
      case 'run':
        // All that follows from it knows whose it is.
        current.run(message.order.run, () => host.receive(message));
        return;
      default:
        host.receive(message);
    }
  });
  setInterval(() => Atomics.add(pulse, 0, 1), options.beatMs / 2);
  send({ type: 'ready' });
}
