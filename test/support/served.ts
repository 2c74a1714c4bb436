// Starts `atelier serve` as a person would, and a Chromium to go there with.
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { root } from './app.ts';

/** Debian's; a person's own elsewhere. */
const executable = process.env['ATELIER_CHROMIUM'] ?? '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why there is no browser here, and whether that may be so; undefined where there is one. */
export function noChromium(): { readonly why: string; readonly mayBe: boolean } | undefined {
  if (existsSync(executable)) return undefined;
  const isSetUpHere = process.platform === 'linux' && process.getuid?.() === 0;
  const why = `There is no Chromium at ${executable}: install Debian's package chromium, or name one with ATELIER_CHROMIUM.`;
  return { why, mayBe: !isSetUpHere };
}

export interface Served {
  readonly address: string;
  /** The newest that was printed. */
  readonly link: () => string;
  readonly workspace: string;
  /** What was told with the first link: why the gateway does not listen, or no workspace is open. */
  readonly problem: string | undefined;
  /** A browser of its own, with no login. */
  readonly open: () => Promise<{
    readonly context: BrowserContext;
    readonly page: Page;
    readonly faults: readonly string[];
  }>;
  /** Ctrl-C; its exit code. */
  readonly stop: () => Promise<number | null>;
  readonly close: () => Promise<void>;
}

const lineSchema = z.looseObject({
  link: z.string(),
  address: z.string().optional(),
  workspace: z.string().optional(),
  problem: z.string().optional(),
});

/** `args`: more of the command line; without a workspace it opens the sample. */
export async function serve(...args: readonly string[]): Promise<Served> {
  const scratch = mkdtempSync(join(tmpdir(), 'atelier-served-'));
  const env = { ...process.env, ATELIER_DATA: join(scratch, 'data') };
  const child = spawn(
    process.execPath,
    [join(root, 'out', 'main', 'cli.js'), 'serve', '--port', '0', '--json', ...args],
    {
      cwd: scratch,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  // A test that fails does not close: what it started ends with its worker.
  const clean = (): void => {
    child.kill('SIGKILL');
    rmSync(scratch, { recursive: true, force: true });
  };
  process.once('exit', clean);
  const lines: z.infer<typeof lineSchema>[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(lineSchema.parse(JSON.parse(line)));
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`atelier serve ended with ${code}.`)));
  });
  let browser: Browser | undefined;
  const stop = (): Promise<number | null> => ended(child, 'SIGINT');
  return {
    address: lines[0]?.address ?? '',
    workspace: lines[0]?.workspace ?? '',
    problem: lines[0]?.problem,
    link: () => lines.at(-1)?.link ?? '',
    async open() {
      browser ??= await chromium.launch({ executablePath: executable, args: flags });
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(`${message.text()} ${message.location().url}`);
      });
      return { context, page, faults };
    },
    stop,
    async close() {
      await browser?.close();
      await stop();
      process.off('exit', clean);
      clean();
    },
  };
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
