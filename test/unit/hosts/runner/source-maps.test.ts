// Errors of user code name the user's own files and lines, in a bundle as the studio makes it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EsbuildBundler } from '#adapters/bundler';
import { runnerFiles } from '#hosts/runner-program';
import { openRunner } from '#test/runners';

it('an error in an imported file has that file and line in its stack', async () => {
  await using runner = openRunner();
  const { folder, pool, heard } = runner;
  mkdirSync(join(folder, 'agents'));
  writeFileSync(
    join(folder, 'agents', 'fails.agent.ts'),
    `import { agent, code, end, start } from 'atelier';
import { z } from 'zod';
import { helper } from '../lib/helper.ts';

export default agent(
  { state: { out: z.string().optional() } },
  { nodes: { only: code(async () => ({ out: helper(undefined) })) }, edges: [start('only'), end('only')] },
);
`,
  );
  mkdirSync(join(folder, 'lib'));
  writeFileSync(
    join(folder, 'lib', 'helper.ts'),
    `interface Deep {
  readonly value: { readonly text: string };
}

export function helper(deep: Deep | undefined): string {
  return deep!.value.text;
}
`,
  );
  const bundler = new EsbuildBundler(runnerFiles(folder).externals);
  const { url } = await bundler.bundle(folder, 'agents/fails.agent.ts');
  pool.run(runner.order('one', url), false);
  const end = await heard.end('one');
  expect(end.type === 'run.failed' ? end.error.stack : end).toMatch(
    /lib\/helper\.ts:6:\d+[\s\S]*agents\/fails\.agent\.ts:7/u,
  );
  // Nothing of how the runtime came there.
  expect(end.type === 'run.failed' ? end.error.stack : end).not.toMatch(/src-main|node:internal/u);
  await bundler.close();
});
