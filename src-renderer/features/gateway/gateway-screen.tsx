// The Gateway screen.
import type { JSX } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Frame } from '../../ui/frame.tsx';

export function GatewayScreen(): JSX.Element {
  return <Frame id="gateway" mainLabel="Gateway" main={<EmptyState icon="gateway" title="Gateway" />} />;
}
