// Questions of a run that wait for a person or a time.
import type { Json } from '#contract/turn';
import type { RunFold } from './fold.ts';
import type { Journal } from './journal.ts';
import type { Question } from './node-world.ts';

export class Interrupts {
  readonly #journal: Journal;
  readonly #waiting = new Map<string, (value: Json) => void>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The answer, where it is in the journal already; `undefined` where it is yet to come. Asks unless that has been done. */
  ask(id: string, question: Question, recorded: RunFold | undefined): Json | undefined {
    const known = recorded?.interrupts.get(id);
    if (known?.answer !== undefined) return known.answer.value;
    if (known === undefined) {
      const { kind, title, details, form, until } = question;
      this.#journal.emit({
        type: 'interrupt.opened',
        id,
        kind,
        title,
        ...(details === undefined ? {} : { details }),
        ...(form === undefined ? {} : { form }),
        ...(until === undefined ? {} : { until }),
      });
    }
    return undefined;
  }

  /** Calls `answered` when the answer comes, unless what it returns is called before. */
  await(id: string, answered: (value: Json) => void): () => void {
    this.#waiting.set(id, answered);
    return () => {
      if (this.#waiting.get(id) === answered) this.#waiting.delete(id);
    };
  }

  answer(id: string, value: Json): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.(value);
  }
}
