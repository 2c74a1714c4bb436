// The desk: the system's file dialogs and file manager, and which paths a person has put into our hands.
import { dialog, shell, type BrowserWindow } from 'electron';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '#engine/problem';
import type { Desk } from '#handlers/context';
import { GrantedPaths, isWithin } from '../granted-paths.ts';

const allFiles = { name: 'All files', extensions: ['*'] };
const logsDialog: Electron.OpenDialogOptions = {
  title: 'Import agent logs',
  filters: [{ name: 'Agent logs', extensions: ['jsonl', 'json', 'ndjson'] }, allFiles],
  properties: ['openFile', 'multiSelections'],
};
/** `.env` has no extension to filter by, and is hidden. */
const variablesDialog: Electron.OpenDialogOptions = {
  title: 'Import secrets from a .env file',
  filters: [allFiles],
  properties: ['openFile', 'showHiddenFiles'],
};

export class ElectronDesk implements Desk {
  readonly #windowOf: () => BrowserWindow | undefined;
  readonly #workspace: () => string | undefined;
  readonly #granted = new GrantedPaths();

  /** `workspace`: folder of the open workspace, in which everything may be shown. */
  constructor(windowOf: () => BrowserWindow | undefined, workspace: () => string | undefined) {
    this.#windowOf = windowOf;
    this.#workspace = workspace;
  }

  /** Notes that a person picked or dropped this path; a folder counts with all that is in it. */
  readonly grant = (path: string): void => {
    this.#granted.grant(path);
  };

  isGranted(path: string): boolean {
    return this.#granted.has(path);
  }

  async pickFiles(kind?: 'logs' | 'variables'): Promise<readonly string[]> {
    const { filePaths } = await this.#open(kind === 'variables' ? variablesDialog : logsDialog);
    for (const path of filePaths) this.grant(path);
    return filePaths;
  }

  async pickFolder(title: string): Promise<string | undefined> {
    const { filePaths } = await this.#open({ title, properties: ['openDirectory', 'createDirectory'] });
    const [folder] = filePaths;
    if (folder !== undefined) this.grant(folder);
    return folder;
  }

  async pickSaveFile(title: string, suggested: string): Promise<string | undefined> {
    const window = this.#windowOf();
    const options = { title, defaultPath: suggested };
    const { filePath } = await (window === undefined
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(window, options));
    if (filePath === '') return undefined;
    this.grant(filePath);
    return filePath;
  }

  /** Shows a file in the system's file manager; never opens it. */
  async reveal(path: string): Promise<void> {
    const asked = resolve(path);
    const workspace = this.#workspace();
    if (!this.isGranted(asked) && (workspace === undefined || !isWithin(asked, workspace))) {
      throw new Problem('REFUSED', `${asked} is outside the workspace and was not chosen here.`);
    }
    if (!existsSync(asked)) throw new Problem('NOT_FOUND', `${asked} is not there any more.`);
    shell.showItemInFolder(asked);
  }

  #open(options: Electron.OpenDialogOptions): Promise<Electron.OpenDialogReturnValue> {
    const window = this.#windowOf();
    return window === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options);
  }
}
