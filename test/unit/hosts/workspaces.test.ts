// Opening and switching workspaces, on real databases.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { databaseMark, openWorkspaceStore, systemClock } from '#adapters/workspace';
import { Problem } from '#engine/problem';
import { doctorLines } from '#hosts/doctor';
import { RecentList } from '#hosts/recent';
import { newSample } from '#hosts/sample';
import { OpenWorkspaces } from '#hosts/workspaces';

const shipped = join(import.meta.dirname, '..', '..', '..', 'resources', 'sample');
let scratch: string;
let picked: string | undefined;
const desk = { pickFolder: () => Promise.resolve(picked) };
const opened: OpenWorkspaces[] = [];

beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'atelier-workspaces-')));
  picked = undefined;
});
afterEach(async () => {
  for (const workspaces of opened.splice(0)) await workspaces.close();
  rmSync(scratch, { recursive: true, force: true });
});

function newWorkspaces(): OpenWorkspaces {
  const workspaces = new OpenWorkspaces({
    clock: systemClock,
    recent: new RecentList(join(scratch, 'recent.json')),
    openStore: (folder) => openWorkspaceStore(folder),
    markOf: databaseMark,
    sample: newSample(shipped, join(scratch, 'Riverside Books')),
    doctor: (studio) => doctorLines(studio?.path),
  });
  opened.push(workspaces);
  return workspaces;
}

function isHeld(folder: string): boolean {
  return existsSync(join(folder, '.atelier', 'owner.json'));
}

