// An upstream that gives back what it was sent, in every place of its answer: nobody is told a known value.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { TrialEvent } from '#contract/model';
import { VaultRedactor } from '#engine/vault/redactor';
import { ask, failureOf, fakeUpstream, openService, openUpstream, textOf } from './model-world.ts';

const key = 'sk-Test-0123456789abcdefghij';

function knowing(): VaultRedactor {
  const redactor = new VaultRedactor(() => Buffer.alloc(32));
  redactor.know('KEY', key);
  return redactor;
}

/** Events of a chat, three characters each. */
function inPieces(member: string, text: string): string[] {
  return (text.match(/[\s\S]{1,3}/gu) ?? []).map(
    (piece) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { [member]: piece } }] })}\n\n`,
  );
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

describe('a stream', () => {
  it('tells whoever tries a model the mask, though each event has a piece of the key', async () => {
    const server = await fakeUpstream(() => ({
      headers: [['content-type', 'text/event-stream']],
      body: [
        ...inPieces('reasoning_content', `it was ${key}`),
        ...inPieces('content', `it is ${key}.`),
        'data: [DONE]\n\n',
      ],
    }));
    const models = { providers: { fake: { dialect: 'openai' as const, url: `${server.origin}/v1` } } };
    const { service } = openService({ models, redactor: knowing() });
    const said = { text: '', reasoning: '' };
    const events: TrialEvent[] = [];
    for await (const event of service.try('fake/m', 'say it')) {
      if (event.type === 'text') said[event.channel] += event.text;
      else events.push(event);
    }
    expect(said).toEqual({ text: 'it is ‹secret KEY›.', reasoning: 'it was ‹secret KEY›' });
    expect(events).toEqual([expect.objectContaining({ type: 'done' })]);
  });
});
