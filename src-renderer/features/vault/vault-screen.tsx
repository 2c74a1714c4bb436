// The Vault screen.
import type { JSX } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Frame } from '../../ui/frame.tsx';

export function VaultScreen(): JSX.Element {
  return <Frame id="vault" mainLabel="Vault" main={<EmptyState icon="vault" title="Vault" />} />;
}
