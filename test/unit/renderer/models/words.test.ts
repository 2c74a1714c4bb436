// How a provider stands, what today cost, fallbacks and budgets as they are written, and a trial as it is told.
import type { ProviderState, TrialEvent } from '#contract/model';
import { budgetSchema } from '#contract/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetsOf, draftOfBudgets, sameBudgetDraft } from '../../../../src-renderer/features/models/budget-draft.ts';
import {
  draftOfFallbacks,
  fallbacksOf,
  withEarlier,
  withLine,
} from '../../../../src-renderer/features/models/fallback-draft.ts';
import { begun, broken, cancelled, withEvent } from '../../../../src-renderer/features/models/trial.ts';
import { namedModels, sharesOf, standingOf } from '../../../../src-renderer/features/models/words.ts';

const now = 1_800_000_000_000;
const provider = (part: Partial<ProviderState> = {}): ProviderState => ({
  name: 'openai',
  settings: { dialect: 'openai', url: 'https://api.openai.com/v1', secret: 'OPENAI_API_KEY' },
  secret: 'ready',
  breaker: { state: 'closed' },
  inFlight: 0,
  waiting: 0,
  ...part,
});

describe('a provider', () => {
  it.each<[Partial<ProviderState>, RegExp, RegExp]>([
    [{}, /^Ready$/, /^$/],
    [{ inFlight: 2, waiting: 3 }, /^2 under way, 3 waiting$/, /^$/],
    [{ secret: 'missing' }, /Secret missing/, /no OPENAI_API_KEY in the vault.*api\.openai\.com/],
    [{ secret: 'locked' }, /Vault locked/, /Unlock/],
    [{ secret: 'unbound' }, /not bound/, /openai at api\.openai\.com/],
    [{ breaker: { state: 'open', until: now + 8200, why: 'HTTP 503.' } }, /Left alone, 9 s/, /Last: HTTP 503\.$/],
    [{ breaker: { state: 'open', until: now - 5 } }, /Tried again soon/, /failed several times/],
    [{ breaker: { state: 'half-open', why: 'no connection' } }, /Being tried/, /no connection/],
    [{ secret: 'missing', breaker: { state: 'open', until: now + 1 } }, /Secret missing/, /vault/],
  ])('%j', (part, words, detail) => {
    const standing = standingOf(provider(part), now);
    expect(standing.words).toMatch(words);
    expect(standing.detail ?? '').toMatch(detail);
    expect(standing.isOfVault === true).toBe(/^(missing|locked|unbound)$/.test(part.secret ?? ''));
  });
});

