// The whole contract: every procedure the renderer may call, one entry a domain.
import { agents } from './agent.ts';
import { datasets } from './dataset.ts';
import { desk } from './desk.ts';
import { egress } from './egress.ts';
import { gateway } from './gateway.ts';
import { imports } from './import.ts';
import { jobs } from './job.ts';
import { labels } from './label.ts';
import { models } from './model.ts';
import { pairs } from './pair.ts';
import { runs } from './run.ts';
import { traces } from './trace.ts';
import { vault } from './vault.ts';
import { workspace } from './workspace.ts';

export const contract = {
  workspace,
  jobs,
  imports,
  traces,
  pairs,
  labels,
  datasets,
  agents,
  runs,
  vault,
  models,
  gateway,
  egress,
  desk,
};
