// Words for calls of models and for what they used.
import type { Usage } from '#contract/journal';
import { shortCount } from '../../lib/format.ts';

const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });

/** "1.2K in, 300 out, $0.0041". */
export function usageWords({ inputTokens, outputTokens, costUsd }: Usage): string {
  const tokens = `${shortCount(inputTokens)} in, ${shortCount(outputTokens)} out`;
  return costUsd === undefined || costUsd === 0 ? tokens : `${tokens}, ${money.format(costUsd)}`;
}
