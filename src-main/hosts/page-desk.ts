// The desk of a page in a browser: asks the person for paths there, since a page has no file dialogs.
import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { DeskQuestion } from '#contract/desk';
import { Broadcast } from '#engine/broadcast';
import { Problem, sentenceOf } from '#engine/problem';
import type { AskingDesk, Desk } from '#handlers/context';
import type { GrantedPaths } from './granted-paths.ts';

interface OpenQuestion {
  readonly question: DeskQuestion;
  readonly settle: (paths: readonly string[] | undefined) => void;
}

/** One connection's; what was granted is everybody's who serves the same person. */
export class PageDesk implements Desk, AskingDesk {
  readonly #granted: GrantedPaths;
  readonly #open = new Map<string, OpenQuestion>();
  readonly #asked = new Broadcast<DeskQuestion>();
  #isClosed = false;

  constructor(granted: GrantedPaths) {
    this.#granted = granted;
  }

  async pickFiles(kind?: 'logs' | 'variables'): Promise<readonly string[]> {
    const title = kind === 'variables' ? 'Import secrets from a .env file' : 'Import agent logs';
    return (await this.#ask({ kind: 'files', title })) ?? [];
  }

  async pickFolder(title: string): Promise<string | undefined> {
    return (await this.#ask({ kind: 'folder', title }))?.[0];
  }

  async pickSaveFile(title: string, suggested: string): Promise<string | undefined> {
    return (await this.#ask({ kind: 'save', title, suggested: join(homedir(), suggested) }))?.[0];
  }

  isGranted(path: string): boolean {
    return this.#granted.has(path);
  }

  reveal(path: string): Promise<void> {
    return Promise.reject(new Problem('REFUSED', 'A browser opens no file manager.', `It lies here: ${resolve(path)}`));
  }

  questions(signal: AbortSignal): AsyncGenerator<DeskQuestion, void> {
    return this.#asked.listen(
      signal,
      [...this.#open.values()].map(({ question }) => question),
    );
  }

  answer(id: string, paths: readonly string[] | undefined): void {
    const open = this.#open.get(id);
    if (open === undefined) throw new Problem('NOT_FOUND', 'This question is settled already.');
    const { kind } = open.question;
    const most = kind === 'files' ? Number.POSITIVE_INFINITY : 1;
    if (paths !== undefined && paths.length > most) throw new Problem('BAD_INPUT', 'One path is asked for here.');
    const taken = paths?.map((path) => checks[kind](wholePath(path)));
    for (const path of taken ?? []) this.#granted.grant(path);
    open.settle(taken);
  }

  /** The page has gone: nobody answers any more. */
  close(): void {
    this.#isClosed = true;
    for (const { settle } of this.#open.values()) settle(undefined);
  }

  #ask(asked: Omit<DeskQuestion, 'id'>): Promise<readonly string[] | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const question = { ...asked, id: randomUUID() };
    return new Promise((done) => {
      const settle = (paths: readonly string[] | undefined): void => {
        this.#open.delete(question.id);
        done(paths);
      };
      this.#open.set(question.id, { question, settle });
      this.#asked.send(question);
    });
  }
}

/** "~" is the home folder, as in a shell. */
function wholePath(typed: string): string {
  const path = typed.trim();
  const whole = path === '~' || /^~[/\\]/.test(path) ? join(homedir(), path.slice(1)) : path;
  if (isAbsolute(whole) && !whole.includes('\0')) return resolve(whole);
  throw new Problem(
    'BAD_INPUT',
    `${path} is not a whole path.`,
    'Begin it with the root of the disk, or with ~ for your home folder.',
  );
}

const checks: Readonly<Record<DeskQuestion['kind'], (path: string) => string>> = {
  files(path) {
    const found = entryAt(path);
    if (found === undefined)
      throw new Problem('NOT_FOUND', `There is no file ${path}.`, 'Look for a slip in the path.');
    if (!found.isFile()) throw new Problem('BAD_INPUT', `${path} is not a file.`, 'Name the files one by one.');
    return path;
  },
  folder(path) {
    const found = entryAt(path);
    if (found?.isDirectory() === true) return path;
    if (found !== undefined) throw new Problem('BAD_INPUT', `${path} is a file, not a folder.`);
    requireFolderOf(path);
    try {
      mkdirSync(path);
    } catch (error) {
      throw new Problem(
        'REFUSED',
        `${path} could not be made: ${sentenceOf(error)}`,
        'Choose a folder you may write to.',
      );
    }
    return path;
  },
  save(path) {
    if (entryAt(path) !== undefined) throw new Problem('CONFLICT', `${path} is there already.`, 'Choose another name.');
    requireFolderOf(path);
    return path;
  },
};

function entryAt(path: string): ReturnType<typeof statSync> | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function requireFolderOf(path: string): void {
  if (entryAt(dirname(path))?.isDirectory() === true) return;
  throw new Problem(
    'NOT_FOUND',
    `There is no folder ${dirname(path)}.`,
    'Look for a slip in the path, or make the folder first.',
  );
}
