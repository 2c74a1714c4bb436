// Starts the real window for a test, a measurement or a picture: its own user data and workspace each time.
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { electronLaunch } from '../../build/setup/electron.mjs';

export const root = join(import.meta.dirname, '..', '..');
export const screensFolder = join(root, 'test-results', 'screens');

export interface LaunchOptions {
  /** Folder to open; 'sample' (as on a first start) or a new empty one when left out. */
  readonly workspace?: string;
  readonly theme?: 'light' | 'dark';
  /** Size of the page, px. */
  readonly size?: { readonly width: number; readonly height: number };
  /** More arguments for the app. */
  readonly args?: readonly string[];
  /** Kept from an earlier start, to see what survives; else a new one, removed with the app. */
  readonly userData?: string;
  readonly reducedMotion?: boolean;
}

export interface LaunchedApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Folder of the workspace; the sample's where that was asked for. */
  readonly workspace: string;
  readonly userData: string;
  /** Writes test-results/screens/<name>-<theme>-<w>x<h>.png and returns its path. */
  readonly shoot: (name: string) => Promise<string>;
  /** What the page logged as errors, and what it threw. */
  readonly faults: readonly string[];
  /** Quits as a person would, and removes what was made for this start. */
  readonly close: () => Promise<void>;
}

/** Longer than anything on the page moves. */
const motionMs = 250;
const usualSize = { width: 1440, height: 900 };

/** Opens the window and waits until the shell is there. */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const scratch = mkdtempSync(join(tmpdir(), 'atelier-app-'));
  const userData = options.userData ?? join(scratch, 'data');
  const isSample = options.workspace === 'sample';
  const workspace = isSample ? join(userData, 'Riverside Books') : (options.workspace ?? join(scratch, 'workspace'));
  mkdirSync(userData, { recursive: true });
  if (!isSample) mkdirSync(workspace, { recursive: true });

  const app = await startElectron([
    `--user-data-dir=${userData}`,
    ...(isSample ? [] : [`--workspace=${workspace}`]),
    ...(options.args ?? []),
  ]);
  const page = await app.firstWindow();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  const size = options.size ?? usualSize;
  const theme = options.theme ?? 'light';
  await page.emulateMedia({ colorScheme: theme, reducedMotion: options.reducedMotion === true ? 'reduce' : null });
  await resize(app, size);
  await page.getByTestId('workspace').waitFor();

  return {
    app,
    page,
    workspace,
    userData,
    faults,
    async shoot(name) {
      mkdirSync(screensFolder, { recursive: true });
      const path = join(screensFolder, `${name}-${theme}-${size.width}x${size.height}.png`);
      // Playwright measures a zoomed page wrongly and would cut it off.
      const isZoomed = await page.evaluate(() => devicePixelRatio !== 1);
      if (isZoomed) {
        await page.waitForTimeout(motionMs);
        writeFileSync(path, Buffer.from(await capture(app), 'base64'));
      } else await page.screenshot({ path, animations: 'disabled' });
      return path;
    },
    async close() {
      await app.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** The window as it is drawn, as PNG in base64. */
function capture(app: ElectronApplication): Promise<string> {
  return app.evaluate(async ({ BrowserWindow }) => {
    const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
    return image?.toPNG().toString('base64') ?? '';
  });
}

/** Starts the app with these arguments and nothing else arranged. */
export async function startElectron(args: readonly string[], main: string = root): Promise<ElectronApplication> {
  const launch = electronLaunch();
  if (launch === undefined) throw new Error('No Electron runtime is installed: run node build/setup.mjs.');
  // Playwright finds the runtime through the electron package, which reads this. Told the executable itself, it would not hold
  // the app back until it has attached, and a launch in twenty would hang.
  if (launch.dist !== undefined) process.env['ELECTRON_OVERRIDE_DIST_PATH'] = launch.dist;
  const env = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE',
  );
  return _electron.launch({ args: [...launch.args, main, ...args], env: Object.fromEntries(env), cwd: root });
}

/** Gives the page exactly this size. */
export async function resize(
  app: ElectronApplication,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.unmaximize();
    window?.setContentSize(width, height);
  }, size);
  const page = await app.firstWindow();
  await page.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size);
}

/** The answer of a file dialog, so that a test needs no dialog: the next ones are answered so until told otherwise. */
export async function answerOpenDialog(app: ElectronApplication, filePaths: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, paths) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: paths.length === 0, filePaths: [...paths] });
  }, filePaths);
}

export async function answerSaveDialog(app: ElectronApplication, filePath: string | undefined): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: path === '', filePath: path });
  }, filePath ?? '');
}
