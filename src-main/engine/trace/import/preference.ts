// What the preference formats share: scores of the two sides, and how strong the preference is.
import type { Score } from '#contract/trace';
import type { Json } from '#contract/turn';
import { numberMember, textMember } from '../json.ts';
import type { RecordFacts } from './format.ts';

/** Facts of a record {chosen, rejected}: scores where it carries them, strength by the margin between them. */
export function preferenceFacts(record: Json): RecordFacts {
  const chosen = numberMember(record, 'score_chosen') ?? numberMember(record, 'chosen_score');
  const rejected = numberMember(record, 'score_rejected') ?? numberMember(record, 'rejected_score');
  const between = chosen === undefined || rejected === undefined ? undefined : chosen - rejected;
  const margin = numberMember(record, 'margin') ?? between;
  const model = textMember(record, 'model');
  return {
    scores: [scoreOf(chosen), scoreOf(rejected)],
    ...(margin === undefined ? {} : { strength: strengthOf(margin) }),
    ...(model === undefined ? {} : { model }),
  };
}

function scoreOf(value: number | undefined): Score[] {
  return value === undefined ? [] : [{ name: 'score', value }];
}

/** Margins are reward differences; a point or two on the usual five- and ten-point scales is a clear preference. */
function strengthOf(margin: number): 1 | 2 | 3 {
  if (margin >= 2) return 3;
  return margin >= 1 ? 2 : 1;
}
