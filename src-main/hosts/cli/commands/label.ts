// `atelier label`: one judgement of one pair.
import { userInfo } from 'node:os';
import { annotatorNameSchema, choiceSchema, labelInputSchema, strengthSchema } from '#contract/label';
import { labelPair } from '#engine/preference/label';
import type { Command } from '../command.ts';
import { idFrom } from '../ids.ts';
import { shortId } from '../text.ts';
import { number, oneOf, parsed, text, texts, usage } from '../values.ts';

export const labelCommand: Command = {
  name: 'label',
  positionals: 'one',
  usage: 'atelier label PAIR --choose a|b|tie|bad [--strength 1|2|3] [--annotator NAME] [--tag TAG]… [--note TEXT]',
  summary: 'Labels a pair: a or b is better, a tie, or both bad.',
  options: {
    choose: { type: 'string' },
    strength: { type: 'string' },
    annotator: { type: 'string' },
    tag: { type: 'string', multiple: true },
    note: { type: 'string' },
  },
  optionHelp: [
    ['--choose', 'a, b, tie or bad; a and b as `atelier pairs PAIR` shows them'],
    ['--strength', '1 slightly, 2 clearly (default), 3 by far'],
    ['--annotator NAME', 'who judges; your user name unless said'],
    ['--tag TAG', 'a reason; may be repeated'],
    ['--note TEXT', 'the rationale'],
  ],
  run: async ({ positionals, values, open, clock, redactor }) => {
    if (positionals[0] === undefined) throw usage('Name the pair to label.');
    const choice = oneOf(values, 'choose', choiceSchema.options);
    if (choice === undefined) throw usage('Say --choose a, b, tie or bad.');
    const strength = parsed(strengthSchema, number(values, 'strength') ?? 2, '--strength', '1, 2 or 3');
    const annotator = parsed(
      annotatorNameSchema,
      text(values, 'annotator') ?? userInfo().username,
      '--annotator',
      'a name of 1 to 80 characters on one line',
    );
    const { tags: tagsSchema, rationale: rationaleSchema } = labelInputSchema.shape;
    const tags = parsed(tagsSchema, texts(values, 'tag') ?? [], '--tag', 'up to 20 reasons of 1 to 60 characters');
    const rationale = parsed(rationaleSchema, text(values, 'note'), '--note', 'up to 20,000 characters');
    const store = open();
    const masks = await redactor();
    const label = labelPair(store, clock, {
      pairId: idFrom(store.pairs, positionals[0], 'pair'),
      annotator,
      choice,
      strength,
      tags: tags.map((tag) => masks.known(tag)),
      ...(rationale === undefined ? {} : { rationale: masks.known(rationale) }),
      swapped: false,
      elapsedMs: 0,
    });
    return {
      json: label,
      text: `Labelled ${shortId(label.pairId)}: ${label.choice}, strength ${label.strength}, by ${label.annotator}.`,
    };
  },
};
