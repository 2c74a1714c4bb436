// The screens, each loaded when it is first shown.
import { lazy, Suspense, type ReactNode } from 'react';
import type { View } from '../lib/route.tsx';
import type { IconName } from '../ui/icons.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Boundary } from './boundary.tsx';

// Asked for at once, since it is what a start shows: it arrives while the workspace opens.
const traces = import('../features/traces/traces-screen.tsx');
const TracesScreen = lazy(async () => ({ default: (await traces).TracesScreen }));
const PreferScreen = lazy(async () => ({
  default: (await import('../features/prefer/prefer-screen.tsx')).PreferScreen,
}));
const DatasetsScreen = lazy(async () => ({
  default: (await import('../features/datasets/datasets-screen.tsx')).DatasetsScreen,
}));
const RunsScreen = lazy(async () => ({ default: (await import('../features/runs/runs-screen.tsx')).RunsScreen }));
const ModelsScreen = lazy(async () => ({
  default: (await import('../features/models/models-screen.tsx')).ModelsScreen,
}));
const GatewayScreen = lazy(async () => ({
  default: (await import('../features/gateway/gateway-screen.tsx')).GatewayScreen,
}));
const VaultScreen = lazy(async () => ({ default: (await import('../features/vault/vault-screen.tsx')).VaultScreen }));
const LedgerScreen = lazy(async () => ({
  default: (await import('../features/egress/ledger-screen.tsx')).LedgerScreen,
}));

export interface Screen {
  readonly view: View;
  readonly title: string;
  readonly icon: IconName;
  readonly keys: string;
  readonly body: ReactNode;
}

/** In the order of the activity bar. */
export const screens: readonly Screen[] = [
  { view: 'traces', title: 'Traces', icon: 'traces', keys: 'Mod+1', body: <TracesScreen /> },
  { view: 'prefer', title: 'Prefer', icon: 'prefer', keys: 'Mod+2', body: <PreferScreen /> },
  { view: 'datasets', title: 'Datasets', icon: 'datasets', keys: 'Mod+3', body: <DatasetsScreen /> },
  { view: 'runs', title: 'Runs', icon: 'runs', keys: 'Mod+4', body: <RunsScreen /> },
  { view: 'models', title: 'Models', icon: 'model', keys: 'Mod+5', body: <ModelsScreen /> },
  { view: 'gateway', title: 'Gateway', icon: 'gateway', keys: 'Mod+6', body: <GatewayScreen /> },
  { view: 'vault', title: 'Vault', icon: 'vault', keys: 'Mod+7', body: <VaultScreen /> },
  { view: 'egress', title: 'Ledger', icon: 'ledger', keys: 'Mod+8', body: <LedgerScreen /> },
];

export function ScreenBody({ view }: { readonly view: View }): ReactNode {
  const screen = screens.find((known) => known.view === view);
  if (screen === undefined) return undefined;
  return (
    <Boundary key={view} what={screen.title}>
      <Suspense fallback={<SkeletonRows rows={12} height={44} label={`${screen.title} is loading`} />}>
        {screen.body}
      </Suspense>
    </Boundary>
  );
}
