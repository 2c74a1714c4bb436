// What a run, or a node with all inside it, has used of what it may use.
import type { Usage } from '#contract/journal';
import type { Budget } from '../graph/definition.ts';
import { addedUsage } from './fold.ts';
import { failure, type RunFailure } from './run-failure.ts';

export class Spending {
  readonly #whose: string;
  readonly #budget: Budget;
  readonly #around: Spending | undefined;
  #used: Usage;

  /** `used` before; `around`: whose budget this is a part of. */
  constructor(whose: string, budget: Budget, used: Usage, around?: Spending) {
    this.#whose = whose;
    this.#budget = budget;
    this.#used = used;
    this.#around = around;
  }

  /**
   * Counts what a model used; a failure "Budget" where that is more than may be. `isRecorded`: it was in the journal before, so that the run
   * has counted it.
   */
  spend(usage: Usage, isRecorded: boolean): RunFailure | undefined {
    if (this.#around !== undefined || !isRecorded) this.#used = addedUsage(this.#used, usage);
    const around = this.#around?.spend(usage, isRecorded);
    return this.#ownExcess() ?? around;
  }

  /** A failure where it has used too much already. */
  get excess(): RunFailure | undefined {
    return this.#ownExcess() ?? this.#around?.excess;
  }

  #ownExcess(): RunFailure | undefined {
    const { tokens, costUsd } = this.#budget;
    const used = this.#used.inputTokens + this.#used.outputTokens;
    if (tokens !== undefined && used > tokens) return overBudget(this.#whose, `${used} tokens of ${tokens}`);
    const cost = this.#used.costUsd ?? 0;
    if (costUsd !== undefined && cost > costUsd) return overBudget(this.#whose, `${cost} USD of ${costUsd}`);
    return undefined;
  }
}

export function overBudget(whose: string, what: string): RunFailure {
  return failure(
    'Budget',
    `${whose} has used more than its budget: ${what}.`,
    'Raise the `budget`, or let it do less.',
  );
}
