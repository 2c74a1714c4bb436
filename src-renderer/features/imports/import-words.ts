// What an import comes to, in figures and sentences; which files go in which job. Pure.
import type { DetectedFile, ImportCounts, ImportFormat, ImportSummary } from '#contract/import';
import { counted } from '../../lib/format.ts';

/** A file that waits to be imported. */
export interface ChosenFile {
  readonly file: DetectedFile;
  /** 'auto': as detected. */
  readonly format: ImportFormat;
}

export function isReady({ file, format }: ChosenFile): boolean {
  return format !== 'auto' || file.format !== undefined;
}

/** One job for each format that was chosen by hand, and one for all files that are read as detected; in order of the files. */
export function jobsOf(
  files: readonly ChosenFile[],
): readonly { readonly format: ImportFormat; readonly paths: string[] }[] {
  const groups = new Map<ImportFormat, string[]>();
  for (const chosen of files) {
    if (!isReady(chosen)) continue;
    const paths = groups.get(chosen.format) ?? [];
    paths.push(chosen.file.path);
    groups.set(chosen.format, paths);
  }
  return [...groups].map(([format, paths]) => ({ format, paths }));
}

/** Files once each, those that came first kept as they are. */
export function withFiles(files: readonly ChosenFile[], found: readonly DetectedFile[]): readonly ChosenFile[] {
  const known = new Set(files.map(({ file }) => file.path));
  return [...files, ...found.filter(({ path }) => !known.has(path)).map((file) => ({ file, format: 'auto' as const }))];
}

type CountName = keyof ImportCounts;
const countNames: readonly CountName[] = [
  'traces',
  'newTraces',
  'messages',
  'turns',
  'newTurns',
  'spans',
  'scores',
  'pairs',
  'newPairs',
  'rejected',
];

export function sumOf(summaries: readonly ImportCounts[]): ImportCounts {
  const sum = (name: CountName): number => summaries.reduce((total, one) => total + one[name], 0);
  const [traces, newTraces, messages, turns, newTurns, spans, scores, pairs, newPairs, rejected] = countNames.map(sum);
  return {
    traces: traces ?? 0,
    newTraces: newTraces ?? 0,
    messages: messages ?? 0,
    turns: turns ?? 0,
    newTurns: newTurns ?? 0,
    spans: spans ?? 0,
    scores: scores ?? 0,
    pairs: pairs ?? 0,
    newPairs: newPairs ?? 0,
    rejected: rejected ?? 0,
  };
}

/** "100 traces, all new. 2,962 messages on 2,857 turns." */
export function sentenceOf(counts: ImportCounts): string {
  const { traces, newTraces, messages, turns, pairs, newPairs } = counts;
  if (traces === 0 && pairs === 0) return 'Nothing was found to import.';
  const parts = [`${counted(traces, 'trace')}, ${newness(newTraces, traces)}.`];
  if (messages > 0) parts.push(`${counted(messages, 'message')} on ${counted(turns, 'turn')}.`);
  if (pairs > 0) parts.push(`${counted(pairs, 'labelled pair')}, ${newness(newPairs, pairs)}.`);
  return parts.join(' ');
}

export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Whether a job's result is what an import gives. */
export function isSummaries(result: unknown): result is readonly ImportSummary[] {
  return (
    Array.isArray(result) &&
    result.every((one: unknown) => typeof one === 'object' && one !== null && 'file' in one && 'traces' in one)
  );
}

function newness(fresh: number, all: number): string {
  if (fresh === all) return all === 1 ? 'new' : 'all new';
  return fresh === 0 ? 'none new' : `${fresh.toLocaleString()} new`;
}
