// The journal in words: one line an event, and the kinds it can be filtered by.
import type { RunEvent } from '#contract/journal';
import { shortDuration } from '../../lib/format.ts';
import { partsOf, pathOf, pathOfKey } from './places.ts';

export const journalKinds = ['run', 'step', 'node', 'effect', 'interrupt', 'log'] as const;
export type JournalKind = (typeof journalKinds)[number];

export const journalKindNames: Readonly<Record<JournalKind, string>> = {
  run: 'Run',
  step: 'Steps',
  node: 'Nodes',
  effect: 'Effects',
  interrupt: 'Questions',
  log: 'Logs',
};

/** What the list shows of an event; the event itself is asked for when it is selected. */
export interface JournalRow {
  readonly seq: number;
  readonly at: number;
  readonly type: RunEvent['type'];
  readonly kind: JournalKind;
  /** The node or effect it is of; '' for the run. */
  readonly where: string;
  readonly text: string;
  readonly isTrouble: boolean;
}

const longest = 160;

export function journalRow(seq: number, at: number, event: RunEvent): JournalRow {
  const [where, text, isTrouble = false] = wordsOf(event);
  return { seq, at, type: event.type, kind: kindOf(event), where, text: text.slice(0, longest), isTrouble };
}

function kindOf(event: RunEvent): JournalKind {
  const [head] = event.type.split('.');
  // A read of the clock is an effect, too.
  return journalKinds.find((kind) => kind === head) ?? 'effect';
}

type Words = readonly [where: string, text: string, isTrouble?: boolean];

function wordsOf(event: RunEvent): Words {
  switch (event.type) {
    case 'run.started':
      return ['', `${event.agent} started with seed ${event.seed}`];
    case 'run.resumed':
      return ['', event.why === 'asked' ? 'Taken up again' : `Taken up again: ${event.why}`];
    case 'run.paused':
      return ['', pauseWords[event.why] + (event.at === undefined ? '' : ` at ${placeWords(event.at)}`)];
    case 'run.slept':
      return ['', 'Asleep until it is needed'];
    case 'run.edited':
      return ['', 'State edited'];
    case 'run.migrated':
      return ['', `Goes on with version ${event.to} of the agent, from ${event.from}`];
    case 'run.finished':
      return ['', 'Finished'];
    case 'run.failed':
      return ['', `${event.error.name}: ${event.error.message}`, true];
    case 'run.cancelled':
      return ['', 'Cancelled'];
    case 'run.departed':
      return [event.at, event.sentence, true];
    case 'step.finished': {
      const next = event.next.length === 0 ? 'ends' : `then ${event.next.join(', ')}`;
      return [event.scope, `Step ${event.step}, ${next}`];
    }
    case 'node.finished':
      return [
        pathOf(event.scope, event.step, event.node),
        `Done in ${shortDuration(event.ms)}${event.cached === true ? ', from the cache' : ''}${event.branch === undefined ? '' : `, went ${event.branch}`}`,
      ];
    case 'node.failed':
      return [
        pathOf(event.scope, event.step, event.node),
        `Try ${event.try} failed: ${event.error.name}: ${event.error.message}`,
        true,
      ];
    case 'effect.requested':
      return [
        pathOfKey(event.key),
        `Asks ${event.kind} ${event.name}${event.again === undefined ? '' : `, for the ${event.again}. time`}`,
      ];
    case 'effect.finished': {
      const outcome =
        event.error === undefined
          ? `Answered in ${shortDuration(event.ms)}`
          : `${event.error.name}: ${event.error.message}`;
      return [
        pathOfKey(event.key),
        event.from === undefined ? outcome : `${outcome}, from the journal`,
        event.error !== undefined,
      ];
    }
    case 'clock.read':
      return [pathOfKey(event.key), 'Reads the clock'];
    case 'interrupt.opened':
      return [pathOfKey(event.id), event.title];
    case 'interrupt.answered':
      return [pathOfKey(event.id), `Answered by ${event.by}`];
    case 'log':
      return [event.path ?? '', event.text, event.level === 'error' || event.level === 'warn'];
  }
}

const pauseWords = {
  asked: 'Paused',
  step: 'Paused after one step',
  breakpoint: 'Paused by a breakpoint',
  until: 'Paused where it was told to stop',
} as const;

/** A path as a person reads it: "fan 2 › draft"; a further try of what it lies in is named. */
export function placeWords(path: string): string {
  const parts = partsOf(path);
  if (parts.length === 0) return path;
  return parts
    .map((part) =>
      part.replace(/#(\d+)/, ' (try $1)').replace(/\[(\d+)\]/, (_, index: string) => ` ${Number(index) + 1}`),
    )
    .join(' › ');
}
