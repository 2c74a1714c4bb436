// Runs every check that is not a test: npm run check [-- --root FOLDER] [name …]. Ends with N passed, N failed.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checks } from './checks/all.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { root: { type: 'string' } }, allowPositionals: true });
  const root = resolve(values.root ?? resolve(import.meta.dirname, '..'));
  const unknown = positionals.filter((name) => checks[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(`No such check: ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }
  let failed = 0;
  const wanted = Object.entries(checks).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  for (const [name, check] of wanted) {
    const start = performance.now();
    const problem = await check(root);
    const took = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    process.stdout.write(`${problem === undefined ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${took}\n`);
    if (problem === undefined) continue;
    failed += 1;
    process.stdout.write(`${problem.trimEnd()}\n\n`);
  }
  process.stdout.write(`${wanted.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
