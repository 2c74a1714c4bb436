// Opening a database file: what is refused, and in which words.
import Database from 'better-sqlite3';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '#adapters/sqlite/store';
import { Problem } from '#engine/problem';
import { addPair, importOf, labelOf, pathOf } from '#test/samples';
import { smallDisk } from '#test/small-disk';
import { temporaryFolder } from '#test/store';

const processes = join(import.meta.dirname, '../../support/processes');
const isRoot = process.getuid?.() === 0;

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a database that cannot be opened', () => {
  it('is refused when it is of a newer version, and stays as it is', () => {
    const file = join(temporaryFolder(), 'studio.db');
    openStore(file).close();
    const raw = new Database(file);
    raw.pragma('user_version = 99');
    raw.close();
    const before = readFileSync(file);
    const problem = problemOf(() => openStore(file));
    expect(problem.code).toBe('REFUSED');
    expect(problem.message).toMatch(/newer Atelier .*version 99/);
    expect(problem.hint).toMatch(/Update Atelier/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('is refused when it is no database', () => {
    const file = join(temporaryFolder(), 'studio.db');
    writeFileSync(file, 'this is a letter, not a database. '.repeat(100));
    const problem = problemOf(() => openStore(file));
    expect(problem.code).toBe('REFUSED');
    expect(problem.message).toMatch(/damaged/);
    expect(problem.hint).toMatch(/backups/);
    expect(readFileSync(file, 'utf8')).toMatch(/^this is a letter/);
  });

  it("is refused when it is another program's", () => {
    const file = join(temporaryFolder(), 'studio.db');
    const raw = new Database(file);
    raw.exec('CREATE TABLE bookmarks (url TEXT)');
    raw.close();
    expect(problemOf(() => openStore(file)).message).toMatch(/not made by Atelier/);
  });

  it('is refused when pages of it are damaged', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    store.turns.putPath(pathOf(...Array.from({ length: 300 }, (_, index) => `u: message ${index}`)));
    store.close();
    const bytes = readFileSync(file);
    for (let page = 8; page < bytes.length / 4096; page += 3) bytes.fill(0xa5, page * 4096, page * 4096 + 2000);
    writeFileSync(file, bytes);
    const problem = problemOf(() => openStore(file));
    expect(problem.code).toBe('REFUSED');
    expect(problem.message).toMatch(/damaged/);
  });

  it('is refused when it is cut short', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    store.turns.putPath(pathOf(...Array.from({ length: 300 }, (_, index) => `u: message ${index}`)));
    store.close();
    writeFileSync(file, readFileSync(file).subarray(0, 30_000));
    expect(problemOf(() => openStore(file)).message).toMatch(/damaged/);
  });

  it('leaves the lock free after a refusal', () => {
    const file = join(temporaryFolder(), 'studio.db');
    writeFileSync(file, 'no database, but long enough to be read as a header of one, I am afraid to say');
    problemOf(() => openStore(file));
    rmSync(file);
    expect(() => openStore(file).close()).not.toThrow();
  });

  it('is refused with the folder named where that is missing', () => {
    const folder = join(temporaryFolder(), 'missing');
    const problem = problemOf(() => openStore(join(folder, 'studio.db')));
    expect(problem.code).toBe('REFUSED');
    expect(problem.message).toContain(folder);
  });

  it('is refused in a folder that may only be read', ({ skip }) => {
    if (process.platform === 'win32') return skip('Windows has no such right for folders.');
    const folder = temporaryFolder();
    const file = join(folder, 'studio.db');
    openStore(file).close();
    chmodSync(file, 0o444);
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    // Root may write everywhere, so it lets a process without rights try.
    const said = isRoot
      ? execFileSync(process.execPath, [join(processes, 'open-as-nobody.ts'), file], { encoding: 'utf8' })
      : problemOf(() => openStore(file)).message;
    expect(said).toMatch(/cannot be written/);
    expect(said).toContain(folder);
  });
});

