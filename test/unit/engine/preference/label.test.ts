// Giving a label: what is kept, what is refused and why, and edits that become turns.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Pair } from '#contract/pair';
import type { Message } from '#contract/turn';
import { addAnnotator } from '#engine/preference/annotators';
import { labelPair } from '#engine/preference/label';
import { mine } from '#engine/preference/mine';
import { addPair, addTrace, labelOf, newWorld, quietTask, type World } from './world.ts';

const problem = (code: string, words: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(words), hint: expect.any(String) });
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });

let world: World;
let pair: Pair;
beforeEach(() => {
  world = newWorld();
  const one = addTrace(world, ['u: hi', 'a: one', 'u: and', 'a: end']);
  const two = addTrace(world, ['u: hi', 'a: two']);
  pair = addPair(world, one.leaf, two.leaf);
});
/** Which side is the long one. */
const long = () => (world.store.turns.path(pair.a).length === 5 ? 'a' : 'b');
const short = () => (long() === 'a' ? 'b' : 'a');

describe('labelPair', () => {
  it('stores what was given, adds the annotator, and is there after a restart', () => {
    const input = labelOf(pair.id, 'Ada', {
      choice: 'tie',
      tags: ['safe', 'safe', 'clear'],
      rationale: ' why ',
      swapped: true,
    });
    const label = labelPair(world.store, world.clock, input);
    expect(label).toMatchObject({
      choice: 'tie',
      tags: ['safe', 'clear'],
      rationale: 'why',
      swapped: true,
      source: 'human',
    });
    const { store } = world.restart();
    expect(store.labels.get(label.id)).toEqual(label);
    expect(store.labels.annotators().map(({ name }) => name)).toEqual(['Ada']);
  });

  it('refuses a pair that is not there', () => {
    const label = () => labelPair(world.store, world.clock, labelOf('0'.repeat(64), 'Ada'));
    expect(label).toThrow(problem('NOT_FOUND', /no such pair/));
    expect(world.store.labels.annotators()).toEqual([]);
  });

  it('refuses the name under which labels came in with files', () => {
    const label = () => labelPair(world.store, world.clock, labelOf(pair.id, 'imported'));
    expect(label).toThrow(problem('REFUSED', /came in with files/));
    expect(world.store.labels.list({ pairId: pair.id }, 0, 10).total).toBe(0);
  });

  it('refuses the same pair twice by one annotator, not by two', () => {
    labelPair(world.store, world.clock, labelOf(pair.id, 'Ada'));
    expect(() => labelPair(world.store, world.clock, labelOf(pair.id, 'Ada'))).toThrow(
      problem('CONFLICT', /Ada has labelled/),
    );
    labelPair(world.store, world.clock, labelOf(pair.id, 'Bob'));
    expect(world.store.labels.list({}, 0, 10).total).toBe(2);
  });

  it('takes a repeat of the first label once', () => {
    const first = labelPair(world.store, world.clock, labelOf(pair.id, 'Ada'));
    const repeat = labelOf(pair.id, 'Ada', { repeats: first.id });
    expect(labelPair(world.store, world.clock, repeat).repeats).toBe(first.id);
    expect(() => labelPair(world.store, world.clock, repeat)).toThrow(problem('CONFLICT', /answered already/));
    const ofNothing = labelOf(pair.id, 'Bob', { repeats: first.id });
    expect(() => labelPair(world.store, world.clock, ofNothing)).toThrow(problem('CONFLICT', /undone/));
  });
});

describe('an edit', () => {
  const edit = (side: 'a' | 'b' | 'tie', messages: Message[]) =>
    labelPair(world.store, world.clock, labelOf(pair.id, 'Ada', { choice: side, edit: messages }));

  it('becomes turns below the prompt, which are no candidates for mining', async () => {
    const messages: Message[] = [assistant('better'), { role: 'user', content: [] }, assistant('end')];
    const label = edit(long(), messages);
    const path = world.store.turns.path(label.edit ?? '');
    expect(path.slice(2).map(({ message }) => message)).toEqual(messages);
    expect(path[1]?.id).toBe(pair.prompt);
    const summary = await mine(world.store, world.clock, ['sibling'], quietTask());
    expect(summary.pairs).toBe(1);
  });

  it('may only change the chosen side', () => {
    expect(() => edit('tie', [assistant('x')])).toThrow(problem('BAD_INPUT', /Only a chosen side/));
  });

  it('must change it', () => {
    expect(() => edit(short(), [assistant('two')])).toThrow(problem('BAD_INPUT', /changes nothing/));
    expect(world.store.labels.list({}, 0, 1).total).toBe(0);
  });

  it('must not be the other side, nor its beginning', () => {
    expect(() => edit(long(), [assistant('two')])).toThrow(problem('BAD_INPUT', /other side/));
    expect(() => edit(short(), [assistant('one')])).toThrow(problem('BAD_INPUT', /other side/));
  });

  it('must say something', () => {
    expect(() => edit('a', [])).toThrow(problem('BAD_INPUT', /no message/));
    expect(() => edit('a', [assistant('x'), assistant(' \n')])).toThrow(problem('BAD_INPUT', /Message 2/));
  });

  it('must not keep the result of a call that it cut away', () => {
    const result: Message = { role: 'tool', call: 0, content: [{ type: 'text', text: '22 °C' }] };
    expect(() => edit('a', [assistant('x'), result])).toThrow(problem('BAD_INPUT', /tool call/));
    const call: Message = { role: 'assistant', content: [], toolCalls: [{ name: 'weather', arguments: {} }] };
    expect(edit('a', [call, result]).edit).toBeDefined();
  });
});

describe('addAnnotator', () => {
  it('adds a name once and refuses one that differs in case only', () => {
    addAnnotator(world.store, world.clock, 'Ada');
    expect(addAnnotator(world.store, world.clock, 'Ada')).toHaveLength(1);
    expect(() => addAnnotator(world.store, world.clock, 'ADA')).toThrow(problem('CONFLICT', /“Ada” already/));
    expect(addAnnotator(world.store, world.clock, 'Bob')).toHaveLength(2);
  });
});
