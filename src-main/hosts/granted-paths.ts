// Which paths a person has put into our hands: picked, dropped or typed.
import { resolve, sep } from 'node:path';

export class GrantedPaths {
  readonly #paths = new Set<string>();

  /** A folder counts with all that is in it. */
  grant(path: string): void {
    this.#paths.add(resolve(path));
  }

  has(path: string): boolean {
    const asked = resolve(path);
    return [...this.#paths].some((granted) => isWithin(asked, granted));
  }
}

/** Both as `resolve` gives them. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