it('shares of a budget are between nothing and all of it', () => {
  const today = { calls: 3, inputTokens: 900, outputTokens: 300, usd: 7.5, unpriced: 1 };
  expect(sharesOf(today, { tokens: 2400, usd: 5 })).toEqual([
    { name: 'Tokens', used: '1,200', of: '2,400', share: 0.5 },
    { name: 'Dollars', used: '$7.50', of: '$5.00', share: 1 },
  ]);
  expect(sharesOf(today, undefined).map(({ share, of }) => [share, of])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

it('models are named with their provider, and the scripted one is always among them', () => {
  const settings = { dialect: 'openai', url: 'http://127.0.0.1:1/v1', models: ['a', 'b/c'] } as const;
  expect(namedModels([{ name: 'local', settings: { ...settings, models: [...settings.models] } }])).toEqual([
    'local/a',
    'local/b/c',
    'scripted/echo',
  ]);
});

describe('fallbacks', () => {
  it('come back as they went in', () => {
    const model = fc.stringMatching(/^[a-z]{1,6}\/[a-z0-9:.-]{1,9}$/);
    fc.assert(
      fc.property(fc.uniqueArray(model, { minLength: 2, maxLength: 6 }), ([first = '', ...others]) => {
        const draft = draftOfFallbacks(first, others);
        expect(fallbacksOf(draft, [])).toEqual({ ok: true, model: first, fallbacks: others });
        // An empty line counts for nothing, and moving all the way up brings the last to the front.
        expect(fallbacksOf(withLine(draft), [])).toEqual(fallbacksOf(draft, []));
        const last = draft.others.at(-1);
        const moved = others.reduce((now) => withEarlier(now, last?.id ?? -1), draft);
        expect(moved.others[0]).toEqual(last);
        expect(moved.others.map((one) => one.id).toSorted((a, b) => a - b)).toEqual(draft.others.map((one) => one.id));
      }),
    );
  });

  it('are refused where they name nothing, themselves, or one twice', () => {
    const faults = (model: string, others: readonly string[], taken: readonly string[] = []) => {
      const result = fallbacksOf(draftOfFallbacks(model, others), taken);
      return result.ok ? undefined : result.faults;
    };
    expect(faults('gpt', ['a/b'])?.model).toMatch(/PROVIDER\/NAME/);
    expect(faults('a/b', ['c/d'], ['a/b'])?.model).toMatch(/already/);
    expect(faults('a/b', [])?.none).toMatch(/at least one/);
    expect([...(faults('a/b', ['a/b', 'x', 'c/d', 'c/d'])?.others ?? [])].map(([id]) => id)).toEqual([0, 1, 3]);
  });
});

describe('budgets', () => {
  const budget = fc.record(
    { tokens: fc.integer({ min: 1, max: 1e9 }), usd: fc.double({ min: 1e-9, max: 1e6, noNaN: true }) },
    { requiredKeys: ['tokens'] },
  );
  it('come back as they went in', () => {
    fc.assert(
      fc.property(fc.record({ day: budget, run: budget }, { requiredKeys: [] }), (budgets) => {
        const draft = draftOfBudgets(budgets);
        expect(budgetsOf(draft)).toEqual({ ok: true, budgets });
        expect(sameBudgetDraft(draft, { ...draft, dayUsd: ` ${draft.dayUsd} ` })).toBe(true);
        for (const one of Object.values(budgets)) expect(budgetSchema.safeParse(one).success).toBe(true);
      }),
    );
  });

  it('have their faults at their fields', () => {
    const result = budgetsOf({ dayTokens: '1,000', dayUsd: '1,000', runTokens: '0', runUsd: 'much' });
    expect(result).toEqual({
      ok: false,
      faults: {
        dayUsd: expect.stringMatching(/2\.50/) as string,
        runTokens: expect.stringMatching(/whole/) as string,
        runUsd: expect.stringMatching(/2\.50/) as string,
      },
    });
  });
});

describe('a trial', () => {
  const text = (channel: 'text' | 'reasoning', words: string): TrialEvent => ({ type: 'text', channel, text: words });
  /** Each a millisecond after the one before. */
  const after = (events: readonly TrialEvent[]) =>
    events.reduce((trial, event, index) => withEvent(trial, event, now + 1 + index), begun(now));
  const done: TrialEvent = { type: 'done', model: 'a/b', stop: 'end', ms: 9, inputTokens: 1, outputTokens: 2 };

  it('puts each piece at the end of its own text', () => {
    const events = [text('reasoning', 'hm'), text('text', 'Hel'), text('reasoning', '…'), text('text', 'lo'), done];
    expect(after(events)).toMatchObject({
      state: 'done',
      firstAt: now + 1,
      text: 'Hello',
      reasoning: 'hm…',
      done: { ms: 9 },
    });
  });

  it('says why it failed and keeps what was said', () => {
    const events: TrialEvent[] = [text('text', 'Hel'), { type: 'failed', sentence: 'No.', hint: 'Look.' }];
    expect(after(events)).toMatchObject({
      state: 'failed',
      text: 'Hel',
      problem: { sentence: 'No.', hint: 'Look.' },
    });
    expect(broken(begun(now), new Error('gone')).problem?.sentence).toBe('gone');
  });

  it('hears nothing any more once it is over', () => {
    for (const over of [cancelled(begun(now)), after([done])]) {
      expect(withEvent(over, text('text', 'late'), now)).toBe(over);
      expect(cancelled(over)).toBe(over);
      expect(broken(over, new Error('late'))).toBe(over);
    }
  });
});