describe('workspaces', () => {
  test('a workspace removed or moved while it is open takes nothing more, until it is back', async () => {
    const folder = join(scratch, 'open');
    const aside = join(scratch, 'aside');
    const workspaces = newWorkspaces();
    await workspaces.start(folder);
    const gone = { code: 'NOT_FOUND', message: expect.stringContaining('not in') };
    renameSync(folder, aside);
    expect(() => workspaces.studio()).toThrow(expect.objectContaining(gone));
    await expect(workspaces.current()).rejects.toMatchObject(gone);
    expect(existsSync(folder)).toBe(false);
    renameSync(aside, folder);
    expect(workspaces.studio().info()).toMatchObject({ name: 'open' });

    // Another one in its place is opened anew, and held.
    cpSync(folder, aside, { recursive: true });
    rmSync(folder, { recursive: true });
    expect(() => workspaces.studio()).toThrow(Problem);
    renameSync(aside, folder);
    expect(() => workspaces.studio()).toThrow(Problem);
    await expect(workspaces.current()).resolves.toMatchObject({ name: 'open' });
    expect(workspaces.studio().path).toBe(folder);
    expect(isHeld(folder)).toBe(true);
    rmSync(folder, { recursive: true });
    await expect(workspaces.openNamed(folder)).resolves.toMatchObject({ traces: 0 });
    expect(isHeld(folder)).toBe(true);
    // Away from one that is gone.
    rmSync(folder, { recursive: true });
    await expect(workspaces.openNamed(join(scratch, 'elsewhere'))).resolves.toMatchObject({ name: 'elsewhere' });
  });

  test('start opens what is asked for, then the last one, then the sample', async () => {
    const first = newWorkspaces();
    await first.start(join(scratch, 'asked', 'for'));
    expect(first.studio().info()).toMatchObject({ name: 'for', isSample: false, traces: 0 });
    await first.close();

    const second = newWorkspaces();
    await second.start(undefined);
    expect(second.studio().path).toBe(join(scratch, 'asked', 'for'));
    await second.close();

    rmSync(join(scratch, 'asked'), { recursive: true });
    const third = newWorkspaces();
    await third.start(undefined);
    expect(third.studio().info()).toMatchObject({ name: 'Riverside Books', isSample: true });
  });

  test('the sample is imported and mined once', async () => {
    const workspaces = newWorkspaces();
    await workspaces.start(undefined);
    const { jobs } = workspaces.studio();
    await expect.poll(() => jobs.list()[0]?.state, { timeout: 15_000 }).toBe('done');
    const info = workspaces.studio().info();
    expect(info.traces).toBeGreaterThan(10);
    expect(info.pairs).toBeGreaterThan(10);
    const { imports } = workspaces.studio().store;
    expect(imports.list().map((summary) => [summary.state, summary.rejected])).toEqual(
      imports.list().map(() => ['done', 0]),
    );
    await workspaces.close();

    const again = newWorkspaces();
    await again.start(undefined);
    expect(again.studio().jobs.list()).toEqual([]);
    expect(again.studio().info()).toMatchObject({ traces: info.traces, pairs: info.pairs });
  });

  test('a sample from before gets what is new; what the user changed or removed stays so', async () => {
    const folder = join(scratch, 'Riverside Books');
    // As an older version laid it down: logs only, and no list of what was.
    cpSync(join(shipped, 'logs'), join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'README.md'), 'mine');
    mkdirSync(join(folder, 'drafts'));
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const first = newWorkspaces();
    await first.openNamed(folder);
    expect(first.studio().info()).toMatchObject({ isSample: true });
    expect(read('agents/triage.agent.ts')).toBe(readFileSync(join(shipped, 'agents', 'triage.agent.ts'), 'utf8'));
    expect(read('README.md')).toBe('mine');
    await first.close();

    writeFileSync(join(folder, 'agents', 'triage.agent.ts'), 'changed');
    rmSync(join(folder, 'agents', 'desk.agent.ts'));
    // One that is still as it was laid down, but by a version that had it otherwise.
    const list = z.record(z.string(), z.string()).parse(JSON.parse(read('.atelier/sample.json')));
    writeFileSync(join(folder, 'policies.json'), 'older');
    const older = createHash('sha256').update('older').digest('hex');
    writeFileSync(join(folder, '.atelier', 'sample.json'), JSON.stringify({ ...list, 'policies.json': older }));
    const again = newWorkspaces();
    await again.start(undefined);
    expect(again.studio().path).toBe(folder);
    expect(read('agents/triage.agent.ts')).toBe('changed');
    expect(existsSync(join(folder, 'agents', 'desk.agent.ts'))).toBe(false);
    expect(read('policies.json')).toBe(readFileSync(join(shipped, 'policies.json'), 'utf8'));
  });

  test('a switch closes the one before, ends its streams and leaves the new one open', async () => {
    const workspaces = newWorkspaces();
    const one = join(scratch, 'one');
    await workspaces.openNamed(one);
    const before = workspaces.studio();
    const ended = (async () => {
      for await (const change of before.changes.listen(before.closing)) void change;
      return true;
    })();
    picked = join(scratch, 'two');
    expect(await workspaces.pick(desk)).toMatchObject({ name: 'two' });
    expect(await ended).toBe(true);
    expect(isHeld(one)).toBe(false);
    expect(isHeld(picked)).toBe(true);
    // Recent ones open by path; the same one again is no switch.
    expect(await workspaces.open(one)).toMatchObject({ name: 'one' });
    const now = workspaces.studio();
    await workspaces.open(one);
    expect(workspaces.studio()).toBe(now);
  });

  test('where the new one cannot be opened, the old one stays', async () => {
    const workspaces = newWorkspaces();
    await workspaces.openNamed(join(scratch, 'one'));
    const broken = join(scratch, 'broken');
    mkdirSync(join(broken, '.atelier'), { recursive: true });
    writeFileSync(
      join(broken, '.atelier', 'studio.db'),
      'no database, but long enough to be taken for one at first sight',
    );
    await expect(workspaces.openNamed(broken)).rejects.toBeInstanceOf(Problem);
    expect(workspaces.studio().path).toBe(join(scratch, 'one'));
    expect(workspaces.studio().info().traces).toBe(0);
    writeFileSync(join(scratch, 'file'), '');
    await expect(workspaces.openNamed(join(scratch, 'file'))).rejects.toThrow('is a file');
  });

  test('a start that fails says why whenever the studio is asked for, until another is opened', async () => {
    const workspaces = newWorkspaces();
    writeFileSync(join(scratch, 'file'), '');
    await workspaces.start(join(scratch, 'file'));
    expect(() => workspaces.studio()).toThrow('is a file');
    await expect(workspaces.current()).rejects.toThrow('is a file');
    // Once the cause is gone, asking again is enough.
    rmSync(join(scratch, 'file'));
    expect(await workspaces.current()).toMatchObject({ name: 'file' });
    await workspaces.openSample();
    expect(await workspaces.current()).toMatchObject({ isSample: true });
  });

  test('a folder that nobody chose does not open; thinking better of it changes nothing', async () => {
    const workspaces = newWorkspaces();
    await workspaces.openNamed(join(scratch, 'one'));
    await expect(workspaces.open(join(scratch, 'never'))).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await workspaces.pick(desk)).toBeUndefined();
    expect(workspaces.studio().path).toBe(join(scratch, 'one'));
    expect(workspaces.forget(join(scratch, 'one'))).toEqual([]);
  });

  test('two switches at once end in the later one, with one database open', async () => {
    const workspaces = newWorkspaces();
    const folders = ['a', 'b', 'c'].map((name) => join(scratch, name));
    await Promise.all(folders.map((folder) => workspaces.openNamed(folder)));
    expect(workspaces.studio().path).toBe(folders[2]);
    expect(folders.map(isHeld)).toEqual([false, false, true]);
  });

  test('doctor finds this machine sound, and says what a damaged database is', async () => {
    const folder = join(scratch, 'one');
    const workspaces = newWorkspaces();
    await workspaces.openNamed(folder);
    const lines = await workspaces.doctor();
    expect(lines.filter(({ state }) => state === 'missing')).toEqual([]);
    expect(lines.map(({ name }) => name)).toEqual([
      'Atelier',
      'Node',
      'SQLite',
      'Secrets',
      'Workspace',
      'Database',
      'Disk',
    ]);
    await workspaces.close();
    writeFileSync(join(folder, '.atelier', 'studio.db'), 'damaged'.repeat(1000));
    const database = (await doctorLines(folder)).find(({ name }) => name === 'Database');
    expect(database).toMatchObject({ state: 'missing' });
    expect(database?.fix).toContain('backups');
  });
});
