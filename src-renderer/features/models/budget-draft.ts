// Budgets while a person writes them.
import type { Budget } from '#contract/model';
import { decimalNumber, numberText, wholeNumber, type NumberResult } from '../../lib/number-text.ts';

/** As typed; '' for no budget. */
export interface BudgetDraft {
  readonly dayTokens: string;
  readonly dayUsd: string;
  readonly runTokens: string;
  readonly runUsd: string;
}

export type BudgetFaults = Readonly<Partial<Record<keyof BudgetDraft, string>>>;

export interface Budgets {
  readonly day?: Budget;
  readonly run?: Budget;
}

export type BudgetResult =
  | { readonly ok: true; readonly budgets: Budgets }
  | { readonly ok: false; readonly faults: BudgetFaults };

export function draftOfBudgets({ day, run }: Budgets): BudgetDraft {
  return {
    dayTokens: numberText(day?.tokens),
    dayUsd: numberText(day?.usd),
    runTokens: numberText(run?.tokens),
    runUsd: numberText(run?.usd),
  };
}

export function budgetsOf(draft: BudgetDraft): BudgetResult {
  const faults: Partial<Record<keyof BudgetDraft, string>> = {};
  const read = (field: keyof BudgetDraft, result: NumberResult): number | undefined => {
    if (result.ok) return result.value;
    faults[field] = result.fault;
    return undefined;
  };
  const day = budget(read('dayTokens', wholeNumber(draft.dayTokens)), read('dayUsd', decimalNumber(draft.dayUsd)));
  const run = budget(read('runTokens', wholeNumber(draft.runTokens)), read('runUsd', decimalNumber(draft.runUsd)));
  if (Object.keys(faults).length > 0) return { ok: false, faults };
  return { ok: true, budgets: { ...(day === undefined ? {} : { day }), ...(run === undefined ? {} : { run }) } };
}

function budget(tokens: number | undefined, usd: number | undefined): Budget | undefined {
  if (tokens === undefined && usd === undefined) return undefined;
  return { ...(tokens === undefined ? {} : { tokens }), ...(usd === undefined ? {} : { usd }) };
}

export function sameBudgetDraft(one: BudgetDraft, two: BudgetDraft): boolean {
  return (['dayTokens', 'dayUsd', 'runTokens', 'runUsd'] as const).every(
    (field) => one[field].trim() === two[field].trim(),
  );
}
