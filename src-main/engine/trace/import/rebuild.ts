// The way back: from a stored path and its residues to the source messages, equal to what came in.
import type { Json, JsonObject, Message } from '#contract/turn';
import type { ResidueLink } from '../../ports.ts';
import { applyPatch } from '../../turns/residue.ts';
import { isArray, isObject } from '../json.ts';
import type { Dialect, SourceSide } from './format.ts';
import { headIndex, writeStart } from './source-tree.ts';
import { extendTrail, trailStart } from './trail.ts';

/**
 * Head and source messages of a transcript. `sizes` says how many messages each source message makes up, where it is not as
 * the dialect expects. Without `chain` it is the transcript as the dialect itself would write it.
 */
export function rebuildSource(
  dialect: Dialect,
  path: readonly Message[],
  chain: readonly ResidueLink[],
  sizes: readonly number[] | undefined,
): Omit<SourceSide, 'side'> {
  const [context, ...rest] = path;
  if (context === undefined) return { head: {}, messages: [] };
  const patches = new Map(chain.map((link) => [link.index, link.patch]));
  const start = applyPatch(writeStart(dialect, context), patches.get(headIndex));
  const head: JsonObject = isArray(start) && isObject(start[0]) ? start[0] : {};
  const messages: Json[] = head['lead'] === true && isArray(start) ? [start[1] ?? null] : [];
  let trail = trailStart([context]);
  let from = 0;
  for (const size of sizes ?? dialect.sizes(rest)) {
    const group = rest.slice(from, from + size);
    from += size;
    const expanded = applyPatch(dialect.write(group, trail), patches.get(messages.length));
    messages.push(dialect.collapse(expanded));
    trail = extendTrail(trail, expanded, group, dialect.calls(expanded));
  }
  return { head, messages };
}
