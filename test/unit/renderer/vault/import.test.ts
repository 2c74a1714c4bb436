// Variables to take in: nothing is ticked that does not look secret, and nothing goes in unbound.
import type { FoundVariable } from '#contract/vault';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftsOf } from '../../../../src-renderer/features/vault/binding-draft.ts';
import { draftVariables, takenOf, withVariable } from '../../../../src-renderer/features/vault/import-draft.ts';

const host = { kind: 'host', origin: 'https://api.example.com' } as const;
const found: fc.Arbitrary<FoundVariable> = fc.record({
  name: fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/),
  isKnown: fc.boolean(),
  looksSecret: fc.boolean(),
  suggested: fc.constantFrom([], [host]),
});

describe('variables that were found', () => {
  it('are ticked only where they look secret, are new, may be so named and say what they are for', () => {
    fc.assert(
      fc.property(fc.uniqueArray(found, { selector: ({ name }) => name }), (variables) => {
        const drafts = draftVariables(variables);
        expect(drafts.map(({ name }) => name).toSorted()).toEqual(variables.map(({ name }) => name).toSorted());
        for (const { name, isTaken } of drafts) {
          const one = variables.find((variable) => variable.name === name);
          const may = one !== undefined && one.looksSecret && !one.isKnown && one.suggested.length > 0;
          expect(isTaken).toBe(may && !name.startsWith('_'));
        }
        // As they are offered they can be taken in at once.
        expect(takenOf(drafts).ok).toBe(true);
      }),
    );
  });

  it('are named where something to release them to is missing', () => {
    const drafts = draftVariables([{ name: 'STRIPE_SECRET', isKnown: false, looksSecret: true, suggested: [] }]);
    expect(takenOf(drafts)).toEqual({ ok: true, variables: [] });
    const ticked = withVariable(drafts, 'STRIPE_SECRET', { isTaken: true });
    expect(takenOf(ticked)).toEqual({ ok: false, unbound: ['STRIPE_SECRET'] });
    const bound = withVariable(ticked, 'STRIPE_SECRET', { bindings: draftsOf([host]) });
    expect(takenOf(bound)).toEqual({ ok: true, variables: [{ name: 'STRIPE_SECRET', bindings: [host] }] });
  });

  it('that are in the vault already are never taken, ticked or not', () => {
    const drafts = draftVariables([{ name: 'A_KEY', isKnown: true, looksSecret: true, suggested: [host] }]);
    expect(takenOf(withVariable(drafts, 'A_KEY', { isTaken: true }))).toEqual({ ok: true, variables: [] });
  });
});
