// Settings of a provider as they are written: nothing is lost from the file to the form and back, and each fault is at its field.
import { providerSchema, type ProviderSettings } from '#contract/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  draftOf,
  emptyDraft,
  sameDraft,
  settingsOf,
  withHeader,
  withModels,
  type ProviderDraft,
} from '../../../../src-renderer/features/models/provider-draft.ts';
import { foundSettings, presets, withPreset } from '../../../../src-renderer/features/models/presets.ts';

const openai: ProviderDraft = { ...emptyDraft, name: 'openai', url: 'https://api.openai.com/v1' };
const faultsOf = (part: Partial<ProviderDraft>, taken: readonly string[] = []) => {
  const result = settingsOf({ ...openai, ...part }, taken);
  return result.ok ? undefined : result.faults;
};

const positive = fc.integer({ min: 1, max: 10_000 });
const settings: fc.Arbitrary<ProviderSettings> = fc
  .record(
    {
      dialect: fc.constantFrom('openai', 'anthropic'),
      url: fc.constantFrom('https://api.example.com/v1', 'http://127.0.0.1:11434/v1', 'http://[::1]:80/'),
      secret: fc.constantFrom('OPENAI_API_KEY', 'team.key-2'),
      models: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9/:.-]{0,30}$/), { minLength: 1, maxLength: 6 }),
      headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9})?$/), {
        minKeys: 1,
        maxKeys: 4,
      }),
      limits: fc.oneof(
        fc.record({ concurrency: positive, requestsPerMinute: positive, tokensPerMinute: positive }),
        fc.record({ tokensPerMinute: positive }),
      ),
      timeoutMs: fc.integer({ min: 1, max: 3_600_000 }),
      tries: fc.integer({ min: 1, max: 10 }),
    },
    { requiredKeys: ['dialect', 'url'] },
  )
  .filter((candidate) => providerSchema.safeParse(candidate).success);

describe('settings', () => {
  it('come back from the form as they went in', () => {
    fc.assert(
      fc.property(settings, (given) => {
        expect(settingsOf(draftOf('local', given))).toEqual({ ok: true, name: 'local', settings: given });
      }),
    );
  });

  it('say the same after what does not count: spaces, empty lines, lines that were begun for nothing', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const draft = draftOf('local', given);
        const noisy: ProviderDraft = {
          ...draft,
          url: ` ${draft.url} `,
          models: `\n${draft.models}\n\n`,
          headers: withHeader(draft.headers),
        };
        expect(sameDraft(draft, noisy)).toBe(true);
        expect(settingsOf(noisy)).toEqual(settingsOf(draft));
        expect(sameDraft(draft, { ...draft, tries: `${draft.tries}1` })).toBe(false);
      }),
    );
  });

  it('keep which way of OpenAI agents use, and say it only where there is one', () => {
    expect(settingsOf({ ...openai, api: 'responses' })).toMatchObject({ settings: { api: 'responses' } });
    const other = settingsOf({ ...openai, dialect: 'anthropic', api: 'responses' });
    expect(other.ok && 'api' in other.settings).toBe(false);
  });
});

describe('a fault', () => {
  it.each<[Partial<ProviderDraft>, keyof ProviderDraft, RegExp]>([
    [{ name: '' }, 'name', /Give it a name/],
    [{ name: 'Open AI' }, 'name', /^A provider is named in small letters/],
    [{ name: 'scripted' }, 'name', /offline provider/],
    [{ url: '' }, 'url', /Say where it is/],
    [{ url: 'api.openai.com' }, 'url', /^It must be an http or https address/],
    [{ url: 'https://me:word@api.openai.com/v1' }, 'url', /password has no place.*vault/],
    [{ url: 'https://api.openai.com/v1?key=1' }, 'url', /before any/],
    [{ secret: 'sk-abcdefghijklmnopqrst' }, 'secret', /a key itself.*vault/i],
    [{ models: 'x'.repeat(201) }, 'models', /200 characters/],
    [{ concurrency: '0' }, 'concurrency', /whole number/],
    [{ requestsPerMinute: 'many' }, 'requestsPerMinute', /whole number/],
    [{ tokensPerMinute: '1.5' }, 'tokensPerMinute', /whole number/],
    [{ timeout: '-1' }, 'timeout', /above 0/],
    [{ timeout: '3601' }, 'timeout', /At most/],
    [{ tries: '11' }, 'tries', /At most 10/],
  ])('of %j is at its field', (part, field, words) => {
    expect(faultsOf(part)?.fields).toEqual({ [field]: expect.stringMatching(words) as string });
  });

  it('of a header is at its line, and a key in one is refused', () => {
    const headers = [
      { id: 4, name: 'x-team', value: 'blue' },
      { id: 7, name: 'X-Team', value: 'red' },
      { id: 9, name: '', value: 'nameless' },
      { id: 11, name: 'authorization', value: 'Bearer abc' },
      { id: 12, name: 'bad name', value: 'x' },
    ];
    const faults = faultsOf({ headers })?.headers;
    expect([...(faults ?? new Map<number, string>()).keys()].toSorted((a, b) => a - b)).toEqual([7, 9, 11, 12]);
    expect(faults?.get(11)).toMatch(/key has no place.*vault/);
    expect(faults?.get(7)).toMatch(/twice/);
  });

  it('of a new name is that it is taken', () => {
    expect(faultsOf({}, ['openai'])?.fields.name).toMatch(/There is a provider/);
    expect(faultsOf({}, ['other'])).toBeUndefined();
  });
});

it('models of a provider are put at the end, each once', () => {
  expect(withModels(' b \n\na', ['a', 'c'])).toBe('b\na\nc');
});

describe('a preset', () => {
  it('makes settings that are taken as they are', () => {
    for (const preset of presets) {
      const draft = withPreset(emptyDraft, preset, { fixed: false, taken: [] });
      expect(settingsOf(draft)).toMatchObject({ ok: true, name: preset.name, settings: { url: preset.url } });
    }
  });

  it('gives a free name, leaves one that a person wrote, and changes none that is fixed', () => {
    const [first, second] = presets;
    if (first === undefined || second === undefined) throw new Error('There are no presets.');
    const taken = [first.name, `${first.name}-2`];
    const draft = withPreset(emptyDraft, first, { fixed: false, taken });
    expect(draft.name).toBe(`${first.name}-3`);
    expect(withPreset(draft, second, { fixed: false, taken }).name).toBe(second.name);
    expect(withPreset({ ...draft, name: 'mine' }, second, { fixed: false, taken }).name).toBe('mine');
    expect(withPreset({ ...draft, name: first.name }, second, { fixed: true, taken }).name).toBe(first.name);
  });

  it('a server that was found becomes settings that are taken, however many models it has', () => {
    const models = Array.from({ length: 700 }, (_, index) => `model-${index}`);
    const found = { kind: 'ollama', url: 'http://127.0.0.1:11434/v1', models, suggested: 'ollama' } as const;
    expect(providerSchema.safeParse(foundSettings(found)).success).toBe(true);
  });
});
