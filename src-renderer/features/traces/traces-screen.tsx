// The Traces screen.
import type { ReactNode } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';

export function TracesScreen(): ReactNode {
  return <EmptyState icon="traces" title="Traces" />;
}
