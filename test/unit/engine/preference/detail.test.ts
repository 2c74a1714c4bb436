// A pair whole: prefix, sides and origins; excerpts of a list.
import { describe, expect, it } from 'vitest';
import { excerptOf, pairDetail, pairListItems } from '#engine/preference/detail';
import { addPair, addTrace, labelOf, newWorld } from './world.ts';
import { labelPair } from '#engine/preference/label';

const textOf = (turn: { message: { content: readonly object[] } }) =>
  turn.message.content.map((part) => ('text' in part ? part.text : '')).join('');

describe('pairDetail', () => {
  it('gives the shared prefix, what is after it on each side, and where each came from', () => {
    const world = newWorld();
    const scores = [{ name: 'reward', value: 1, comment: 'done' }];
    const one = addTrace(world, ['s: sys', 'u: hi', 'a: hello', 'u: one', 'a: end one'], { scores, model: 'm1' });
    const two = addTrace(world, ['s: sys', 'u: hi', 'a: hello', 'u: two'], { model: 'm2' });
    const pair = addPair(world, one.leaf, two.leaf, {});
    const detail = pairDetail(world.store, pair.id);
    expect(detail.prefix.map(textOf)).toEqual(['sys', 'hi', 'hello']);
    const [sideOne, sideTwo] = pair.a === one.leaf ? [detail.a, detail.b] : [detail.b, detail.a];
    expect(sideOne.map(textOf)).toEqual(['one', 'end one']);
    expect(sideTwo.map(textOf)).toEqual(['two']);
    const originOne = pair.a === one.leaf ? detail.originA : detail.originB;
    expect(originOne).toEqual({
      traceId: one.trace.id,
      traceName: one.trace.name,
      source: 'openai-chat',
      model: 'm1',
      scores,
    });
  });

  it('says which pair is unknown and what to do', () => {
    const { store } = newWorld();
    expect(() => pairDetail(store, 'a'.repeat(64))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});

describe('pairListItems', () => {
  it("shows the assistant's last word of each side and counts labels", () => {
    const world = newWorld();
    const one = addTrace(world, ['u: hi', 'a: the answer', 'u: ###STOP###']);
    const two = addTrace(world, ['u: hi', 'a:   another\n answer ', 't: ok', 'u: ###STOP###']);
    const pair = addPair(world, one.leaf, two.leaf);
    labelPair(world.store, world.clock, labelOf(pair.id, 'Ada'));
    labelPair(world.store, world.clock, labelOf(pair.id, 'Bob'));
    const page = pairListItems(world.store, {}, 0, 10);
    expect(page.total).toBe(1);
    expect(page.items[0]?.labels).toBe(2);
    expect(new Set([page.items[0]?.excerptA, page.items[0]?.excerptB])).toEqual(
      new Set(['another answer', 'the answer']),
    );
  });
});

describe('excerptOf', () => {
  it('is one line of at most 160 characters, whole characters only', () => {
    const excerpt = excerptOf({ role: 'user', content: [{ type: 'text', text: `${'x'.repeat(158)}😀😀😀` }] });
    expect(excerpt).toBe(`${'x'.repeat(158)}…`);
  });

  it('names the tool calls of a message without text', () => {
    const toolCalls = [{ name: 'find', arguments: { city: 'Ulm' } }];
    expect(excerptOf({ role: 'assistant', content: [], toolCalls })).toBe('find({"city":"Ulm"})');
  });
});
