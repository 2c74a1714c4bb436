// The policy of a workspace: which tools may run unasked. Rules in policies.json, the first that fits decides.
import { z } from 'zod';
import { Problem } from '../problem.ts';

const ruleSchema = z.strictObject({
  /** Name of a tool, or '*' for every one. */
  tool: z.string().min(1),
  /** Only tools that declare this; both where absent. */
  effect: z.enum(['read', 'write']).optional(),
  decision: z.enum(['allow', 'ask', 'deny']),
  /** Shown to the person who is asked, and given to the agent where it is refused. */
  reason: z.string().optional(),
});
const policySchema = z.strictObject({ rules: z.array(ruleSchema) });

export type Policy = z.infer<typeof policySchema>;

export interface Decision {
  readonly decision: 'allow' | 'ask' | 'deny';
  readonly reason?: string;
}

/** Where no rule fits: reading is free, writing is asked about. */
export function decide(policy: Policy, tool: { readonly name: string; readonly effect: 'read' | 'write' }): Decision {
  for (const { tool: name, effect, decision, reason } of policy.rules) {
    if (name !== '*' && name !== tool.name) continue;
    if (effect !== undefined && effect !== tool.effect) continue;
    return reason === undefined ? { decision } : { decision, reason };
  }
  return { decision: tool.effect === 'read' ? 'allow' : 'ask' };
}

/** Throws BAD_INPUT with line and column, or the place in the file, where it is not a policy. */
export function parsePolicy(text: string): Policy {
  const parsed = policySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notUnderstood(`${placeOf(issue?.path ?? [])}: ${issue?.message ?? 'it has another form'}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw notUnderstood(`${positionIn(text, message)}${message}`, error);
  }
}

/** V8 says the offset, or line and column, of what it stumbled on; in a short text neither. */
function positionIn(text: string, message: string): string {
  const found = /position (\d+)/u.exec(message);
  if (found?.[1] === undefined || message.includes('line ')) return '';
  const before = text.slice(0, Number(found[1])).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: `;
}

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place === '' ? 'the file' : place.replace(/^\./u, '');
}

function notUnderstood(what: string, cause?: unknown): Problem {
  return new Problem(
    'BAD_INPUT',
    `policies.json is not understood: ${what}.`,
    'Until it is, no tool runs. It holds { "rules": [{ "tool": "name or *", "effect": "read or write", "decision": "allow, ask or deny" }] }.',
    { cause },
  );
}
