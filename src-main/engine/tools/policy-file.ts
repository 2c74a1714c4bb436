// policies.json of a workspace, read anew when it has changed.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parsePolicy, type Policy } from './policy.ts';

const none: Policy = { rules: [] };

/** Gives the policy of the workspace in `folder` at each call; without a file no rules. Throws BAD_INPUT where it is not understood. */
export function policyIn(folder: string): () => Policy {
  const file = join(folder, 'policies.json');
  let known: { readonly mark: string; readonly policy: Policy } | undefined;
  return () => {
    const found = statSync(file, { throwIfNoEntry: false, bigint: true });
    if (found === undefined) return none;
    const mark = `${found.ino}:${found.size}:${found.mtimeNs}`;
    if (known?.mark !== mark) known = { mark, policy: parsePolicy(readFileSync(file, 'utf8')) };
    return known.policy;
  };
}
