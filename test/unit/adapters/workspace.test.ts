// A workspace folder: what is made in it, and what is left alone.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createWorkspace, isWorkspace, openWorkspaceStore } from '#adapters/workspace';
import { temporaryFolder } from '#test/store';

it('makes .atelier beside the files of the user, ignored by git without a change to them', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.gitignore'), 'mine\n');
  expect(isWorkspace(folder)).toBe(false);
  const store = openWorkspaceStore(folder);
  onTestFinished(() => store.close());
  expect(isWorkspace(folder)).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(['.atelier', '.gitignore']);
  expect(readFileSync(join(folder, '.atelier/.gitignore'), 'utf8')).toBe('*\n');
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('mine\n');
});

it('opens what it made again, and keeps a changed .gitignore', () => {
  const folder = join(temporaryFolder(), 'new', 'workspace');
  createWorkspace(folder);
  writeFileSync(join(folder, '.atelier/.gitignore'), '# mine\n');
  const store = openWorkspaceStore(folder);
  store.settings.set('a', [1]);
  store.close();
  const again = openWorkspaceStore(folder);
  onTestFinished(() => again.close());
  expect(again.settings.get('a')).toEqual([1]);
  expect(readFileSync(join(folder, '.atelier/.gitignore'), 'utf8')).toBe('# mine\n');
});

it('says when the folder is missing, or a file, or holds a file of that name', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => openWorkspaceStore(join(folder, 'missing'))).toThrow(/There is no folder/);
  expect(() => openWorkspaceStore(file)).toThrow(/There is no folder/);
  expect(() => createWorkspace(file)).toThrow(/cannot be made a workspace/);
  mkdirSync(join(folder, 'other'));
  writeFileSync(join(folder, 'other/.atelier'), '');
  expect(() => openWorkspaceStore(join(folder, 'other'))).toThrow(/cannot be made a workspace/);
});
