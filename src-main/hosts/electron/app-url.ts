// URLs of the page: which there are, and the file each one names.
import { isAbsolute, join, relative } from 'node:path';

export const origin = 'app://studio';
export const pageUrl = `${origin}/index.html`;

/** The file that a URL names, undefined for whatever is not inside `folder`. */
export function fileFor(url: string, folder: string): string | undefined {
  const { protocol, host, pathname } = new URL(url);
  if (`${protocol}//${host}` !== origin) return undefined;
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (/[\\\0:]/.test(name)) return undefined;
  const path = join(folder, name);
  const inside = relative(folder, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? undefined : path;
}
