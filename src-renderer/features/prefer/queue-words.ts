// The queue in words: what its filter keeps, what mining looks for.
import type { PairFilter, PairKind } from '#contract/pair';

export const kindNames: Readonly<Record<PairKind, string>> = {
  sibling: 'Siblings',
  outcome: 'Different outcome',
  imported: 'Imported',
};

export const kindHelp: Readonly<Record<PairKind, string>> = {
  sibling: 'Two answers to the same turn: branches of one conversation.',
  outcome: 'Two runs of the same task, one scored higher than the other.',
  imported: 'Preferences that came in with a file, chosen against rejected.',
};

/** Short words for what a filter keeps, one a condition; empty where it keeps everything. */
export function filterWords(filter: PairFilter): string[] {
  const { kind, group, text, labelled, annotator, tag } = filter;
  return [
    ...(kind === undefined || kind.length === 0 ? [] : [kind.map((one) => kindNames[one]).join(', ')]),
    ...(group === undefined || group.length === 0
      ? []
      : [group.length <= 2 ? group.join(', ') : `${String(group.length)} groups`]),
    ...(text === undefined || text === '' ? [] : [`“${text}”`]),
    ...(labelled === undefined ? [] : [labelledWords(labelled, annotator)]),
    ...(tag === undefined ? [] : [`tag ${tag}`]),
  ];
}

function labelledWords(labelled: 'yes' | 'no', annotator: string | undefined): string {
  if (annotator !== undefined) return labelled === 'yes' ? `labelled by ${annotator}` : `not labelled by ${annotator}`;
  return labelled === 'yes' ? 'labelled by somebody' : 'labelled by nobody';
}

/** The filter without conditions that say nothing. */
export function plainFilter(filter: PairFilter): PairFilter {
  const { kind, group, text, labelled, annotator, tag } = filter;
  return {
    ...(kind === undefined || kind.length === 0 ? {} : { kind }),
    ...(group === undefined || group.length === 0 ? {} : { group }),
    ...(text === undefined || text.trim() === '' ? {} : { text: text.trim() }),
    ...(labelled === undefined ? {} : { labelled, ...(annotator === undefined ? {} : { annotator }) }),
    ...(tag === undefined ? {} : { tag }),
  };
}
