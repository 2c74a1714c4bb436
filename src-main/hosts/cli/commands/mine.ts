// `atelier mine`: finds pairs to judge.
import { pairKindSchema } from '#contract/pair';
import { mine } from '#engine/preference/mine';
import type { Command } from '../command.ts';
import { count } from '../table.ts';
import { someOf } from '../values.ts';

export const mineCommand: Command = {
  name: 'mine',
  positionals: 'none',
  usage: 'atelier mine [--kind sibling|outcome|imported]…',
  summary: 'Finds pairs: siblings in the tree, same group with another score, imported preferences.',
  options: { kind: { type: 'string', multiple: true } },
  optionHelp: [['--kind KIND', 'only this kind; may be repeated']],
  run: async ({ values, open, clock, task }) => {
    const kinds = someOf(values, 'kind', pairKindSchema.options);
    const summary = await mine(open(), clock, kinds, task);
    const kindsFound = Object.entries(summary.byKind).map(([kind, number]) => `${kind} ${number}`);
    const leftOut = summary.leftOut.map(({ why, count: number }) => `  left out ${number}: ${why}`);
    const found = kindsFound.length === 0 ? '' : `: ${kindsFound.join(', ')}`;
    return {
      json: summary,
      text: [`${count(summary.pairs, 'pair')} (${summary.new} new)${found}`, ...leftOut].join('\n'),
    };
  },
};
