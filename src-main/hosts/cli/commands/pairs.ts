// `atelier pairs`: lists pairs, or shows one with both sides.
import { pairKindSchema, type PairFilter } from '#contract/pair';
import { pairDetail, pairListItems } from '#engine/preference/detail';
import type { Command, CommandContext, Outcome, Values } from '../command.ts';
import { idFrom } from '../ids.ts';
import { count, table } from '../table.ts';
import { oneLine, shortId } from '../text.ts';
import { oneOf, someOf, text, texts, wholeNumber } from '../values.ts';
import { pairText } from '../transcript.ts';

export const pairsCommand: Command = {
  name: 'pairs',
  positionals: 'one',
  usage:
    'atelier pairs [PAIR] [--kind K] [--group G] [--labelled yes|no] [--annotator NAME] [--find WORDS] [--limit N]',
  summary: 'Lists pairs, or shows one with both sides.',
  options: {
    kind: { type: 'string', multiple: true },
    group: { type: 'string', multiple: true },
    labelled: { type: 'string' },
    annotator: { type: 'string' },
    find: { type: 'string' },
    limit: { type: 'string' },
  },
  optionHelp: [
    ['PAIR', 'shows this pair'],
    ['--kind, --group', 'only these; may be repeated'],
    ['--labelled yes|no', 'only pairs with or without a label, of --annotator if named'],
    ['--find WORDS', 'full text over both sides'],
    ['--limit N', 'at most so many (100)'],
  ],
  run: async (context) => {
    const id = context.positionals[0];
    return id === undefined ? listPairs(context) : showPair(context, id);
  },
};

function filterOf(values: Values): PairFilter {
  const kind = someOf(values, 'kind', pairKindSchema.options);
  const group = texts(values, 'group');
  const labelled = oneOf(values, 'labelled', ['yes', 'no']);
  const annotator = text(values, 'annotator');
  const find = text(values, 'find');
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(group === undefined ? {} : { group }),
    ...(labelled === undefined ? {} : { labelled }),
    ...(annotator === undefined ? {} : { annotator }),
    ...(find === undefined ? {} : { text: find }),
  };
}

function listPairs({ values, open }: CommandContext): Outcome {
  const page = pairListItems(open(), filterOf(values), 0, wholeNumber(values, 'limit') ?? 100);
  const rows = page.items.map(({ pair, excerptA, excerptB, labels }) => [
    shortId(pair.id),
    pair.kind,
    pair.group ?? '',
    String(labels),
    oneLine(excerptA, 36),
    oneLine(excerptB, 36),
  ]);
  const more = page.total > page.items.length ? `\n${count(page.total, 'pair')} in all; --limit shows more.` : '';
  return {
    json: { total: page.total, pairs: page.items },
    text:
      page.total === 0
        ? 'No pair fits. `atelier mine` finds pairs.'
        : table(['ID', 'KIND', 'GROUP', 'LABELS', 'A', 'B'], rows) + more,
  };
}

function showPair({ open }: CommandContext, id: string): Outcome {
  const store = open();
  const detail = pairDetail(store, idFrom(store.pairs, id, 'pair'));
  return { json: detail, text: pairText(detail) };
}
