// The commands there are, in the order help shows them.
import type { Command } from '../command.ts';
import { agreementCommand } from './agreement.ts';
import { checkCommand } from './check.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { graphCommand } from './graph.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { labelCommand } from './label.ts';
import { mineCommand } from './mine.ts';
import { newCommand } from './new.ts';
import { pairsCommand } from './pairs.ts';
import { tracesCommand } from './traces.ts';

export const commands: readonly Command[] = [
  initCommand,
  newCommand,
  checkCommand,
  graphCommand,
  importCommand,
  tracesCommand,
  mineCommand,
  pairsCommand,
  labelCommand,
  agreementCommand,
  exportCommand,
  doctorCommand,
];
