// Snippets as a person runs them: what a shell, Python and JSON make of them is what was meant, whatever the names.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyModel,
  modelFor,
  snippetKinds,
  snippetOf,
  type SnippetParts,
} from '../../../../src-renderer/features/gateway/snippets.ts';

const parts: SnippetParts = { address: 'http://127.0.0.1:4140', key: 'atl-abc_DEF-123', model: 'openai/gpt-5' };
const nasty = fc.stringMatching(/^[ -~]{1,20}$/).map((text) => `p/${text}'"$(id)\`\\`);

it('each has the address, the key and the model in it', () => {
  for (const kind of snippetKinds) {
    const code = snippetOf(kind, parts);
    expect(code).toContain(parts.address);
    expect(code).toContain(parts.key);
    expect(code.includes(parts.model)).toBe(kind !== 'env');
  }
});

it('Anthropic’s address is without the version, the others’ with it', () => {
  expect(snippetOf('anthropic', parts)).toContain('base_url="http://127.0.0.1:4140"');
  for (const kind of ['curl', 'openai', 'langchain', 'vercel'] as const) {
    expect(snippetOf(kind, parts)).toContain('http://127.0.0.1:4140/v1');
  }
  expect(snippetOf('env', parts)).toContain("ANTHROPIC_BASE_URL='http://127.0.0.1:4140'\n");
});

describe('a shell', () => {
  /** The words that a POSIX shell makes of a command line, with `name` standing for what it would run. */
  const wordsOf = (code: string, name: string): string[] => {
    const script = `${name}() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${code}\n`;
    return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  };

  it('gives curl the request that was meant', () => {
    fc.assert(
      fc.property(nasty, (model) => {
        const words = wordsOf(snippetOf('curl', { ...parts, model }), 'curl');
        expect(words[0]).toBe('http://127.0.0.1:4140/v1/chat/completions');
        expect(words).toContain(`Authorization: Bearer ${parts.key}`);
        expect(JSON.parse(words.at(-1) ?? '')).toEqual({ model, messages: [{ role: 'user', content: 'Hello' }] });
      }),
      { numRuns: 25 },
    );
  });

  it('takes the variables over', () => {
    const script = `${snippetOf('env', parts)}\nprintf '%s %s %s %s' "$OPENAI_BASE_URL" "$OPENAI_API_KEY" "$ANTHROPIC_BASE_URL" "$ANTHROPIC_API_KEY"`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
      `${parts.address}/v1 ${parts.key} ${parts.address} ${parts.key}`,
    );
  });
});

it('names in code are texts of that language, whatever is in them', () => {
  fc.assert(
    fc.property(nasty, (model) => {
      for (const kind of ['openai', 'langchain', 'anthropic', 'vercel'] as const) {
        const code = snippetOf(kind, { ...parts, model });
        expect(code).toContain(JSON.stringify(model));
      }
    }),
  );
});

it('the model is the key’s own provider’s, else any’s, else the scripted one', () => {
  const provider = (name: string, models?: string[]) => ({
    name,
    settings: { dialect: 'openai' as const, url: 'http://127.0.0.1:1/v1', ...(models === undefined ? {} : { models }) },
  });
  const providers = [provider('bare'), provider('one', ['a']), provider('two', ['b', 'c'])];
  expect(modelFor(providers, 'two')).toBe('two/b');
  expect(modelFor(providers, 'bare')).toBe('one/a');
  expect(modelFor(providers)).toBe('one/a');
  expect(modelFor([provider('bare')])).toBe(anyModel);
});
