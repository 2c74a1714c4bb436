// Opens, remembers and switches workspaces; one is open at a time.
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DoctorLine, RecentWorkspace, Topic, WorkspaceInfo } from '#contract/workspace';
import type { Agents } from '#engine/graph/catalog';
import { makeFolder } from '#engine/make-folder';
import type { Clock, Store } from '#engine/ports';
import { Problem, sentenceOf } from '#engine/problem';
import { Studio, type StudioDoors, type StudioRuns } from '#engine/studio';
import type { Desk, Workspaces } from '#handlers/context';
import type { RecentList } from './recent.ts';

export interface WorkspaceParts {
  readonly clock: Clock;
  readonly recent: RecentList;
  /** Opens `<folder>/.atelier/studio.db`; throws a Problem where it cannot. */
  readonly openStore: (folder: string) => Store;
  /** Tells that database from any other at its place; undefined where there is none. */
  readonly markOf: (folder: string) => string | undefined;
  readonly sample: SampleWorkspace;
  /** What the studio of `folder` has besides its store; absent where there is nothing more. */
  readonly equip?: (folder: string, store: Store, changed: (...topics: Topic[]) => void) => Equipment;
  readonly doctor: (studio: Studio | undefined) => Promise<readonly DoctorLine[]>;
  /** Closes what all workspaces share, once none is open any more. */
  readonly closeShared?: () => Promise<void>;
}

/** What lists and runs the workspace's agents. */
export interface Equipment {
  readonly agents: Agents;
  readonly runs: StudioRuns;
  readonly doors: StudioDoors;
}

export interface SampleWorkspace {
  readonly folder: string;
  /** Lays the sample's files down where they are not there yet; what the user changed or removed stays so. */
  readonly place: () => void;
  /** Imports and mines the sample's logs where the workspace is still empty. */
  readonly fill: (studio: Studio) => void;
}

export class OpenWorkspaces implements Workspaces {
  readonly #parts: WorkspaceParts;
  #studio: Studio | undefined;
  /** Of the open studio's database. */
  #mark: string | undefined;
  #failure: Error = new Problem('NOT_FOUND', 'No workspace is open.', 'Open one from the bar at the bottom.');
  /** The folder with which the start failed. */
  #failed: string | undefined;
  /** One switch at a time: the second waits until the first is done. */
  #switching: Promise<unknown> = Promise.resolve();

  constructor(parts: WorkspaceParts) {
    this.#parts = parts;
  }

  /**
   * The open studio; throws why there is none. A database that was removed under us still takes what is written, and all of it would be
   * lost: so each call looks first.
   */
  readonly studio = (): Studio => {
    const studio = this.#studio;
    if (studio === undefined) throw this.#failure;
    if (this.#isInPlace(studio)) return studio;
    throw new Problem(
      'NOT_FOUND',
      `The workspace is not in ${studio.path} any more: it was moved or removed.`,
      'Nothing can be saved until it is back there. Put it back and try again, or open it from its new place.',
    );
  };

  /** Tells the views of the open workspace, if one is open. */
  changed(...topics: Topic[]): void {
    this.#studio?.changed(...topics);
  }

  /** Folder of the open workspace. */
  openPath(): string | undefined {
    return this.#studio?.path;
  }

  /** What the window starts with: `asked`, else the last one that is still there, else the sample. */
  async start(asked: string | undefined): Promise<void> {
    const path = asked ?? this.recent().find((known) => known.exists)?.path;
    try {
      await (path === undefined ? this.openSample() : this.#enter(path));
    } catch (error) {
      this.#failed = path;
      // The window shows it and offers another workspace.
      this.#failure = error instanceof Error ? error : new Problem('INTERNAL', sentenceOf(error));
    }
  }

  /** Also opens what could not be opened at the start: its cause may be gone (another process had it, a folder was away). */
  async current(): Promise<WorkspaceInfo> {
    if (this.#studio === undefined && this.#failed !== undefined) await this.#enter(this.#failed);
    const path = this.#studio?.path;
    // Another database stands there by now, from a backup perhaps.
    if (path !== undefined && ![undefined, this.#mark].includes(this.#parts.markOf(path))) await this.#enter(path);
    return this.studio().info();
  }

  recent(): readonly RecentWorkspace[] {
    return this.#parts.recent.list();
  }

  /** Opens one of the recent workspaces; others come in through `pick` or the command line. */
  async open(path: string): Promise<WorkspaceInfo> {
    if (!this.#parts.recent.has(path)) {
      throw new Problem('REFUSED', `${path} is not one of the recent workspaces.`, 'Choose its folder in the dialog.');
    }
    return this.#enter(path);
  }

  async pick(desk: Pick<Desk, 'pickFolder'>): Promise<WorkspaceInfo | undefined> {
    const folder = await desk.pickFolder('Choose a folder for the workspace');
    return folder === undefined ? undefined : this.#enter(folder);
  }

  async openSample(): Promise<WorkspaceInfo> {
    return this.#enter(this.#parts.sample.folder);
  }

  /** Opens a folder that the person named outside the window (command line, second start). */
  async openNamed(path: string): Promise<WorkspaceInfo> {
    return this.#enter(path);
  }

  forget(path: string): readonly RecentWorkspace[] {
    this.#parts.recent.forget(path);
    return this.recent();
  }

  doctor(): Promise<readonly DoctorLine[]> {
    return this.#parts.doctor(this.#studio);
  }

  /** Closes what is open; all that was acknowledged is on disk. */
  async close(): Promise<void> {
    await this.#switching;
    const studio = this.#studio;
    this.#studio = undefined;
    await studio?.close();
    await this.#parts.closeShared?.();
  }

  #isInPlace(studio: Studio): boolean {
    return this.#parts.markOf(studio.path) === this.#mark;
  }

  async #leave(studio: Studio): Promise<void> {
    this.#studio = undefined;
    this.#failed = studio.path;
    await studio.close();
  }

  #enter(path: string): Promise<WorkspaceInfo> {
    const entered = this.#switching.then(() => this.#switch(path));
    this.#switching = entered.catch(() => undefined);
    return entered;
  }

  async #switch(path: string): Promise<WorkspaceInfo> {
    const { clock, recent, openStore, markOf, sample } = this.#parts;
    const folder = folderAt(path);
    const before = this.#studio;
    if (before?.path === folder && this.#isInPlace(before)) return before.info();
    // Its lock lies where the new one's will.
    if (before?.path === folder) await this.#leave(before);
    const isSample = [folder, resolve(path)].includes(resolve(sample.folder));
    if (isSample) sample.place();
    // Opened before the old one is closed: where that fails, the old one stays.
    const store = openStore(folder);
    const studio: Studio = new Studio({
      path: folder,
      isSample,
      store,
      clock,
      ...this.#parts.equip?.(folder, store, (...topics) => studio.changed(...topics)),
    });
    this.#studio = studio;
    this.#mark = markOf(folder);
    recent.opened(folder, clock.now());
    if (before?.path !== folder) await before?.close();
    if (isSample) sample.fill(this.#studio);
    return this.#studio.info();
  }
}

/** The folder by its one true name, made where there is none. */
function folderAt(path: string): string {
  const folder = resolve(path);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) {
    throw new Problem(
      'BAD_INPUT',
      `${folder} is a file, not a folder.`,
      'A workspace is a folder: choose or make one.',
    );
  }
  try {
    makeFolder(folder);
    return realpathSync(folder);
  } catch (error) {
    throw new Problem(
      'REFUSED',
      `${folder} could not be made: ${sentenceOf(error)}`,
      'Choose a folder you may write to.',
      {
        cause: error,
      },
    );
  }
}
