// Budgets of a day and of a run: no call is made once one is used up. What is under way counts by its estimate.
import type { Budget, ModelSettings, SpentToday } from '#contract/model';
import { startOfDay } from '../local-day.ts';
import type { CallStore } from '../network-ports.ts';
import type { Clock } from '../ports.ts';
import { ModelError } from './model.ts';

export type Budgets = NonNullable<ModelSettings['budgets']>;

export interface Spending {
  readonly run?: string | undefined;
  /** Estimated. */
  readonly tokens: number;
  /** Estimated; 0 for what costs nothing, undefined where the price is not known. */
  readonly usd: number | undefined;
}

export class BudgetKeeper {
  readonly #calls: CallStore;
  readonly #clock: Clock;
  readonly #settle: () => void;
  readonly #underWay = new Set<Spending>();

  /** `settle`: calls that have ended are in the store when it returns. */
  constructor(calls: CallStore, clock: Clock, settle: () => void = () => undefined) {
    this.#calls = calls;
    this.#clock = clock;
    this.#settle = settle;
  }

  /** Gives back what ends the spending. Throws ModelError 429 where a budget is used up; the hint names its setting. */
  enter({ day, run }: Budgets, spending: Spending): () => void {
    if (day !== undefined) {
      this.#settle();
      const spent = this.#calls.spent({ from: startOfDay(this.#clock.now()) });
      this.#check('day', day, spent, [...this.#underWay], spending);
    }
    if (run !== undefined && spending.run !== undefined) {
      const spent = this.#calls.spent({ from: 0, run: spending.run });
      const ofRun = [...this.#underWay].filter((one) => one.run === spending.run);
      this.#check('run', run, spent, ofRun, spending);
    }
    this.#underWay.add(spending);
    return () => this.#underWay.delete(spending);
  }

  #check(
    which: 'day' | 'run',
    budget: Budget,
    spent: SpentToday,
    underWay: readonly Spending[],
    { usd: price }: Spending,
  ): void {
    const tokens = underWay.reduce((sum, one) => sum + one.tokens, spent.inputTokens + spent.outputTokens);
    const usd = underWay.reduce((sum, one) => sum + (one.usd ?? 0), spent.usd);
    if (budget.tokens !== undefined && tokens >= budget.tokens) {
      throw usedUp(which, 'tokens', `${count(budget.tokens)} tokens`, `${count(tokens)} tokens`);
    }
    // What costs nothing may go on.
    if (budget.usd !== undefined && price !== 0 && usd >= budget.usd) {
      throw usedUp(which, 'usd', `${money(budget.usd)} USD`, `${money(usd)} USD`);
    }
  }
}

function usedUp(which: 'day' | 'run', member: keyof Budget, budget: string, spent: string): ModelError {
  const [whose, since] = which === 'day' ? ["Today's budget", 'since midnight'] : ["The run's budget", 'in this run'];
  return new ModelError(
    `${whose} of ${budget} is used up: ${spent} were spent ${since}, what is under way included.`,
    429,
    `It is set in atelier.json at models.budgets.${which}.${member}.`,
  );
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function money(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 1 ? 6 : 2 });
}
