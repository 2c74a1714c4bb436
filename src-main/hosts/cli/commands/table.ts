// The commands there are, in the order help shows them.
import type { Command } from '../command.ts';
import { agreementCommand } from './agreement.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { labelCommand } from './label.ts';
import { mineCommand } from './mine.ts';
import { pairsCommand } from './pairs.ts';
import { tracesCommand } from './traces.ts';

export const commands: readonly Command[] = [
  importCommand,
  tracesCommand,
  mineCommand,
  pairsCommand,
  labelCommand,
  agreementCommand,
  exportCommand,
  doctorCommand,
];
