// Folders made where they can be, refused where they cannot.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '#engine/make-folder';

const scratch = mkdtempSync(join(tmpdir(), 'atelier-folder-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('makes what is missing, and leaves what is there', () => {
  const path = join(scratch, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('fails below a file', () => {
  writeFileSync(join(scratch, 'file'), '');
  expect(() => makeFolder(join(scratch, 'file', 'below'))).toThrow(/ENOTDIR/);
});

test.skipIf(process.platform !== 'linux')(
  'fails on a file system that makes no folders, instead of trying for ever',
  () => {
    expect(() => makeFolder('/proc/atelier/below')).toThrow(/ENOENT/);
  },
);
