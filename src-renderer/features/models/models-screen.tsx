// The Models screen.
import type { JSX } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Frame } from '../../ui/frame.tsx';

export function ModelsScreen(): JSX.Element {
  return <Frame id="models" mainLabel="Models" main={<EmptyState icon="model" title="Models" />} />;
}
