// The Prefer screen.
import type { ReactNode } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';

export function PreferScreen(): ReactNode {
  return <EmptyState icon="prefer" title="Prefer" />;
}
