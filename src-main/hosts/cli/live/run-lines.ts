// What happens in a run as lines of plain text, for logs and pipes.
import type { JournalEvent } from '#contract/journal';
import type { Json } from '#contract/turn';
import { nodeNames, pathOfKey } from '#engine/run/path';
import { duration, flat } from '../text.ts';

const longest = 300;

/** The lines that an event is told in: none for what only machines want to know. */
export function linesOf({ at, event }: JournalEvent): string[] {
  const text = textOf(event);
  if (text === undefined) return [];
  const texts = event.type === 'run.departed' ? [text, ...difference(event.expected, event.actual)] : [text];
  return texts.map((one) => `${new Date(at).toISOString().slice(11, 23)}  ${flat(one).slice(0, longest)}`);
}

function difference(expected: Json, actual: Json): string[] {
  return [`  in the journal: ${JSON.stringify(expected)}`, `  this time:      ${JSON.stringify(actual)}`];
}

function textOf(event: JournalEvent['event']): string | undefined {
  switch (event.type) {
    case 'run.started':
      return `${event.agent} started, seed ${event.seed}`;
    case 'run.resumed':
      return `goes on: ${event.why}`;
    case 'run.paused':
      return `paused (${event.why}${event.at === undefined ? '' : ` at ${event.at}`})`;
    case 'run.slept':
      return event.until === undefined ? 'waits' : `sleeps until ${new Date(event.until).toISOString()}`;
    case 'run.finished':
      return 'finished';
    case 'run.failed':
      return `failed: ${event.error.name}: ${event.error.message}`;
    case 'run.cancelled':
      return 'cancelled';
    case 'run.departed':
      return `departed at ${event.at}: ${event.sentence}`;
    case 'node.finished':
      return `✓ ${placed(event)}  ${duration(event.ms)}`;
    case 'node.failed':
      return `${event.retryAt === undefined ? '✗' : '↻'} ${placed(event)}  ${event.error.name}: ${event.error.message}`;
    case 'effect.requested':
      return event.kind === 'model' || event.kind === 'tool'
        ? `  ${event.kind} ${event.name} for ${nodeNames(pathOfKey(event.key))}`
        : undefined;
    case 'interrupt.opened':
      return event.kind === 'wait' ? undefined : `? ${event.title} (${event.kind} ${event.id})`;
    case 'interrupt.answered':
      return `  answered by ${event.by}`;
    case 'log':
      return `  ${event.level}: ${event.text}`;
    default:
      return undefined;
  }
}

function placed({ scope, node }: { readonly scope: string; readonly node: string }): string {
  return scope === '' ? node : `${nodeNames(scope)}/${node}`;
}
