// Comparing the sides of a pair: turns that face each other, marked words, the first divergence.
import type { Message, Turn } from '#contract/turn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignTurns, compareSides, pieceKey } from '../../../../src-renderer/features/prefer/compare-sides.ts';

let count = 0;
const turn = (message: Message): Turn => ({ id: `t${String(count++)}`, depth: 1, message });
const say = (role: 'user' | 'assistant' | 'tool', text: string): Turn =>
  turn({ role, content: [{ type: 'text', text }] });
const call = (name: string, args: Record<string, string>): Turn =>
  turn({ role: 'assistant', content: [], toolCalls: [{ name, arguments: args }] });

describe('alignTurns', () => {
  it('lets turns with the same role and the same tools face each other', () => {
    const left = [call('find', { id: '1' }), say('tool', 'found'), say('assistant', 'Done.')];
    const right = [say('assistant', 'Let me look.'), call('find', { id: '2' }), say('tool', 'none')];
    const rows = alignTurns(left, right).map(([one, two]) => [one?.id, two?.id]);
    expect(rows).toContainEqual([left[0]?.id, right[1]?.id]);
    expect(rows).toContainEqual([left[1]?.id, right[2]?.id]);
    expect(rows).toContainEqual([undefined, right[0]?.id]);
    expect(rows).toContainEqual([left[2]?.id, undefined]);
  });

  it('lets other tools of the same role face each other too', () => {
    const left = [call('cancel', {})];
    const right = [call('refund', {})];
    expect(alignTurns(left, right)).toEqual([[left[0], right[0]]]);
  });

  it('names every turn once, in order, whatever the sides', () => {
    const sides = fc.array(fc.constantFrom('user', 'assistant', 'tool', 'call'), { maxLength: 12 });
    fc.assert(
      fc.property(sides, sides, (one, two) => {
        const make = (kind: string): Turn =>
          kind === 'call'
            ? call('find', {})
            : say(kind === 'user' ? 'user' : kind === 'tool' ? 'tool' : 'assistant', kind);
        const left = one.map(make);
        const right = two.map(make);
        const rows = alignTurns(left, right);
        expect(rows.flatMap(([turn]) => (turn === undefined ? [] : [turn]))).toEqual(left);
        expect(rows.flatMap(([, turn]) => (turn === undefined ? [] : [turn]))).toEqual(right);
        const facing = rows.filter(([l, r]) => l !== undefined && r !== undefined);
        expect(facing.map(([l]) => l?.message.role)).toEqual(facing.map(([, r]) => r?.message.role));
      }),
    );
  });
});

describe('compareSides', () => {
  it('marks the words of texts and of tool-call arguments that differ', () => {
    const left = [say('assistant', 'I will look.'), call('find', { id: 'A1' })];
    const right = [say('assistant', 'I will check.'), call('find', { id: 'B2' })];
    const comparison = compareSides(left, right);
    const only = (key: string): string[] =>
      (comparison.marks.get(key) ?? []).filter((run) => run.only).map((run) => run.text);
    expect(only(pieceKey(left[0]?.id ?? '', 'part', 0))).toEqual(['look']);
    expect(only(pieceKey(right[1]?.id ?? '', 'call', 0))).toEqual(['B2']);
    expect(comparison.firstLeft).toBe(pieceKey(left[0]?.id ?? '', 'part', 0));
  });

  it('passes equal turns when it looks for the first divergence', () => {
    const left = [say('tool', 'same'), say('assistant', 'yes')];
    const right = [say('tool', 'same'), say('assistant', 'no')];
    const comparison = compareSides(left, right);
    expect(comparison.firstLeft).toBe(pieceKey(left[1]?.id ?? '', 'part', 0));
    expect(comparison.firstRight).toBe(pieceKey(right[1]?.id ?? '', 'part', 0));
  });

  it('has a place on both sides even where one says nothing and calls a tool instead', () => {
    const left = [call('find', { id: '1' }), say('tool', 'found')];
    const right = [say('assistant', 'No idea.')];
    const comparison = compareSides(left, right);
    expect(comparison.firstLeft).toContain(left[0]?.id);
    expect(comparison.firstRight).toContain(right[0]?.id);
  });

  it('says which turns stand alone', () => {
    const left = [say('assistant', 'one')];
    const right = [say('assistant', 'one'), say('user', 'thanks')];
    expect([...compareSides(left, right).alone]).toEqual([right[1]?.id]);
  });
});
