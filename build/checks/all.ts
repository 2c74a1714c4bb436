// The checks by name, in the order in which they are run.
import { files } from './files.ts';
import { imports } from './imports.ts';
import { lockfile } from './lockfile.ts';
import { tool, types, type Check } from './tools.ts';

export const checks: Record<string, Check> = {
  types,
  lint: tool('oxlint/bin/oxlint', '--deny-warnings'),
  format: tool('oxfmt/bin/oxfmt', '--check'),
  imports,
  unused: tool('knip/bin/knip.js', '--no-progress', '--no-config-hints'),
  files,
  lockfile,
};
