// wait: lets a time pass, or come; the run sleeps over long ones.
import type { NodeOf } from '../graph/definition.ts';
import { milliseconds, shortWait } from '../run/duration.ts';
import type { NodeWorld, Outcome } from '../run/node-world.ts';
import { failure } from '../run/run-failure.ts';
import { read } from './asking.ts';

/** Epoch ms; there is no date beyond. */
const latest = 8_640_000_000_000_000;

export async function runWait(node: NodeOf<'wait'>, world: NodeWorld): Promise<Outcome> {
  const until = endOf(node, world);
  if (until - Date.now() < shortWait) await world.pause(until);
  else await world.question({ kind: 'wait', title: world.title, until });
  return {};
}

/** Epoch ms. */
function endOf(node: NodeOf<'wait'>, world: NodeWorld): number {
  if (node.for !== undefined)
    return Date.now() + milliseconds(read(node.for, world.context), `The wait "${world.name}"`);
  const until: unknown = node.until?.(world.context);
  const time = typeof until === 'string' ? Date.parse(until) : until;
  if (typeof time === 'number' && Math.abs(time) <= latest) return time;
  throw failure(
    'BadDuration',
    `"${world.name}" waits until what is no time.`,
    'Give epoch ms, or a time as in 2026-01-31T12:00:00Z.',
  );
}
