// Editing a side: every field goes back where it came from, arguments stay JSON, nothing else changes.
import type { Message } from '#contract/turn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFields, editFields, type EditResult } from '../../../../src-renderer/features/prefer/edit-fields.ts';
import { parseJson } from '../../../../src-renderer/lib/json-text.ts';

const messages: Message[] = [
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'Let me look.' },
    ],
  },
  { role: 'assistant', content: [], toolCalls: [{ name: 'find', arguments: { id: 'A1' } }] },
  { role: 'tool', content: [{ type: 'text', text: 'found' }], call: 0 },
  {
    role: 'assistant',
    content: [
      { type: 'image', url: 'data:,' },
      { type: 'text', text: 'Done.' },
    ],
  },
];

const edit = (changes: Record<string, string>, endAfter?: number) =>
  applyFields(
    messages,
    new Map([...editFields(messages).map((f) => [f.key, f.value] as const), ...Object.entries(changes)]),
    endAfter,
  );

const errorsOf = (result: EditResult): ReadonlyMap<string, string> => (result.ok ? new Map() : result.errors);

describe('editFields', () => {
  it('offers the assistant’s texts, reasoning and arguments, and words where there were none', () => {
    expect(editFields(messages).map((field) => [field.key, field.kind])).toEqual([
      ['0/part/0', 'reasoning'],
      ['0/part/1', 'text'],
      ['1/new', 'text'],
      ['1/call/0', 'arguments'],
      ['3/part/1', 'text'],
    ]);
  });
});

describe('applyFields', () => {
  it('gives the same messages where nothing was changed', () => {
    expect(edit({})).toEqual({ ok: true, messages, changed: false });
  });

  it('puts texts and arguments back in their places', () => {
    const result = edit({ '0/part/1': 'Looking.', '1/call/0': '{"id": "B2", "n": 1}', '1/new': 'One moment.' });
    const edited = result.ok ? result.messages : [];
    expect(result).toMatchObject({ ok: true, changed: true });
    expect(edited[0]?.content[1]).toEqual({ type: 'text', text: 'Looking.' });
    expect(edited[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'One moment.' }],
      toolCalls: [{ name: 'find', arguments: { id: 'B2', n: 1 } }],
    });
    expect(edited.slice(2)).toEqual(messages.slice(2));
  });

  it('refuses arguments that are no JSON, and says where', () => {
    const result = edit({ '1/call/0': '{\n  "id": A1\n}' });
    expect(result).toMatchObject({ ok: false });
    expect(errorsOf(result).get('1/call/0')).toMatch(/JSON: look at line 2/);
  });

  it('refuses a message with nothing in it', () => {
    const only: Message[] = [{ role: 'assistant', content: [{ type: 'text', text: 'x' }] }];
    expect(applyFields(only, new Map([['0/part/0', '']])).ok).toBe(false);
  });

  it('ends the branch where it is told to', () => {
    const result = edit({}, 0);
    expect(result.ok && result.messages).toEqual(messages.slice(0, 1));
    expect(result.ok && result.changed).toBe(true);
  });

  it('keeps raw arguments that were never JSON unless they are edited', () => {
    const raw: Message[] = [
      { role: 'assistant', content: [], toolCalls: [{ name: 'f', arguments: '{oops', unparsed: true }] },
    ];
    expect(applyFields(raw, new Map([['0/call/0', '{oops']]))).toEqual({ ok: true, messages: raw, changed: false });
    expect(applyFields(raw, new Map([['0/call/0', '{}']]))).toMatchObject({
      messages: [{ toolCalls: [{ name: 'f', arguments: {} }] }],
    });
  });
});

describe('parseJson', () => {
  it('accepts what JSON.parse accepts, and only that', () => {
    fc.assert(fc.property(fc.json(), (text) => parseJson(text).ok));
    for (const bad of ['', '{', '{"a":1,}', '[1,]', "{'a':1}", '01', 'tru', '"a\nb"', '{"a" 1}', '[}', '{} {}']) {
      expect(parseJson(bad).ok).toBe(false);
    }
  });

  it('names the line where it goes wrong', () => {
    const lines = ['{', '  "id": 1,', '  "list": [', '    1,', '    oops', '  ]', '}'];
    expect(parseJson(lines.join('\n'))).toEqual({ ok: false, why: 'This is not valid JSON: look at line 5.' });
    expect(parseJson('{\n "a": 1\n "b": 2}')).toMatchObject({ why: 'This is not valid JSON: look at line 3.' });
  });
});
