// Questions of a run at the terminal: forms field by field, approvals, what may not have happened, and leaving them open.
import { describe, expect, it } from 'vitest';
import type { OpenInterrupt } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import { askFor } from '#hosts/cli/live/ask';
import { fieldsOf, promptOf, readField } from '#hosts/cli/live/form';

const form: JsonObject = {
  type: 'object',
  properties: {
    send: { type: 'boolean', description: 'Send it now?' },
    tone: { enum: ['kind', 'curt'], default: 'kind' },
    copies: { type: 'integer' },
    share: { type: 'number' },
    note: { type: 'string', title: 'Note' },
    extra: { type: 'object' },
  },
  required: ['send', 'tone', 'note'],
};

function question(more: Partial<OpenInterrupt>): OpenInterrupt {
  return { id: '/1:ask', kind: 'human', title: 'Send the reply?', openedAt: 0, ...more };
}

/** Answers with what was typed, in order, then leaves. */
async function asked(interrupt: OpenInterrupt, ...typed: readonly string[]) {
  const said: string[] = [];
  const queue = [...typed];
  const answer = await askFor(interrupt, {
    ask: (prompt) => {
      said.push(prompt);
      return Promise.resolve(queue.shift());
    },
    say: (text) => said.push(text),
  });
  return { answer, said };
}

describe('a form', () => {
  it('is asked field by field, saying what may be typed', () => {
    expect(fieldsOf(form).map(promptOf)).toEqual([
      'Send it now? (y/n): ',
      'tone (1 kind, 2 curt; empty: kind): ',
      'copies (whole number; may be empty): ',
      'share (number; may be empty): ',
      'Note: ',
      'extra (JSON; may be empty): ',
    ]);
  });

  it('becomes the answer, fields left empty aside', async () => {
    const { answer } = await asked(question({ form }), 'y', '2', '', '0.5', 'see below', '{"a":1}');
    expect(answer).toEqual({ value: { send: true, tone: 'curt', share: 0.5, note: 'see below', extra: { a: 1 } } });
  });

  it('is asked again where what was typed cannot be', async () => {
    const { answer, said } = await asked(question({ form }), '', 'perhaps', 'n', '7', '', '1.5', '', '', 'x', '{', '');
    expect(answer).toEqual({ value: { send: false, tone: 'kind', note: 'x' } });
    expect(said.filter((line) => !line.endsWith(': '))).toEqual([
      '\nSend the reply?',
      'An answer is needed.',
      'Type y or n.',
      'Type one of 1 to 2.',
      '1.5 is not whole.',
      'That is no JSON.',
    ]);
  });

  it('may be one value', async () => {
    expect((await asked(question({ form: { type: 'string' } }), 'blue')).answer).toEqual({ value: 'blue' });
    expect((await asked(question({ form: { anyOf: [{ const: 1 }, { const: 'two' }] } }), 'two')).answer).toEqual({
      value: 'two',
    });
  });

  it('stays open where the person leaves', async () => {
    expect((await asked(question({ form }), 'y')).answer).toBeUndefined();
  });

  it('takes text as it was typed', () => {
    const [field] = fieldsOf({ type: 'string' });
    expect(field && readField(field, '  as it is ')).toEqual({ value: '  as it is ' });
  });
});

describe('other questions', () => {
  it('shows what an approval is about and takes yes, or no with a reason', async () => {
    const approval = question({ kind: 'approval', title: 'send', details: { to: 'ada\u001B[2J' } });
    const yes = await asked(approval, 'y');
    expect(yes.answer).toEqual({ value: { allow: true } });
    expect(yes.said.join('\n')).toContain('"to"');
    expect(yes.said.join('\n')).not.toContain('\u001B');
    expect((await asked(approval, 'no', 'wrong address')).answer).toEqual({
      value: { allow: false, reason: 'wrong address' },
    });
    expect((await asked(approval, 'n', '')).answer).toEqual({ value: { allow: false } });
  });

  it('asks whether something happened', async () => {
    const unsure = question({ kind: 'unsure', title: 'charge' });
    expect((await asked(unsure, 'a')).answer).toEqual({ value: { again: true } });
    expect((await asked(unsure, 'x', 'r', '{"id":7}')).answer).toEqual({ value: { result: { id: 7 } } });
    expect((await asked(unsure, 'f', 'no receipt')).answer).toEqual({ value: { fail: 'no receipt' } });
  });
});
