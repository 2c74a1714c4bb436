// What a runner program is told when it is started, as the one argument of its command line.
import { z } from 'zod';

export const programOptionsSchema = z.strictObject({
  role: z.enum(['agent', 'tool']),
  /** The workspace. */
  folder: z.string(),
  memoryMb: z.number().positive(),
  residentMb: z.number().positive(),
  beatMs: z.number().positive(),
  /** Files and folders that agent code may read: the program's own code, its packages, the bundles. */
  readable: z.array(z.string()),
});
export type ProgramOptions = z.infer<typeof programOptionsSchema>;

/** Where the program is, as a spawner has to know it. */
export interface RunnerProgram {
  /** Path of its entry file. */
  readonly entry: string;
  readonly readable: readonly string[];
}
