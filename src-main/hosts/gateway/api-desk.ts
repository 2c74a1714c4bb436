// The desk of whoever comes with a key: nobody can be asked, so files are taken from the workspace alone and written to its folder `exports`.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { Problem } from '#engine/problem';
import type { Context, Desk } from '#handlers/context';
import { isWithin } from '../granted-paths.ts';
import type { OpenWorkspaces } from '../workspaces.ts';

export class ApiDesk implements Desk {
  readonly #workspace: () => string;

  /** `workspace`: folder of the open one; throws where none is. */
  constructor(workspace: () => string) {
    this.#workspace = workspace;
  }

  pickFiles(): Promise<readonly string[]> {
    return Promise.reject(nobodyThere());
  }

  pickFolder(): Promise<string | undefined> {
    return Promise.resolve(this.#exports());
  }

  /** A name that is not taken. */
  pickSaveFile(_title: string, suggested: string): Promise<string | undefined> {
    const folder = this.#exports();
    const extension = extname(suggested);
    const stem = suggested.slice(0, suggested.length - extension.length);
    for (let number = 1; ; number += 1) {
      const path = join(folder, `${stem}${number === 1 ? '' : ` ${number}`}${extension}`);
      if (!existsSync(path)) return Promise.resolve(path);
    }
  }

  /** A key that may write must not read what is not the workspace's, by an import and its rejects: nor through a link. */
  isGranted(path: string): boolean {
    const workspace = realpathSync(this.#workspace());
    const asked = resolve(path);
    if (!existsSync(asked)) return isWithin(asked, workspace);
    const real = realpathSync(asked);
    return isWithin(real, workspace) && !isWithin(real, join(workspace, '.atelier'));
  }

  reveal(): Promise<void> {
    return Promise.reject(nobodyThere());
  }

  #exports(): string {
    const folder = join(this.#workspace(), 'exports');
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}

function nobodyThere(): Problem {
  return new Problem('REFUSED', 'This asks a person, and the API has none to ask.');
}

/** The handlers' context for whoever comes with a key. `who`: for the journal, where it answers an interrupt. */
export function apiContext(workspaces: OpenWorkspaces): (who: string) => Context {
  const desk = new ApiDesk(() => workspaces.studio().path);
  return (who) => ({ studio: workspaces.studio, desk, workspaces, actor: who });
}
