// Runs one command: options, workspace, result as text or JSON, exit code.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createWorkspace, openWorkspaceStore, systemClock } from '#adapters/workspace';
import { NodeSpawner } from '#adapters/node-spawner';
import type { RunControl } from '#engine/control/run-control';
import { nearest } from '#engine/nearest';
import type { Store } from '#engine/ports';
import manifest from '../../../package.json' with { type: 'json' };
import { Problem, sentenceOf } from '#engine/problem';
import { noRedaction } from '#engine/redactor';
import type { StudioDoors } from '#engine/studio';
import type { Vault } from '#engine/vault/vault';
import type { Command, Detach } from './command.ts';
import { commands } from './commands/table.ts';
import { help, helpFor } from './help.ts';
import type { Person } from './live/ask.ts';
import { jsonLine, printable } from './text.ts';
import { openDoors } from '../doors.ts';
import { openRuns, type OpenRuns } from '../runs.ts';
import { resourcesFolder } from '../type-sources.ts';
import { userDataFolder } from '../user-data.ts';
import { learnedValues, vaultOrProblem } from '../vault.ts';
import { terminalTask, type Terminal } from './progress.ts';
import type { SecretInput } from './secret-input.ts';
import { SecretTyping, unlockForCalls } from './secret-values.ts';
import { flag, text, usage, UsageProblem } from './values.ts';

export interface CliIo {
  readonly out: Terminal;
  readonly err: Terminal;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Asks the person at the terminal; absent where nobody is there. */
  readonly ask?: Person['ask'];
  readonly detach?: Detach;
  /** Where values and passphrases come from. */
  readonly secretInput?: SecretInput;
  readonly announce?: (run: string) => void;
}

/** 0 done, 1 it failed, 2 the command line was wrong, 130 interrupted. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return showHelp(rest[0], io);
  if (name === '--version' || name === '-v') return showVersion(io);
  const command = commands.find((one) => one.name === name);
  try {
    if (command === undefined) throw unknownCommand(name);
    return await runCommand(command, rest, io);
  } catch (error) {
    return fail(error, rest.includes('--json'), io);
  }
}

function unknownCommand(name: string): UsageProblem {
  const near = nearest(
    name,
    commands.map((one) => one.name),
  );
  return new UsageProblem(
    'BAD_INPUT',
    `There is no command "${name}".`,
    `${near === undefined ? '' : `Did you mean \`atelier ${near}\`? `}\`atelier help\` lists them.`,
  );
}

async function runCommand(command: Command, argv: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parse(command, argv);
  if (flag(values, 'help')) {
    io.out.write(`${helpFor(command)}\n`);
    return 0;
  }
  refuseMore(command, positionals);
  const { task, clear } = terminalTask(io.err, io.signal);
  const workspace = (options?: { readonly create: boolean }): string =>
    findWorkspace(text(values, 'workspace'), command.near?.(positionals), io.cwd, options?.create ?? false);
  let store: Store | undefined;
  const open = (options?: { readonly create: boolean }): Store => {
    if (store !== undefined) return store;
    const folder = workspace(options);
    if (options?.create === true) createWorkspace(folder);
    store = openWorkspaceStore(folder, { owner: `atelier ${command.name}` });
    return store;
  };
  const note = (line: string): void => {
    clear();
    io.err.write(`${printable(line)}\n`);
  };
  const typing = new SecretTyping(io.secretInput, flag(values, 'passphrase-stdin'));
  let opened: OpenRuns | undefined;
  let openedDoors: StudioDoors | undefined;
  let openedVault: Promise<Vault | Problem> | undefined;
  const userVault = (): Promise<Vault | Problem> => (openedVault ??= vaultOrProblem(userDataFolder(), () => undefined));
  /** Before anything is taken in: what is not known yet is not masked. */
  const learned = (vault: Vault): Promise<void> =>
    learnedValues(vault, () => note('The keychain does not answer yet: the values that it guards are not masked.'));
  const doors = async (): Promise<StudioDoors> => {
    const vault = await userVault();
    if (!(vault instanceof Problem) && openedDoors === undefined) {
      await unlockForCalls(vault, typing, workspace(), note);
      await learned(vault);
    }
    openedDoors ??= openDoors({
      folder: workspace(),
      resources: resourcesFolder(),
      store: open(),
      clock: systemClock,
      vault,
      changed: () => undefined,
      failed: note,
    });
    return openedDoors;
  };
  const runs = async (): Promise<RunControl> => {
    if (opened !== undefined) return opened.control;
    const { models, redactor } = await doors();
    opened = openRuns({
      store: open(),
      clock: systemClock,
      folder: workspace(),
      models: models.models,
      redactor,
      spawner: (program) => new NodeSpawner(program),
      changed: () => undefined,
      failed: note,
    });
    // Runs that were under way when another process ended go on when a person says so.
    await opened.control.open({ resume: false });
    return opened.control;
  };
  const asJson = (flag(values, 'json') || io.out.isTTY !== true) && !flag(values, 'text');
  const line = (written: string): void => void io.out.write(`${written}\n`);
  const isWatched = io.out.isTTY === true && !asJson;
  try {
    const outcome = await command.run({
      positionals,
      values,
      clock: systemClock,
      task,
      cwd: io.cwd,
      workspace,
      open,
      runs,
      models: async () => (await doors()).models,
      redactor: async () => {
        const vault = await userVault();
        if (vault instanceof Problem) return noRedaction;
        if (vault.isLocked && flag(values, 'passphrase-stdin')) await vault.unlock(await typing.passphrase());
        else if (vault.isLocked)
          note('The vault is locked: the values in it are not masked. --passphrase-stdin reads its passphrase.');
        await learned(vault);
        return vault.redactor;
      },
      note,
      live: {
        asJson,
        screen: isWatched ? io.out : undefined,
        person: isWatched && io.ask !== undefined ? { ask: io.ask, say: (said) => line(printable(said)) } : undefined,
        line,
        note,
      },
      detach: io.detach,
      secretInput: io.secretInput,
      announce: (run) => io.announce?.(run),
    });
    clear();
    const json = outcome.json === undefined ? '' : jsonLine(outcome.json);
    const result = asJson ? json : printable(outcome.text);
    if (result !== '') line(result);
    return io.signal.aborted && command.stays !== true ? 130 : (outcome.code ?? 0);
  } finally {
    clear();
    await opened?.close();
    await openedDoors?.close();
    const vault = await openedVault;
    if (vault !== undefined && !(vault instanceof Problem)) await vault.close();
    store?.close();
  }
}

