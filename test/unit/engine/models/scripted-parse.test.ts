// Files of scripted models: any JSON is a model or a problem, and a problem says where, why and what to write.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelError } from '#engine/models/model';
import { newScript } from '#engine/models/scripted-answer';
import { parseScript } from '#engine/models/scripted-parse';
import { Problem } from '#engine/problem';
import { callOf, userSays } from './scripted-world.ts';

describe('a file', () => {
  test('any JSON is a model or a problem with a sentence, never a crash', () => {
    const keys = fc.constantFrom(
      'rules',
      'when',
      'reply',
      'fail',
      'text',
      'json',
      'calls',
      'name',
      'arguments',
      'matches',
      'contains',
      'stream',
      'user',
      'messages',
      'atLeast',
      'lists',
      'tool',
      '__proto__',
      'odd',
    );
    const { json } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom(
          null,
          true,
          0,
          -1,
          1.5,
          1e300,
          '',
          '{{last}}',
          '{{',
          '{{nope}}',
          '(',
          '(a+)+',
          '{{json a[0}}',
          '{{item x}}',
        ),
        fc.string(),
      ),
      json: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(keys, tie('json'), { maxKeys: 5 }),
      ),
    }));
    const nearly = fc.record({
      rules: fc.array(fc.record({ when: json, reply: json, fail: json }, { requiredKeys: [] })),
    });
    const value = fc.oneof(json, fc.constantFrom('x', 1, { atLeast: 1 }, { oneOf: ['x', 2] }, { exists: false }));
    const text = fc.constantFrom('x', '{{last}}', '{{json a[0] ?? 1}}', '{{$1}}', '{{tool t}}', '{{message -9}}');
    const likely = fc.record({
      rules: fc.array(
        fc.record(
          {
            when: fc.record(
              {
                contains: fc.string({ minLength: 1 }),
                matches: fc.constantFrom('(.)', 'a|b', '(?<n>x)?'),
                json: fc.dictionary(fc.constantFrom('a', 'b[0]', ''), value),
              },
              { requiredKeys: [] },
            ),
            reply: fc.record(
              { text, reasoning: text, calls: fc.constant([{ name: 't', arguments: { a: '{{last}}' } }]) },
              { requiredKeys: [] },
            ),
          },
          { requiredKeys: ['reply'] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    });
    const path = 'models/m.model.json';
    const outcomeOf = (file: string, last: string): unknown => {
      try {
        return newScript(parseScript(path, file), path).answer(callOf(userSays(last)));
      } catch (error) {
        return error;
      }
    };
    const outcomes = { answers: 0, modelErrors: 0, problems: 0 };
    fc.assert(
      fc.property(fc.oneof(json, nearly, likely), fc.string(), (file, last) => {
        const outcome = outcomeOf(JSON.stringify(file), last);
        const isProblem = outcome instanceof Problem && outcome.code === 'BAD_INPUT' && outcome.message.includes(path);
        if (isProblem && outcome.hint !== undefined) outcomes.problems += 1;
        else if (outcome instanceof ModelError) outcomes.modelErrors += 1;
        else if (outcome instanceof Error) throw outcome;
        else outcomes.answers += 1;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(20);
  });

  test('nested without end or huge is refused with a sentence', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(() => parseScript('f', deep)).toThrow(Problem);
    expect(() => parseScript('f', `{ "rules": [{ "reply": { "json": ${deep} } }] }`)).toThrow('nested');
    expect(() => parseScript('f', ' '.repeat(1024 * 1024 + 1))).toThrow('over 1 MB');
  });

  const reply = { text: 'x' };
  test.for([
    [
      'an unknown member',
      { rules: [{ when: { contain: 'x' }, reply }] },
      'rules[0].when has "contain"',
      'Did you mean "contains"?',
    ],
    ['an unknown member at the top', { rule: [], rules: [{ reply }] }, 'f has "rule"', 'Did you mean "rules"?'],
    ['no rules', {}, 'f at rules: ', 'Write "rules": [{'],
    [
      'a wrong pattern',
      { rules: [{ when: { matches: '(' }, reply }] },
      'rules[0].when.matches: Invalid regular expression',
      'Write "matches"',
    ],
    [
      'a hole that is none',
      { rules: [{ reply: { text: '{{lst}}' } }] },
      'rules[0].reply.text: {{lst}} is no hole',
      'Write "text"',
    ],
    ['a hole not closed', { rules: [{ reply: { text: 'a {{last' } }] }, 'is not closed', 'Write "text"'],
    [
      'a hole deep in arguments',
      { rules: [{ reply: { calls: [{ name: 'a', arguments: { b: ['{{item x}}'] } }] } }] },
      'rules[0].reply.calls: there is no list "x"',
      'Write "calls"',
    ],
    [
      'a count that is none',
      { rules: [{ when: { messages: { atleast: 2 } }, reply }] },
      'rules[0].when.messages has "atleast"',
      'Did you mean "atLeast"?',
    ],
    ['nothing to do', { rules: [{ when: {} }] }, 'rules[0]: has neither a reply nor a fail', 'Write "rules"'],
    ['a broken fail', { rules: [{ reply, fail: {} }] }, 'rules[0].fail: stands beside a reply', 'Write "fail"'],
    [
      'a status that is none',
      { rules: [{ fail: { status: 200 } }] },
      'rules[0].fail.status: ',
      'a number from 400 to 599',
    ],
  ] as const)('%s is told with its place and what to write', ([, file, sentence, hint]) => {
    expect(() => parseScript('f', JSON.stringify(file))).toThrow(
      expect.objectContaining({ message: expect.stringContaining(sentence), hint: expect.stringContaining(hint) }),
    );
  });
});
