// The commands there are, in the order help shows them.
import type { Command } from '../command.ts';
import { agreementCommand } from './agreement.ts';
import { checkCommand } from './check.ts';
import { cancelCommand } from './cancel.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { forkCommand } from './fork.ts';
import { graphCommand } from './graph.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { labelCommand } from './label.ts';
import { ledgerCommand } from './ledger.ts';
import { mineCommand } from './mine.ts';
import { modelsCommand } from './models.ts';
import { newCommand } from './new.ts';
import { pairsCommand } from './pairs.ts';
import { replayCommand } from './replay.ts';
import { resumeCommand } from './resume.ts';
import { runCommand } from './run.ts';
import { runsCommand } from './runs.ts';
import { serveCommand } from './serve.ts';
import { secretCommand } from './secret.ts';
import { showCommand } from './show.ts';
import { tracesCommand } from './traces.ts';

export const commands: readonly Command[] = [
  initCommand,
  newCommand,
  checkCommand,
  graphCommand,
  runCommand,
  runsCommand,
  showCommand,
  resumeCommand,
  cancelCommand,
  forkCommand,
  replayCommand,
  importCommand,
  tracesCommand,
  mineCommand,
  pairsCommand,
  labelCommand,
  agreementCommand,
  exportCommand,
  serveCommand,
  modelsCommand,
  ledgerCommand,
  secretCommand,
  doctorCommand,
];
