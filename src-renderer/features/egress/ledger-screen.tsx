// The Ledger screen.
import type { JSX } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Frame } from '../../ui/frame.tsx';

export function LedgerScreen(): JSX.Element {
  return <Frame id="egress" mainLabel="Ledger" main={<EmptyState icon="ledger" title="Ledger" />} />;
}