/** What would be passed over in silence may be what was meant. */
function refuseMore({ name, positionals: takes }: Command, positionals: readonly string[]): void {
  const most = { none: 0, one: 1, many: Number.POSITIVE_INFINITY }[takes];
  const extra = positionals[most];
  if (extra !== undefined)
    throw usage(`${name} takes ${takes === 'one' ? 'one argument' : 'no arguments'}, so what is "${extra}"?`);
}

const commonOptions = {
  workspace: { type: 'string', short: 'w' },
  json: { type: 'boolean' },
  text: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  'passphrase-stdin': { type: 'boolean' },
} as const;

function parse(
  command: Command,
  argv: readonly string[],
): Pick<ReturnType<typeof parseArgs>, 'values' | 'positionals'> {
  try {
    return parseArgs({ args: [...argv], options: { ...command.options, ...commonOptions }, allowPositionals: true });
  } catch (error) {
    // Node goes on about positional arguments, which is not what was meant.
    const [sentence = ''] = sentenceOf(error).split('. ');
    throw usage(`${sentence.replace(/\.$/u, '')}.`, command.name);
  }
}

/** The nearest folder upwards that is a workspace. */
function workspaceAround(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isWorkspace(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The named folder, else the one around `file`, else the one around the current folder, else (with `create`) that itself. */
function findWorkspace(named: string | undefined, file: string | undefined, cwd: string, create: boolean): string {
  if (named !== undefined) {
    const folder = resolve(cwd, named);
    if (isWorkspace(folder) || (create && (!existsSync(folder) || statSync(folder).isDirectory()))) return folder;
    if (create) throw new Problem('BAD_INPUT', `${folder} is a file.`, 'A workspace is a folder: name or make one.');
    throw new Problem(
      'NOT_FOUND',
      `${folder} is no workspace.`,
      'Make it one: atelier init DIR for agents, atelier import FILE --workspace DIR for logs.',
    );
  }
  const isFile = file !== undefined && statSync(resolve(cwd, file), { throwIfNoEntry: false })?.isFile() === true;
  const found = (isFile ? workspaceAround(dirname(resolve(cwd, file))) : undefined) ?? workspaceAround(cwd);
  if (found !== undefined) return found;
  if (create) return cwd;
  throw new Problem(
    'NOT_FOUND',
    'Neither this folder nor one above it is a workspace.',
    'Name one with --workspace DIR, or make one: atelier init DIR for agents, atelier import FILE for logs.',
  );
}

function isWorkspace(folder: string): boolean {
  return existsSync(join(folder, '.atelier'));
}

function fail(error: unknown, asJson: boolean, io: CliIo): number {
  if (io.signal.aborted) {
    io.err.write('Interrupted. What was done so far is kept.\n');
    return 130;
  }
  const problem = error instanceof Problem ? error : new Problem('INTERNAL', sentenceOf(error));
  if (asJson)
    io.out.write(`${jsonLine({ error: { code: problem.code, message: problem.message, hint: problem.hint } })}\n`);
  io.err.write(printable(`atelier: ${problem.message}\n${problem.hint === undefined ? '' : `  ${problem.hint}\n`}`));
  return problem instanceof UsageProblem ? 2 : 1;
}

function showHelp(name: string | undefined, io: CliIo): number {
  const command = commands.find((one) => one.name === name);
  io.out.write(`${command === undefined ? help(commands) : helpFor(command)}\n`);
  return 0;
}

function showVersion(io: CliIo): number {
  io.out.write(`atelier ${manifest.version}\n`);
  return 0;
}
