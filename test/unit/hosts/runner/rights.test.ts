// What a thread of agent code may read: also in a folder that is made after the thread has begun.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { threadRights } from '#hosts/runner/rights';

const scratch = mkdtempSync(join(tmpdir(), 'atelier-rights-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const reader = `
process.stdin.once('data', async () => {
  const { readFileSync } = await import('node:fs');
  for (const path of process.argv.slice(1)) {
    try { console.log(readFileSync(path, 'utf8')); } catch (error) { console.log(error.code); }
  }
  process.exit();
});
console.log('ready');
`;

test('the folder of bundles of a new workspace, which the first bundle makes', async () => {
  const workspace = join(scratch, 'workspace');
  mkdirSync(workspace);
  const linked = join(scratch, 'linked');
  symlinkSync(workspace, linked);
  const bundles = join(linked, '.atelier', 'cache', 'agents');
  const rights = threadRights({
    role: 'agent',
    folder: linked,
    memoryMb: 100,
    residentMb: 100,
    beatMs: 1000,
    readable: [bundles],
  });
  const secret = join(workspace, 'secret.txt');
  const files = [join(bundles, 'one.mjs'), join(workspace, '.atelier', 'cache', 'agents', 'one.mjs'), secret];
  const child = spawn(process.execPath, [...rights, '-e', reader, ...files], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  await once(child.stdout, 'data');
  mkdirSync(bundles, { recursive: true });
  writeFileSync(join(bundles, 'one.mjs'), 'bundle');
  writeFileSync(secret, 'secret');
  child.stdin.write('go\n');
  await once(child, 'close');
  expect(said.trim().split('\n')).toEqual(['ready', 'bundle', 'bundle', 'ERR_ACCESS_DENIED']);
});
