// Which origins are the same, and what a secret is released to.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Binding } from '#contract/vault';
import { bindingFor, isBound, normalBindings, originOf } from '#engine/vault/bindings';
import { Problem } from '#engine/problem';

describe('origins', () => {
  it.each([
    ['https://api.openai.com', 'https://api.openai.com'],
    ['HTTPS://API.OpenAI.com:443/v1/chat?x=1#y', 'https://api.openai.com'],
    ['https://api.openai.com./', 'https://api.openai.com'],
    ['http://localhost:80', 'http://localhost'],
    ['https://api.openai.com:8443', 'https://api.openai.com:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://0x7f.1', 'http://127.0.0.1'],
    ['http://[0:0:0:0:0:0:0:1]:11434/v1', 'http://[::1]:11434'],
    ['https:\\\\api.openai.com', 'https://api.openai.com'],
    ['https://api.openai.com\t', 'https://api.openai.com'],
  ])('%s is %s', (url, origin) => expect(originOf(url)).toBe(origin));

  it.each([
    'https://user@api.openai.com',
    'https://:key@api.openai.com',
    'https://api.openai.com@evil.example',
    'ftp://api.openai.com',
    'file:///etc/passwd',
    'javascript:1',
    'api.openai.com',
    'https://',
    'https://a..',
    '',
  ])('%s is none', (url) => expect(originOf(url)).toBeUndefined());

  it('are normal already', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const origin = originOf(url);
        expect(origin).toBe(new URL(url).origin);
        expect(originOf(origin ?? '')).toBe(origin);
      }),
    );
  });
});

const bound = normalBindings([
  { kind: 'provider', name: 'openai', origin: 'https://api.OPENAI.com:443/' },
  { kind: 'host', origin: 'http://gateway.example:8080' },
  { kind: 'tool', name: 'search' },
]);
const purpose = 'test';

describe('a release', () => {
  it('is only to what matches', () => {
    const to = (provider: string | undefined, origin: string, tool?: string): Binding['kind'] | undefined =>
      bindingFor(bound, {
        origin,
        purpose,
        ...(provider === undefined ? {} : { provider }),
        ...(tool === undefined ? {} : { tool }),
      })?.kind;
    expect(to('openai', 'https://api.openai.com/v1')).toBe('provider');
    expect(to('openai', 'https://API.openai.com.')).toBe('provider');
    expect(to(undefined, 'https://api.openai.com')).toBeUndefined();
    expect(to('other', 'https://api.openai.com')).toBeUndefined();
    expect(to('openai', 'https://api.openai.com.evil.example')).toBeUndefined();
    expect(to('openai', 'https://api.openai.com@evil.example')).toBeUndefined();
    expect(to('openai', 'http://api.openai.com')).toBeUndefined();
    expect(to('openai', 'https://api.openai.com:8443')).toBeUndefined();
    expect(to('openai', 'https://api-openai.com')).toBeUndefined();
    // Cyrillic letters that look like Latin ones.
    expect(to('openai', 'https://api.\u043Epenai.com')).toBeUndefined();
    expect(to('whoever', 'http://gateway.example:8080/v1')).toBe('host');
    expect(to('whoever', 'http://gateway.example')).toBeUndefined();
    expect(to('whoever', 'https://gateway.example:8080')).toBeUndefined();
  });

  it('to a tool goes nowhere in the clear but to this machine, or to an origin that is named itself', () => {
    const to = (origin: string): unknown => bindingFor(bound, { tool: 'search', origin, purpose });
    expect(to('https://search.example')).toEqual({ kind: 'tool', name: 'search' });
    expect(to('http://127.0.0.2:99')).toEqual({ kind: 'tool', name: 'search' });
    expect(to('http://localhost')).toEqual({ kind: 'tool', name: 'search' });
    expect(to('http://search.example')).toBeUndefined();
    expect(to('http://127.0.0.1.example')).toBeUndefined();
    expect(to('http://gateway.example:8080')).toEqual({ kind: 'host', origin: 'http://gateway.example:8080' });
    expect(bindingFor(bound, { tool: 'Search', origin: 'https://search.example', purpose })).toBeUndefined();
  });

  it('is told beforehand', () => {
    expect(isBound(bound, { kind: 'provider', name: 'openai', origin: 'https://api.openai.com:443' })).toBe(true);
    expect(isBound(bound, { kind: 'provider', name: 'openai', origin: 'https://evil.example' })).toBe(false);
    expect(isBound(bound, { kind: 'provider', name: 'any', origin: 'http://gateway.example:8080' })).toBe(true);
    expect(isBound(bound, { kind: 'tool', name: 'search' })).toBe(true);
    expect(isBound(bound, { kind: 'tool', name: 'fetch' })).toBe(false);
  });
});

describe('bindings', () => {
  it('are each there once', () => {
    expect(
      normalBindings([
        { kind: 'host', origin: 'https://a.example' },
        { kind: 'host', origin: ' https://A.example:443/ ' },
      ]),
    ).toEqual([{ kind: 'host', origin: 'https://a.example' }]);
  });

  const bad: readonly (readonly Binding[])[] = [
    [],
    [{ kind: 'host', origin: 'https://a.example/v1' }],
    [{ kind: 'host', origin: 'https://a.example?x' }],
    [{ kind: 'host', origin: 'https://u:p@a.example' }],
    [{ kind: 'host', origin: 'a.example' }],
    [{ kind: 'provider', name: 'open\u200Bai', origin: 'https://a.example' }],
    [{ kind: 'tool', name: '  ' }],
  ];
  it.each(bad.map((bindings) => ({ bindings })))('that cannot be are refused: $bindings', ({ bindings }) => {
    expect(() => normalBindings(bindings)).toThrow(Problem);
  });
});
