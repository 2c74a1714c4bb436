// Prices: the workspace's over the shipped ones, names with dates, servers of one's own, and files that are broken.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costAt, priceFileSchema, Prices } from '#engine/models/prices';
import { temporaryFolder } from '#test/store';

const shippedPath = join(import.meta.dirname, '../../../../resources/prices.json');

function open(own?: unknown): { readonly prices: Prices; readonly write: (text: string) => void } {
  const folder = temporaryFolder();
  const write = (text: string): void => writeFileSync(join(folder, 'prices.json'), text);
  if (own !== undefined) write(JSON.stringify(own));
  return { prices: new Prices(folder, shippedPath), write };
}

const price = (input: number): { input: number; output: number } => ({ input, output: 0 });

describe('lookup', () => {
  it('takes a name with or without the date at its end', () => {
    const { prices } = open();
    const plain = prices.of('openai', ['gpt-4o'], false);
    expect(plain).toEqual({ input: 2.5, output: 10, cachedInput: 1.25 });
    expect(prices.of('openai', ['gpt-4o-2024-08-06'], false)).toEqual(plain);
    expect(prices.of('anthropic', ['claude-3-5-haiku-20241022'], false)).toEqual({
      input: 0.8,
      output: 4,
      cachedInput: 0.08,
    });
    expect(prices.of('anthropic', ['claude-3-5-haiku-latest'], false)).toBeDefined();
    expect(prices.of('openai', ['gpt-4o-audio'], false)).toBeUndefined();
    expect(prices.of('openai', ['constructor'], false)).toBeUndefined();
  });

  it('prefers PROVIDER/NAME of the workspace, then that a server of one’s own is free, then its NAME, then what ships', () => {
    const { prices } = open({ models: { 'p/gpt-4o': price(1), 'gpt-4o': price(2), mine: price(3) } });
    expect(prices.of('p', ['gpt-4o'], true)).toEqual(price(1));
    expect(prices.of('p', ['gpt-4o-2024-08-06'], false)).toEqual(price(1));
    expect(prices.of('q', ['gpt-4o'], false)).toEqual(price(2));
    expect(prices.of('q', ['gpt-4o'], true)).toEqual(price(0));
    expect(prices.of('q', ['mine'], false)).toEqual(price(3));
    expect(prices.of('q', ['gpt-4o-mini'], false)?.input).toBe(0.15);
  });

  it('knows a model by the name it answers by and the one it was asked for by', () => {
    const { prices } = open({ models: { 'p/asked': price(1), other: price(2) } });
    expect(prices.of('p', ['gpt-4o', 'asked'], true)).toEqual(price(1));
    expect(prices.of('p', ['gpt-4o', 'other'], false)).toEqual(price(2));
    expect(prices.of('q', ['unheard-of', 'gpt-4o'], false)?.input).toBe(2.5);
  });

  it('sees a changed file', () => {
    const { prices, write } = open();
    expect(prices.state().isThere).toBe(false);
    write(JSON.stringify({ models: { 'gpt-4o': price(9) } }));
    expect(prices.of('openai', ['gpt-4o'], false)).toEqual(price(9));
    expect(prices.state()).toMatchObject({ isThere: true });
  });
});

describe('a broken file', () => {
  it.each([
    ['{ "models": { "a": }', /prices\.json:1:20 is not JSON/u],
    ['{ "models": { "a": { "input": -1, "output": 0 } } }', /not understood at models → a → input/u],
    ['{ "models": { "a": { "input": "1", "output": 0 } } }', /not understood at models → a → input/u],
    ['[]', /not understood/u],
  ])('%s is said, and the shipped prices go on', (text, sentence) => {
    const { prices, write } = open();
    write(text);
    expect(prices.state().problem).toMatch(sentence);
    expect(prices.of('openai', ['gpt-4o'], false)).toBeDefined();
  });
});

describe('the file of the workspace', () => {
  it('is laid down with what ships, once', () => {
    const { prices, write } = open();
    const path = prices.makeFile();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(readFileSync(shippedPath, 'utf8')));
    expect(prices.list()[0]).toMatchObject({ from: 'workspace' });
    write('{ "models": {} }');
    prices.makeFile();
    expect(readFileSync(path, 'utf8')).toBe('{ "models": {} }');
  });
});

it('what ships is understood, has a date, and no price that cannot be', () => {
  const file = priceFileSchema.parse(JSON.parse(readFileSync(shippedPath, 'utf8')));
  expect(file.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/u);
  for (const { input, output, cachedInput = input } of Object.values(file.models)) {
    expect(cachedInput).toBeLessThanOrEqual(input);
    expect(Math.max(input, output)).toBeLessThan(1000);
    expect(input).toBeGreaterThan(0);
  }
});

it('cost adds up, and never falls below nothing', () => {
  const count = fc.nat(10_000_000);
  const usd = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      count,
      count,
      count,
      usd,
      usd,
      usd,
      (inputTokens, outputTokens, cachedTokens, input, output, cachedInput) => {
        const cost = costAt({ input, output, cachedInput }, { inputTokens, outputTokens, cachedTokens });
        const cached = Math.min(cachedTokens, inputTokens);
        const expected = ((inputTokens - cached) * input + cached * cachedInput + outputTokens * output) / 1e6;
        expect(cost).toBeCloseTo(expected, 6);
        expect(cost).toBeGreaterThanOrEqual(0);
      },
    ),
  );
  expect(
    costAt({ input: 3, output: 15 }, { inputTokens: 1_000_000, outputTokens: 1_000_000, cachedTokens: 500_000 }),
  ).toBe(18);
});
