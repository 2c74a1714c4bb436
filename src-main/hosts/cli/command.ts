// What a command of the command line is, and what it is given to work with.
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Json } from '#contract/turn';
import type { RunControl } from '#engine/control/run-control';
import type { ModelService } from '#engine/models/model-service';
import type { Clock, Store, Task } from '#engine/ports';
import type { Redactor } from '#engine/redactor';
import type { Person } from './live/ask.ts';
import type { Terminal } from './progress.ts';
import type { SecretInput } from './secret-input.ts';

/** Values of a command's options as node:util parsed them. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** Where a command that has something to tell before its end tells it. */
export interface Live {
  /** Whether stdout is read by a program: every line is JSON. */
  readonly asJson: boolean;
  /** stdout where a person looks at it, so that it may be written over. */
  readonly screen: Terminal | undefined;
  /** Who can be asked; undefined where nobody is there. */
  readonly person: Person | undefined;
  /** A line of the result on stdout, before its end, as it is: text must have been made printable. */
  readonly line: (text: string) => void;
  readonly note: (text: string) => void;
}

/** Starts the same command line in the background; resolves with the run's id once it is on its way. Throws a Problem where it is not. */
export type Detach = (argv: readonly string[], log: string) => Promise<{ readonly run: string; readonly pid: number }>;

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
  /** What runs agents in the workspace; closed by the caller of the command. */
  readonly runs: () => Promise<RunControl>;
  /** The workspace's models. */
  readonly models: () => Promise<ModelService>;
  /** Masks what the user's vault knows, as far as it is open. */
  readonly redactor: () => Promise<Redactor>;
  /** A line for people on stderr. */
  readonly note: (text: string) => void;
  readonly live: Live;
  /** undefined where there is no program to start again (tests). */
  readonly detach: Detach | undefined;
  /** Where values and passphrases come from. */
  readonly secretInput: SecretInput | undefined;
  /** Tells whoever started this process detached that the run is on its way. */
  readonly announce: (run: string) => void;
}

export interface Outcome {
  /** Written as one JSON line with --json, or where stdout is not a terminal; undefined where all was told before. */
  readonly json: Json | object | undefined;
  /** Written otherwise; empty where all was told before. */
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
  /** The file that says which workspace is meant where none is named; undefined: the one around the current folder. */
  readonly near?: (positionals: readonly string[]) => string | undefined;
  /** One line an option, for --help. */
  readonly optionHelp: readonly (readonly [string, string])[];
  /** It goes on until a person or the system ends it, which then is no interruption. */
  readonly stays?: true;
  readonly run: (context: CommandContext) => Promise<Outcome>;
}
