// What of the ledger is shown: host, purpose, on whose behalf, refused ones alone.
import type { LedgerFilter, Purpose } from '#contract/egress';

export interface LedgerChoice {
  readonly host?: string;
  readonly purpose?: Purpose;
  readonly refusedOnly: boolean;
}

export const everything: LedgerChoice = { refusedOnly: false };

export function filterOf(
  { host, purpose, refusedOnly }: LedgerChoice,
  run: string | undefined,
  key: string | undefined,
): LedgerFilter {
  return {
    ...(host === undefined ? {} : { host }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(run === undefined ? {} : { run }),
    ...(key === undefined ? {} : { key }),
    ...(refusedOnly ? { kind: 'refused' as const } : {}),
  };
}

export function isFiltered(filter: LedgerFilter): boolean {
  return Object.keys(filter).length > 0;
}
