// All handlers of the contract in one router.
import { agentsHandlers } from './agents.ts';
import { datasetsHandlers } from './datasets.ts';
import { deskHandlers } from './desk.ts';
import { egressHandlers } from './egress.ts';
import { gatewayHandlers } from './gateway.ts';
import { imports } from './imports.ts';
import { jobsHandlers } from './jobs.ts';
import { labelsHandlers } from './labels.ts';
import { modelsHandlers } from './models.ts';
import { pairsHandlers } from './pairs.ts';
import { runsHandlers } from './runs.ts';
import { traces } from './traces.ts';
import { vaultHandlers } from './vault.ts';
import { workspaceHandlers } from './workspace.ts';

export const router = {
  workspace: workspaceHandlers,
  jobs: jobsHandlers,
  imports,
  traces,
  pairs: pairsHandlers,
  labels: labelsHandlers,
  datasets: datasetsHandlers,
  agents: agentsHandlers,
  runs: runsHandlers,
  desk: deskHandlers,
  models: modelsHandlers,
  gateway: gatewayHandlers,
  egress: egressHandlers,
  vault: vaultHandlers,
};
