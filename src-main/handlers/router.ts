// All handlers of the contract in one router.
import { jobsHandlers } from './jobs.ts';
import { labelsHandlers } from './labels.ts';
import { pairsHandlers } from './pairs.ts';
import { workspaceHandlers } from './workspace.ts';

export const router = {
  workspace: workspaceHandlers,
  jobs: jobsHandlers,
  pairs: pairsHandlers,
  labels: labelsHandlers,
};
