// What a logged request says of itself: model, time, tokens, error, wherever the usual tools put them.
import type { Json } from '#contract/turn';
import { at, isObject, member, numberMember, textMember } from '../json.ts';
import type { RecordFacts } from './format.ts';

/** Model, time, tokens and error of a record with a request or a response in one of the usual places. */
export function factsOf(record: Json): RecordFacts {
  const places = [[], ['response'], ['response', 'body'], ['request'], ['body'], ['kwargs'], ['metadata']].map((path) =>
    at(record, path),
  );
  const first = <T>(pick: (place: Json | undefined) => T | undefined): T | undefined => {
    for (const place of places) {
      const found = isObject(place) ? pick(place) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const usage = first((place) => member(place, 'usage'));
  const created = first((place) => numberMember(place, 'created') ?? numberMember(place, 'created_at'));
  const model = first((place) => textMember(place, 'model'));
  const error = first((place) => errorOf(member(place, 'error')));
  const inputTokens = numberMember(usage, 'prompt_tokens') ?? numberMember(usage, 'input_tokens');
  const outputTokens = numberMember(usage, 'completion_tokens') ?? numberMember(usage, 'output_tokens');
  return {
    scores: [[]],
    ...(model === undefined ? {} : { model }),
    ...(error === undefined ? {} : { error }),
    ...(created === undefined || !isEpochSeconds(created) ? {} : { startedAt: created * 1000 }),
    ...(isCount(inputTokens) ? { inputTokens } : {}),
    ...(isCount(outputTokens) ? { outputTokens } : {}),
  };
}

function errorOf(error: Json | undefined): string | undefined {
  if (typeof error === 'string' && error !== '') return error;
  return textMember(error, 'message') ?? (isObject(error) ? JSON.stringify(error) : undefined);
}

/** Between 2001 and 2100; anything else is not the time this field documents. */
function isEpochSeconds(value: number): boolean {
  return value > 1e9 && value < 4.1e9;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
