// An upstream that gives back what it was sent, in every place of its answer: nobody is told a known value.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { VaultRedactor } from '#engine/vault/redactor';
import { ask, failureOf, fakeUpstream, openService, openUpstream, saying, secretsOf, textOf } from './model-world.ts';

const key = 'sk-Test-0123456789abcdefghij';

function knowing(): VaultRedactor {
  const redactor = new VaultRedactor(() => Buffer.alloc(32));
  redactor.know('KEY', key);
  return redactor;
}

describe('the head of an answer', () => {
  it('has no header that is named after a key, whatever its case', async () => {
    const server = await fakeUpstream(() => ({
      headers: [
        [key, '1'],
        [`x-${key.toLowerCase()}`, '2'],
        ['x-fine', '3'],
      ],
      body: '{}',
    }));
    const { upstream } = openUpstream(server.origin, { redactor: knowing() });
    const { headers, ...response } = await upstream.send(ask());
    await textOf({ ...response, headers });
    expect(inspect(headers).toLowerCase()).not.toContain(key.toLowerCase());
    expect(headers).toContainEqual(['x-fine', '3']);
  });

  it('is not quoted where it names a coding that nobody knows', async () => {
    const server = await fakeUpstream(() => ({ headers: [['content-encoding', key]], body: '{}' }));
    const { upstream } = openUpstream(server.origin, { redactor: knowing() });
    const error = await failureOf(upstream.send(ask()).then(textOf));
    expect(error.status).toBe(502);
    expect(inspect(error).toLowerCase()).not.toContain(key.toLowerCase());
  });
});
