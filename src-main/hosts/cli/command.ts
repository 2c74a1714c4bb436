// What a command of the command line is, and what it is given to work with.
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Json } from '#contract/turn';
import type { Clock, Store, Task } from '#engine/ports';

/** Values of a command's options as node:util parsed them. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export interface CommandContext {
  readonly positionals: readonly string[];
  readonly values: Values;
  readonly clock: Clock;
  readonly task: Task;
  readonly cwd: string;
  /** The workspace's folder; a Problem where there is none. `create` makes the current folder one. */
  readonly workspace: (options?: { readonly create: boolean }) => string;
  /** Opens the workspace's database; closed by the caller of the command. */
  readonly open: (options?: { readonly create: boolean }) => Store;
  /** A line for people on stderr. */
  readonly note: (text: string) => void;
}

export interface Outcome {
  /** Written as one JSON line with --json, or where stdout is not a terminal. */
  readonly json: Json | object;
  /** Written otherwise. */
  readonly text: string;
  /** Exit code, 0 unless said. */
  readonly code?: number;
}

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many arguments it takes besides options. */
  readonly positionals: 'none' | 'one' | 'many';
  /** One line an option, for --help. */
  readonly optionHelp: readonly (readonly [string, string])[];
  readonly run: (context: CommandContext) => Promise<Outcome>;
}
