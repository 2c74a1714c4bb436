// Whether inputs and answers fit: what is missing, what is not known, what has another type; each with what to write.
import { describe, expect, test } from 'vitest';
import type { OpenInterrupt } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import { checkAnswer, checkInput, schemaOf } from '#engine/control/answers';
import { Problem } from '#engine/problem';

const form: JsonObject = {
  type: 'object',
  properties: { message: { type: 'string' }, note: { type: 'string', default: '' } },
  required: ['message'],
};

function said(act: () => void): readonly (string | undefined)[] {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return [error.message, error.hint];
    throw error;
  }
  return [];
}

const input = (value: JsonObject) => said(() => checkInput(schemaOf(form), form, value));
const answer = (value: Json, more: JsonObject = {}) => {
  const interrupt: OpenInterrupt = {
    id: '/1:ask',
    kind: 'human',
    title: 'Well?',
    openedAt: 0,
    form: { ...form, ...more },
  };
  return said(() => checkAnswer(interrupt, value));
};

describe('what does not fit', () => {
  test('is what is missing', () => {
    expect(input({})).toEqual([
      'The input does not fit the agent: "message" is missing.',
      'It takes: message, note (may be left out).',
    ]);
  });

  test('is a name that the form does not have, and would be dropped', () => {
    expect(answer({ message: 'x', nte: 'y' })).toEqual([
      'The answer does not fit the form: there is no "nte" in it.',
      'Did you mean "note"?',
    ]);
    expect(input({ message: 'x', weather: 'y' })[1]).toBe('It takes: message, note (may be left out).');
  });

  test('is another type', () => {
    expect(answer({ message: 5 })[0]).toMatch(/^The answer does not fit the form: message: /u);
    expect(answer('text')[0]).toMatch(/^The answer does not fit the form: /u);
  });

  test('is nothing where it fits, or where a form takes more than it names', () => {
    expect(input({ message: 'x' })).toEqual([]);
    expect(answer({ message: 'x', note: 'y' })).toEqual([]);
    expect(answer({ message: 'x', more: 1 }, { additionalProperties: {} })).toEqual([]);
  });
});