describe('two who open the same workspace', () => {
  it('the second is told who has it, and gets it when the first closes', async () => {
    const file = join(temporaryFolder(), 'studio.db');
    const child = spawn(process.execPath, [join(processes, 'hold-store.ts'), file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const problem = problemOf(() => openStore(file));
    expect(problem.code).toBe('CONFLICT');
    expect(problem.message).toContain(`open in the other process (process ${child.pid}`);
    expect(problem.hint).toMatch(/Close the other process/);
    child.stdin.write('close');
    await new Promise((resolve) => child.once('exit', resolve));
    openStore(file).close();
  });

  it('one that was killed does not leave it locked', async () => {
    const file = join(temporaryFolder(), 'studio.db');
    const child = spawn(process.execPath, [join(processes, 'hold-store.ts'), file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(existsSync(join(file, '../owner.json'))).toBe(true);
    openStore(file).close();
    expect(existsSync(join(file, '../owner.json'))).toBe(false);
  });

  it('within one process the second is told too', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file, { owner: 'the Atelier window' });
    expect(problemOf(() => openStore(file)).message).toContain('open in the Atelier window');
    // The one refused must not have let go of the lock that the process holds.
    const other = spawnSync(process.execPath, [join(processes, 'hold-store.ts'), file], {
      encoding: 'utf8',
      input: 'close',
    });
    expect(other.stderr).toContain('open in the Atelier window');
    expect(other.status).toBe(1);
    store.settings.set('still', 'works');
    store.close();
    store.close();
  });
});

describe('a process killed while it writes', () => {
  it('has lost nothing that it was told is stored', async () => {
    for (let round = 0; round < 3; round += 1) {
      const file = join(temporaryFolder(), 'studio.db');
      const child = spawn(process.execPath, [join(processes, 'write-store.ts'), file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (text: Buffer) => (said += text.toString()));
      await new Promise<void>((resolve) => {
        const timer = setInterval(() => {
          if (said.split('\n').length <= 40 + round * 7) return;
          clearInterval(timer);
          resolve();
        }, 1);
      });
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      const acknowledged = said.trim().split('\n').length;
      const store = openStore(file);
      onTestFinished(() => store.close());
      const { items, total } = store.labels.list({}, 0, 10_000);
      expect(total).toBeGreaterThanOrEqual(acknowledged);
      expect(total).toBeLessThanOrEqual(acknowledged + 1);
      expect(items.map(({ elapsedMs }) => elapsedMs)).toEqual(items.map((_, index) => index));
      for (const label of items) expect(store.pairs.get(label.pairId)).toBeDefined();
    }
  });

  it('has its running imports marked as failed', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    store.imports.put(importOf('one', { state: 'running' }));
    store.imports.put(importOf('two'));
    store.close();
    const again = openStore(file);
    onTestFinished(() => again.close());
    expect(again.imports.get('one')).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/closed before/),
    });
    expect(again.imports.get('two')).toEqual(importOf('two'));
  });
});

describe('a full disk', () => {
  it('is said in a sentence; what was stored stays, and more can be stored once there is room', ({ skip }) => {
    const disk = smallDisk(3 * 1024 * 1024);
    if (disk === undefined) return skip('A small disk can be mounted only by root, on Linux.');
    const store = openStore(join(disk.folder, 'studio.db'));
    onTestFinished(() => store.close());
    const pair = addPair(store, 'kept');
    const problem = problemOf(() => {
      for (let count = 0; ; count += 1) store.turns.putPath(pathOf(`u: ${'many words '.repeat(20_000)} ${count}`));
    });
    expect(problem.code).toBe('REFUSED');
    expect(problem.message).toMatch(/disk is full/);
    expect(store.pairs.get(pair.id)).toEqual(pair);
    disk.grow(12 * 1024 * 1024);
    store.labels.add(labelOf(pair, 'ann'));
    expect(store.labels.list({}, 0, 10).total).toBe(1);
  });
});
