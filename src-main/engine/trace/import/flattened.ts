// Attributes that spell a structure in their keys ("llm.input_messages.0.message.role"), made a structure again.
import type { Json, JsonObject } from '#contract/turn';

interface Branch {
  readonly members: Map<string, Branch>;
  value?: Json;
}

/** The list under `prefix`, in the order of its indices; undefined where no key begins so. */
export function listUnder(attributes: JsonObject, prefix: string): readonly Json[] | undefined {
  const start = `${prefix}.`;
  const root: Branch = { members: new Map() };
  for (const [key, value] of Object.entries(attributes)) {
    if (!key.startsWith(start)) continue;
    const steps = key.slice(start.length).split('.');
    if (steps.length <= deepest) grow(root, steps, value);
  }
  if (root.members.size === 0) return undefined;
  const indexed = [...root.members].filter(([index]) => /^\d+$/.test(index));
  return indexed.toSorted(([left], [right]) => Number(left) - Number(right)).map(([, branch]) => toJson(branch));
}

/** No convention nests deeper; a longer key is not one of theirs. */
const deepest = 24;

function grow(root: Branch, steps: readonly string[], value: Json): void {
  let here = root;
  for (const step of steps) {
    let next = here.members.get(step);
    if (next === undefined) {
      next = { members: new Map() };
      here.members.set(step, next);
    }
    here = next;
  }
  here.value = value;
}

function toJson(branch: Branch): Json {
  if (branch.members.size === 0) return branch.value ?? null;
  const keys = [...branch.members.keys()];
  if (keys.every((key) => /^\d+$/.test(key))) {
    const entries = [...branch.members].toSorted(([left], [right]) => Number(left) - Number(right));
    return entries.map(([, inner]) => toJson(inner));
  }
  return Object.fromEntries([...branch.members].map(([key, inner]) => [key, toJson(inner)]));
}
