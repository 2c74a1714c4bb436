// How a run that rests goes on: what to type.
import type { OpenInterrupt, RunSummary } from '#contract/run';
import type { Json } from '#contract/turn';
import { duration, flat, localTime, shortId } from '../text.ts';

/** So many characters of what a person should see to decide. */
const shownDetails = 400;

/** A run as it was left. */
export interface Followed {
  readonly run: RunSummary;
  /** What a person must answer. */
  readonly interrupts: readonly OpenInterrupt[];
}

/** How to go on with a run that rests, for people. */
export function onwards({ run, interrupts }: Followed): string[] {
  const id = shortId(run.id);
  switch (run.status) {
    case 'waiting':
      return interrupts.flatMap((one) => [
        `It waits for an answer: ${one.title} (${one.kind})`,
        ...(one.details === undefined ? [] : [`  ${flat(textOf(one.details)).slice(0, shownDetails)}`]),
        `  atelier resume ${id} --answer '${one.id}=${exampleOf(one)}'`,
      ]);
    case 'sleeping':
      return [
        run.wakeAt === undefined
          ? 'It sleeps.'
          : `It sleeps until ${localTime(run.wakeAt)} (${duration(Math.max(0, run.wakeAt - Date.now()))}).`,
        `  atelier resume ${id}`,
      ];
    case 'paused':
      return [`It is paused after step ${run.step}.`, `  atelier resume ${id}`];
    case 'running':
    case 'queued':
      return ['Its process ended before it did; nothing that was recorded is lost.', `  atelier resume ${id}`];
    case 'failed':
      return ['Once its cause is mended it can go on from its last step:', `  atelier fork ${id} --at ${run.step}`];
    default:
      return [];
  }
}

function textOf(details: Json): string {
  return typeof details === 'string' ? details : JSON.stringify(details);
}

function exampleOf({ kind, form }: OpenInterrupt): string {
  if (kind === 'approval') return '{"allow":true}';
  if (kind === 'unsure') return '{"again":true}';
  const properties = form?.['properties'];
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return names.length === 0 ? '…' : `{${names.map((name) => `${JSON.stringify(name)}:…`).join(',')}}`;
}
