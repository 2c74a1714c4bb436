// The list of recent workspaces survives what is done to its file.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RecentList } from '#hosts/recent';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-recent-'));
  file = join(folder, 'data', 'recent.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('recent workspaces', () => {
  test('newest first, once each, and whether they are still there', () => {
    const list = new RecentList(file);
    expect(list.list()).toEqual([]);
    const there = join(folder, 'there');
    mkdirSync(there);
    list.opened(there, 1);
    list.opened(join(folder, 'gone'), 2);
    list.opened(there, 3);
    expect(list.list()).toEqual([
      { path: there, name: 'there', openedAt: 3, exists: true },
      { path: join(folder, 'gone'), name: 'gone', openedAt: 2, exists: false },
    ]);
    expect(new RecentList(file).has(there)).toBe(true);
    list.forget(there);
    expect(new RecentList(file).list().map(({ name }) => name)).toEqual(['gone']);
  });

  test('keeps thirty', () => {
    const list = new RecentList(file);
    for (let at = 0; at < 40; at++) list.opened(join(folder, String(at)), at);
    expect(list.list()).toHaveLength(30);
    expect(list.list()[0]?.name).toBe('39');
  });

  test.each([
    ['cut off', '{"workspaces":[{"pa'],
    ['of another form', '{"workspaces":[{"path":7}]}'],
    ['empty', ''],
  ])('a file that is %s is set aside and nothing else happens', (_how, text) => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(file, text);
    const list = new RecentList(file);
    expect(list.list()).toEqual([]);
    expect(readFileSync(`${file}.broken`, 'utf8')).toBe(text);
    list.opened(folder, 1);
    expect(list.list()).toHaveLength(1);
    expect(existsSync(`${file}.${process.pid}`)).toBe(false);
  });
});
