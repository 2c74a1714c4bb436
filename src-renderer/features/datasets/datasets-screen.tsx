// The Datasets screen.
import type { ReactNode } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';

export function DatasetsScreen(): ReactNode {
  return <EmptyState icon="datasets" title="Datasets" />;
}
