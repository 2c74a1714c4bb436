// Opens a link in the browser of the desktop: by the system's own opener, given the link as one argument, without a shell.
import { spawn } from 'node:child_process';

const openers: Partial<Readonly<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** `note` is told where nothing could be opened; the link was printed anyway. */
export function openInBrowser(link: string, note: (line: string) => void): void {
  const [program, ...before] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...before, link], { stdio: 'ignore', detached: true, shell: false });
  child.on('error', () => note(`No browser could be opened (${program} is not there): open the link yourself.`));
  child.on('exit', (code) => {
    if (code !== 0) note(`No browser was opened (${program} said ${code}): open the link yourself.`);
  });
  child.unref();
}
