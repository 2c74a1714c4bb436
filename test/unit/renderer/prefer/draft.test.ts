// The label being made: sides and choices under shuffling, what is sent, what comes back on undo, what is kept.
import type { Label, QueueItem } from '#contract/label';
import type { Message } from '#contract/turn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { savedDraft, saveDraft, type Drawer } from '../../../../src-renderer/features/prefer/draft-store.ts';
import {
  applyToDraft,
  choiceOf,
  draftOf,
  emptyDraft,
  labelInput,
  ownSide,
  verdictOf,
  type Draft,
  type DraftEvent,
} from '../../../../src-renderer/features/prefer/draft.ts';

const pair = { id: 'p1', kind: 'sibling', prompt: '0', a: '1', b: '2', reason: 'same parent', createdAt: 0 } as const;
const item = (swapped: boolean, repeats?: string): QueueItem => ({
  detail: { pair, prefix: [], a: [], b: [], originA: { scores: [] }, originB: { scores: [] } },
  swapped,
  ...(repeats === undefined ? {} : { repeats }),
});
const said: Message = { role: 'assistant', content: [{ type: 'text', text: 'better' }] };
const after = (...events: DraftEvent[]): Draft => events.reduce(applyToDraft, emptyDraft);

const events: fc.Arbitrary<DraftEvent> = fc.oneof(
  fc.record({ type: fc.constant('choose' as const), verdict: fc.constantFrom('left', 'right', 'tie', 'bad') }),
  fc.record({ type: fc.constant('strength' as const), strength: fc.constantFrom(1, 2, 3) }),
  fc.constantFrom({ type: 'stronger' as const }, { type: 'weaker' as const }),
  fc.record({ type: fc.constant('tag' as const), tag: fc.constantFrom('clear', 'wrong tool') }),
  fc.record({ type: fc.constant('note' as const), note: fc.string() }),
  fc.record({
    type: fc.constant('edit' as const),
    side: fc.constantFrom('left', 'right'),
    messages: fc.constant([said]),
  }),
  fc.record({ type: fc.constant('revert' as const), side: fc.constantFrom('left', 'right') }),
);

describe('sides', () => {
  it('left is a unless the pair is swapped', () => {
    expect(ownSide('left', false)).toBe('a');
    expect(ownSide('left', true)).toBe('b');
    expect(choiceOf('right', true)).toBe('a');
  });

  it('going to the shown side and back gives the choice again', () => {
    fc.assert(
      fc.property(fc.constantFrom('a', 'b', 'tie', 'bad'), fc.boolean(), (choice, swapped) => {
        expect(choiceOf(verdictOf(choice, swapped), swapped)).toBe(choice);
      }),
    );
  });
});

describe('labelInput', () => {
  it('sends nothing before a choice', () => {
    expect(labelInput(item(false), after({ type: 'tag', tag: 'clear' }), 'Ada', 10)).toBeUndefined();
  });

  it('sends the pair’s own side, the tags, the trimmed note and the repeat', () => {
    const draft = after(
      { type: 'choose', verdict: 'left' },
      { type: 'stronger' },
      { type: 'tag', tag: 'clear' },
      { type: 'tag', tag: 'short' },
      { type: 'tag', tag: 'clear' },
      { type: 'note', note: ' because \n' },
    );
    expect(labelInput(item(true, 'l0'), draft, 'Ada', 1234.4)).toEqual({
      pairId: 'p1',
      annotator: 'Ada',
      choice: 'b',
      strength: 3,
      tags: ['short'],
      rationale: 'because',
      swapped: true,
      elapsedMs: 1234,
      repeats: 'l0',
    });
  });

  it('sends only the chosen side’s edit, and none with a tie', () => {
    const edited = after({ type: 'edit', side: 'left', messages: [said] }, { type: 'choose', verdict: 'left' });
    expect(labelInput(item(false), edited, 'Ada', 0)?.edit).toEqual([said]);
    expect(
      labelInput(item(false), applyToDraft(edited, { type: 'choose', verdict: 'right' }), 'Ada', 0)?.edit,
    ).toBeUndefined();
    expect(
      labelInput(item(false), applyToDraft(edited, { type: 'choose', verdict: 'tie' }), 'Ada', 0)?.edit,
    ).toBeUndefined();
  });

  it('keeps the strength within 1 and 3 whatever is pressed', () => {
    fc.assert(
      fc.property(fc.array(events), (all) => {
        expect([1, 2, 3]).toContain(all.reduce(applyToDraft, emptyDraft).strength);
      }),
    );
  });
});

describe('draftOf', () => {
  it('gives back what a label was made of', () => {
    fc.assert(
      fc.property(fc.array(events), fc.boolean(), (all, swapped) => {
        const draft = all.reduce(applyToDraft, emptyDraft);
        const input = labelInput(item(swapped), draft, 'Ada', 5);
        fc.pre(input !== undefined);
        const label: Label = {
          id: 'l1',
          pairId: input.pairId,
          annotator: input.annotator,
          choice: input.choice,
          strength: input.strength,
          tags: input.tags,
          swapped: input.swapped,
          elapsedMs: input.elapsedMs,
          source: 'human',
          createdAt: 0,
          ...(input.rationale === undefined ? {} : { rationale: input.rationale }),
        };
        expect(labelInput(item(swapped), draftOf(label, input.edit), 'Ada', 5)).toEqual(input);
      }),
    );
  });
});

describe('the saved draft', () => {
  const drawer = (): Drawer => {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    };
  };

  it('comes back for the same annotator and pair only', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1 }), (all) => {
        const storage = drawer();
        const draft = applyToDraft(all.reduce(applyToDraft, emptyDraft), { type: 'note', note: 'half a thou' });
        saveDraft(storage, 'Ada', 'p1', draft, 700);
        expect(savedDraft(storage, 'Ada', 'p1')).toEqual({ draft, elapsedMs: 700 });
        expect(savedDraft(storage, 'Bo', 'p1')).toBeUndefined();
        expect(savedDraft(storage, 'Ada', 'p2')).toBeUndefined();
      }),
    );
  });

  it('is ignored where it cannot be read', () => {
    const storage = drawer();
    storage.setItem('atelier.prefer.draft', '{"annotator":"Ada","pairId":"p1"');
    expect(savedDraft(storage, 'Ada', 'p1')).toBeUndefined();
  });
});
