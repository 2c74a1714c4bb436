// Lays graphs out in a worker of their own; a graph that was laid out once is remembered.
import ELK from 'elkjs/lib/elk-api.js';
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker';
import type { Flow } from './flow.ts';
import { elkGraph, layoutOf, type Layout } from './layout-input.ts';

const remembered = 20;

export interface Layouter {
  /** Resolves where everything stands; rejects where ELK cannot do it. */
  readonly layout: (flow: Flow) => Promise<Layout>;
  /** Ends the worker; the next graph starts another. */
  readonly stop: () => void;
}

/** The worker starts with the first graph and is kept for the next. */
export function newLayouter(): Layouter {
  const known = new Map<string, Promise<Layout>>();
  let elk: InstanceType<typeof ELK> | undefined;
  const layout = (flow: Flow): Promise<Layout> => {
    const name = JSON.stringify(flow);
    const before = known.get(name);
    if (before !== undefined) return before;
    elk ??= new ELK({ workerFactory: () => new ElkWorker() });
    const laidOut = elk.layout(elkGraph(flow)).then((root) => layoutOf(flow, root));
    known.set(name, laidOut);
    laidOut.catch(() => known.delete(name));
    const [oldest] = known.keys();
    if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    return laidOut;
  };
  return {
    layout,
    stop: () => {
      elk?.terminateWorker();
      elk = undefined;
      known.clear();
    },
  };
}
