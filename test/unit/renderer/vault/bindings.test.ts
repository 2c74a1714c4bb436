// What a secret is bound to while it is written: drafts come back as they went in, origins are cut to what counts, faults are told.
import { bindingSchema, type Binding } from '#contract/vault';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bindingsOf,
  bindingWords,
  draftsOf,
  faultsOf,
  offersFor,
  originOf,
  withBinding,
  withEmpty,
} from '../../../../src-renderer/features/vault/binding-draft.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const origin = fc
  .tuple(
    fc.constantFrom('https', 'http'),
    fc.stringMatching(/^[a-z]{1,10}\.example$/),
    fc.integer({ min: 1024, max: 65_535 }),
  )
  .map(([scheme, host, port]) => `${scheme}://${host}:${port}`);
const binding: fc.Arbitrary<Binding> = fc.oneof(
  fc.record({ kind: fc.constant('provider' as const), name, origin }),
  fc.record({ kind: fc.constant('host' as const), origin }),
  fc.record({ kind: fc.constant('tool' as const), name }),
);

describe('drafts of bindings', () => {
  it('come back as the bindings they were made of, each once, and fit the contract', () => {
    fc.assert(
      fc.property(fc.array(binding, { maxLength: 8 }), (bindings) => {
        const back = bindingsOf(draftsOf([...bindings, ...bindings])) ?? [];
        const once = [...new Map(bindings.map((one) => [JSON.stringify(one), one])).values()];
        expect(back).toEqual(once);
        expect(back.every((one) => bindingSchema.safeParse(one).success)).toBe(true);
      }),
    );
  });

  it('keep ids apart whatever was added and taken away', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(binding, fc.nat(5))), (steps) => {
        let drafts = withEmpty([], 'host');
        for (const [one, at] of steps) {
          drafts = withEmpty(withBinding(drafts, one), 'tool').filter((_, index) => index !== at);
          expect(new Set(drafts.map(({ id }) => id)).size).toBe(drafts.length);
        }
      }),
    );
  });

  it('give an empty line’s place to what is picked', () => {
    const drafts = withBinding(withEmpty([], 'provider'), { kind: 'host', origin: 'https://api.example.com' });
    expect(drafts.map(({ kind, origin: where }) => [kind, where])).toEqual([['host', 'https://api.example.com']]);
  });

  it('are none while one of them has a fault', () => {
    const drafts = withEmpty(draftsOf([{ kind: 'tool', name: 'fetch' }]), 'provider');
    expect(bindingsOf(drafts)).toBeUndefined();
    expect(faultsOf(drafts[1] ?? { id: 0, kind: 'tool', name: '', origin: '' })).toEqual({
      name: expect.stringContaining('Models') as string,
      origin: expect.stringContaining('https://') as string,
    });
  });
});

describe('an origin', () => {
  it.each([
    ['api.openai.com', 'https://api.openai.com', false],
    [' https://api.openai.com/v1?x=1#y ', 'https://api.openai.com', false],
    ['HTTPS://API.OpenAI.com:443', 'https://api.openai.com', false],
    ['http://localhost:11434/v1', 'http://localhost:11434', false],
    ['http://127.0.0.1:80', 'http://127.0.0.1', false],
    ['http://[::1]:8080', 'http://[::1]:8080', false],
    ['http://models.lan:8080', 'http://models.lan:8080', true],
    ['localhost:11434', 'https://localhost:11434', false],
  ])('of %j is %j', (text, whole, isOpen) => {
    expect(originOf(text)).toEqual({ ok: true, origin: whole, isOpen });
  });

  it.each([
    '',
    '  ',
    'ftp://files.example',
    'javascript:alert(1)',
    'https://',
    'https://ada:pw@api.example.com',
    'a b c',
  ])('is refused for %j, in words', (text) => {
    const result = originOf(text);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('pw');
  });
});

describe('offers', () => {
  const openai = { name: 'openai', origin: 'https://api.openai.com' };

  it('name the workspace’s providers first, and the service of the name where no provider is it', () => {
    expect(offersFor('MY_ANTHROPIC_KEY', [openai], [])).toEqual([
      { kind: 'provider', ...openai },
      { kind: 'host', origin: 'https://api.anthropic.com' },
    ]);
    expect(offersFor('OPENAI_API_KEY', [openai], [])).toEqual([{ kind: 'provider', ...openai }]);
    expect(offersFor('NOT_OPEN_AI', [], [])).toEqual([]);
  });

  it('leave out what is bound already', () => {
    expect(offersFor('OPENAI_API_KEY', [openai], draftsOf([{ kind: 'provider', ...openai }]))).toEqual([]);
  });
});

it('a binding is said in words that tell its kinds apart', () => {
  const words = [
    bindingWords({ kind: 'provider', name: 'openai', origin: 'https://api.openai.com' }),
    bindingWords({ kind: 'host', origin: 'http://models.lan:8080' }),
    bindingWords({ kind: 'tool', name: 'fetch' }),
  ];
  expect(words).toEqual(['openai at api.openai.com', 'http://models.lan:8080, whoever asks', 'the tool fetch']);
});
