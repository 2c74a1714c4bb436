// The windows and folders of one file of tests: closed and removed whatever becomes of a test.
import { test } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchApp, type LaunchedApp, type LaunchOptions } from './app.ts';

export interface Sessions {
  readonly start: (options?: LaunchOptions) => Promise<LaunchedApp>;
  readonly quit: (studio: LaunchedApp) => Promise<void>;
  /** A folder of this name, made where it is not there. */
  readonly folder: (name: string) => string;
}

/** Call once at the top of a file of tests: windows close after each test, also a failed one, folders go after the last. */
export function newSessions(prefix: string): Sessions {
  const scratch = mkdtempSync(join(tmpdir(), `atelier-${prefix}-`));
  const opened: LaunchedApp[] = [];
  test.afterEach(async () => {
    for (const studio of opened.splice(0)) await studio.close();
  });
  test.afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  return {
    async start(options = {}) {
      const studio = await launchApp(options);
      opened.push(studio);
      return studio;
    },
    async quit(studio) {
      opened.splice(opened.indexOf(studio), 1);
      await studio.close();
    },
    folder(name) {
      const path = join(scratch, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
  };
}
