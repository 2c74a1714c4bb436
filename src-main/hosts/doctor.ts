// What this machine offers the studio, what is missing and what that costs; the same for the window and the command line.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname, resolve } from 'node:path';
import { SystemKeychain } from '#adapters/keychain';
import { damageOf, sqliteFacts } from '#adapters/sqlite/facts';
import { databaseOf } from '#adapters/workspace';
import type { Guard, VaultState } from '#contract/vault';
import type { DoctorLine } from '#contract/workspace';
import { Problem, sentenceOf } from '#engine/problem';
import manifest from '../../package.json' with { type: 'json' };
import { userDataFolder } from './user-data.ts';
import { hasVault, vaultIn } from './vault.ts';

const oldestNode = [22, 12] as const;
const littleSpace = 1_000_000_000;
const tooLittleSpace = 100_000_000;

/**
 * One line a fact, in the order to read them. `folder`: the workspace to look at; undefined leaves its lines out. `data`: the user's data.
 * Opens nothing for writing, so that it also works on a workspace that another process has open.
 */
export async function doctorLines(
  folder: string | undefined,
  data: string = userDataFolder(),
): Promise<readonly DoctorLine[]> {
  const machine = [studioLine(), nodeLine(), ...electronLine(), sqliteLine(), await guardLine(data)];
  if (folder === undefined) return machine;
  return [...machine, workspaceLine(folder), databaseLine(folder), await spaceLine(folder)];
}

function studioLine(): DoctorLine {
  return {
    name: 'Atelier',
    state: 'ok',
    detail: `${manifest.version} on ${process.platform} ${release()} (${process.arch})`,
  };
}

function nodeLine(): DoctorLine {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isNewEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (isNewEnough) return { name: 'Node', state: 'ok', detail: node };
  return {
    name: 'Node',
    state: 'missing',
    detail: `${node} is too old: the database does not work on it.`,
    fix: `Install Node ${oldestNode.join('.')} or newer.`,
  };
}

/** Only where the window runs: the command line has no Electron. */
function electronLine(): readonly DoctorLine[] {
  const { electron, chrome } = process.versions;
  if (electron === undefined) return [];
  return [{ name: 'Electron', state: 'ok', detail: `${electron} (Chromium ${chrome ?? 'unknown'})` }];
}

function sqliteLine(): DoctorLine {
  try {
    const { version, fullText } = sqliteFacts();
    if (fullText) return { name: 'SQLite', state: 'ok', detail: `${version} with full-text search (FTS5)` };
    return {
      name: 'SQLite',
      state: 'missing',
      detail: `${version} without full-text search (FTS5): no workspace can be opened.`,
      fix: 'Install better-sqlite3 from npm again; its own binary has it.',
    };
  } catch (error) {
    return {
      name: 'SQLite',
      state: 'missing',
      detail: `It does not load: ${sentenceOf(error)}. No workspace can be opened.`,
      fix: 'Run npm ci in the checkout.',
    };
  }
}

/** Who guards the secrets, by name, and no more than is true. A vault is not made by looking for one. */
async function guardLine(data: string): Promise<DoctorLine> {
  const name = 'Secrets';
  try {
    if (!hasVault(data)) return unguardedLine(await new SystemKeychain().standing());
    const vault = vaultIn(data);
    try {
      const state = await vault.state();
      return state.guard === undefined ? unguardedLine(state.keychain) : guardedLine(state, state.guard);
    } finally {
      await vault.close();
    }
  } catch (error) {
    const fix = error instanceof Problem ? error.hint : undefined;
    return { name, state: 'missing', detail: sentenceOf(error), ...(fix === undefined ? {} : { fix }) };
  }
}

function unguardedLine(keychain: VaultState['keychain']): DoctorLine {
  const detail = 'None are kept: nothing was chosen yet to guard them.';
  if (keychain.isThere) return { name: 'Secrets', state: 'ok', detail: `${detail} ${keychain.name} works here.` };
  const why = `${keychain.name} does not work here. ${keychain.why ?? ''}`.trim();
  return { name: 'Secrets', state: 'ok', detail: `${detail} ${why} A passphrase can guard them instead.` };
}

function guardedLine({ keychain, secrets }: VaultState, guard: Guard): DoctorLine {
  const missing = secrets.filter(({ isMissing }) => isMissing === true).map((secret) => secret.name);
  const expired = secrets.filter(({ expiresAt = Infinity }) => expiresAt <= Date.now()).map((secret) => secret.name);
  const detail = [
    `${secrets.length} guarded by ${guard.name}${guard.kind === 'passphrase' && guard.isLocked ? ', locked' : ''}.`,
    guard.detail,
    ...(missing.length === 0 ? [] : [`No value is there for ${missing.join(', ')}.`]),
    ...(expired.length === 0 ? [] : [`Expired: ${expired.join(', ')}.`]),
  ].join(' ');
  const isAway = guard.kind === 'keychain' && !keychain.isThere;
  if (!isAway && missing.length === 0 && expired.length === 0) return { name: 'Secrets', state: 'ok', detail };
  const fix = isAway
    ? `Start or unlock ${keychain.name}; until then no secret is released.`
    : 'Put the values in again: atelier secret replace NAME.';
  return { name: 'Secrets', state: 'warn', detail, fix };
}

function workspaceLine(folder: string): DoctorLine {
  const path = resolve(folder);
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return { name: 'Workspace', state: 'ok', detail: `${path} can be written` };
  } catch {
    const fix = 'Give yourself the right to write there, or open another folder.';
    return {
      name: 'Workspace',
      state: 'missing',
      detail: `${path} cannot be written: nothing can be saved in it.`,
      fix,
    };
  }
}

function databaseLine(folder: string): DoctorLine {
  const file = databaseOf(folder);
  if (!existsSync(file))
    return { name: 'Database', state: 'ok', detail: 'None yet; it is made when something is imported.' };
  const damage = damageOf(file);
  const megabytes = (sizeOf(file) / 1e6).toFixed(1);
  if (damage === undefined) return { name: 'Database', state: 'ok', detail: `${file} (${megabytes} MB), sound` };
  return {
    name: 'Database',
    state: 'missing',
    detail: `${file} is damaged: ${damage}`,
    fix: `Copy the newest file of ${dirname(file)}/backups over it while Atelier is closed.`,
  };
}

/** With what is written to the log beside it and not moved over yet. */
function sizeOf(file: string): number {
  return statSync(file).size + (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
}

async function spaceLine(folder: string): Promise<DoctorLine> {
  try {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const detail = `${(free / 1e9).toFixed(1)} GB free where the workspace lies`;
    if (free >= littleSpace) return { name: 'Disk', state: 'ok', detail };
    const state = free < tooLittleSpace ? 'missing' : 'warn';
    return { name: 'Disk', state, detail, fix: 'Make room before a large import.' };
  } catch (error) {
    return { name: 'Disk', state: 'warn', detail: `Its free space could not be read: ${sentenceOf(error)}` };
  }
}
