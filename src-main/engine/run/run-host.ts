// The runs of a runner process: takes orders and messages, one run by the other; what one of them does harms no other.
//
// Where to read on: active-run.ts takes one run from its order to its last event here; scope.ts goes step by step (ways.ts: the edges,
// channels.ts: the state); node-run.ts runs a node try by try, nodes/ what each kind does; frame.ts is what a try may use and ask for;
// effects.ts and interrupts.ts hold what it waits for. journal.ts sends what happens to main; fold.ts makes of a journal where a run stands,
// there and here. residence.ts and gate.ts know when a run leaves; cancellation.ts ends parts of it.
import type { AgentDefinition } from '../graph/definition.ts';
import { ActiveRun } from './active-run.ts';
import { Graphs } from './core.ts';
import type { FromRunner, RunOrder, ToRunner } from './protocol.ts';
import { failure, runErrorOf } from './run-failure.ts';
import { Slots } from './slots.ts';
import { validateDefinition } from './validate.ts';

type RunMessage = Extract<ToRunner, { readonly run: string }>;

export interface RunHostParts {
  send(message: FromRunner): void;
  /** The agent of a bundle. Throws what loading it threw. */
  load(url: string): Promise<AgentDefinition>;
}

export class RunHost {
  readonly #parts: RunHostParts;
  readonly #graphs = new Graphs();
  readonly #slots = new Slots();
  readonly #valid = new WeakSet<AgentDefinition>();
  readonly #runs = new Map<string, ActiveRun>();
  /** Runs whose bundle is being loaded, with what is said to them meanwhile. */
  readonly #loading = new Map<string, RunMessage[]>();

  constructor(parts: RunHostParts) {
    this.#parts = parts;
  }

  /** Messages that are of no run, or of one that is not here, are let go. */
  receive(message: ToRunner): void {
    if (message.type === 'run') void this.#take(message.order);
    else if ('run' in message) this.#tell(message);
  }

  #tell(message: RunMessage): void {
    const loading = this.#loading.get(message.run);
    if (loading !== undefined) loading.push(message);
    else this.#runs.get(message.run)?.receive(message);
  }

  /** Never rejects. */
  async #take(order: RunOrder): Promise<void> {
    const { run } = order;
    if (this.#runs.has(run) || this.#loading.has(run)) {
      const { error } = failure('Busy', 'The run is in this runner already.');
      this.#parts.send({ type: 'refused', run, error });
      return;
    }
    try {
      const waiting: RunMessage[] = [];
      this.#loading.set(run, waiting);
      const definition = await this.#parts.load(order.url);
      if (!this.#valid.has(definition)) validateDefinition(definition);
      this.#valid.add(definition);
      const active = new ActiveRun(order, definition, {
        send: (message) => this.#parts.send(message),
        graphs: this.#graphs,
        slots: this.#slots,
        left: () => this.#runs.delete(run),
      });
      this.#loading.delete(run);
      this.#runs.set(run, active);
      for (const message of waiting) active.receive(message);
      active.begin();
    } catch (error) {
      this.#loading.delete(run);
      this.#runs.delete(run);
      this.#parts.send({ type: 'refused', run, error: runErrorOf(error) });
    }
  }
}
