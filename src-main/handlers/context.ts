// What every handler is given: the open studio and the desk, and how the engine's problems become the contract's errors.
import { ORPCError, os, ValidationError } from '@orpc/server';
import { problems } from '#contract/problem';
import { Problem, sentenceOf } from '#engine/problem';
import type { Studio } from '#engine/studio';
import type { DeskQuestion } from '#contract/desk';
import type { DoctorLine, RecentWorkspace, WorkspaceInfo } from '#contract/workspace';

/** What needs a person or the system's desktop; the host gives it. */
export interface Desk {
  /** Files to import, logs unless said; the picked ones count as granted. */
  pickFiles(kind?: 'logs' | 'variables'): Promise<readonly string[]>;
  /** A folder to write to; the picked one counts as granted. */
  pickFolder(title: string): Promise<string | undefined>;
  /** A file to write; the picked one counts as granted. */
  pickSaveFile(title: string, suggested: string): Promise<string | undefined>;
  /** Whether a person picked or dropped this path. */
  isGranted(path: string): boolean;
  reveal(path: string): Promise<void>;
}

/** A desk that asks its person through the page. */
export interface AskingDesk {
  /** Those that are open, then each that comes, until `signal` aborts. */
  questions(signal: AbortSignal): AsyncGenerator<DeskQuestion, void>;
  /** Without `paths` the person thought better of it. Throws a Problem where a path will not do. */
  answer(id: string, paths: readonly string[] | undefined): void;
}

/** Opens and remembers workspaces; the host gives it. */
export interface Workspaces {
  /** The open one; where opening failed before, tries again and throws why not. */
  current(): Promise<WorkspaceInfo>;
  recent(): readonly RecentWorkspace[];
  open(path: string): Promise<WorkspaceInfo>;
  /** Asks at that desk for a folder; undefined when the person thinks better of it. */
  pick(desk: Desk): Promise<WorkspaceInfo | undefined>;
  openSample(): Promise<WorkspaceInfo>;
  forget(path: string): readonly RecentWorkspace[];
  doctor(): Promise<readonly DoctorLine[]>;
}

export interface Context {
  readonly studio: () => Studio;
  readonly desk: Desk;
  readonly workspaces: Workspaces;
  /** The desk once more where it asks through the page. */
  readonly asks?: AskingDesk;
  /** Who answers interrupts, where that is not the person at the window: "key notebook". */
  readonly actor?: string;
}

/** Middleware of every procedure: a Problem crosses as its code, sentence and hint; anything else as INTERNAL. */
export const asContractErrors = os.$context<Context>().middleware(async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    if (isContractError(error)) throw refusedInput(error) ?? error;
    throw toContractError(
      error instanceof Problem ? error : new Problem('INTERNAL', sentenceOf(error), undefined, { cause: error }),
    );
  }
});

export function toContractError(problem: Problem): ORPCError<string, { hint?: string }> {
  const data = problem.hint === undefined ? {} : { hint: problem.hint };
  return new ORPCError(problem.code, {
    status: problems[problem.code].status,
    message: problem.message,
    data,
    cause: problem,
  });
}

/** The first thing wrong with an input that its schema did not take, in words; undefined for any other error. */
function refusedInput(error: ORPCError<string, unknown>): ORPCError<string, { hint?: string }> | undefined {
  if (!(error.cause instanceof ValidationError)) return undefined;
  const [issue] = error.cause.issues;
  const where = issue?.path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') ?? '';
  const what = issue?.message ?? 'it has another form than agreed';
  // Without the error as cause: that holds the whole input, which may be a secret.
  return toContractError(
    new Problem('BAD_INPUT', `The request was not understood: ${where === '' ? '' : `${where}: `}${what}.`),
  );
}

/** Aborts when the reader stops or the studio closes: the end of a stream over the contract. */
export function untilClosed(studio: Studio, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? studio.closing : AbortSignal.any([studio.closing, signal]);
}

function isContractError(error: unknown): error is ORPCError<string, unknown> {
  return error instanceof ORPCError;
}
