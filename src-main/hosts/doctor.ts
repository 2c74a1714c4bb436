// What this machine offers the studio, what is missing and what that costs; the same for the window and the command line.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname, resolve } from 'node:path';
import { damageOf, sqliteFacts } from '#adapters/sqlite/facts';
import { databaseOf } from '#adapters/workspace';
import type { DoctorLine } from '#contract/workspace';
import { sentenceOf } from '#engine/problem';
import manifest from '../../package.json' with { type: 'json' };

const oldestNode = [22, 12] as const;
const littleSpace = 1_000_000_000;
const tooLittleSpace = 100_000_000;

/**
 * One line a fact, in the order to read them. `folder`: the workspace to look at; undefined leaves its lines out.
 * Opens nothing for writing, so that it also works on a workspace that another process has open.
 */
export async function doctorLines(folder: string | undefined): Promise<readonly DoctorLine[]> {
  const machine = [studioLine(), nodeLine(), ...electronLine(), sqliteLine(), guardLine()];
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

function guardLine(): DoctorLine {
  return {
    name: 'Secrets',
    state: 'ok',
    detail:
      'Atelier keeps none yet: there is no vault in this version, and nothing is encrypted beyond what your disk does.',
  };
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
