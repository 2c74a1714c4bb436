// Ways round a key's budget, through the whole gateway: each ends where the budget does.
import { expect, test } from 'vitest';
import { chunks, completion } from '#test/captured';
import { openWorld, type Way } from '../../clients/two-ways.ts';

const asked = { model: 'm', messages: [{ role: 'user', content: 'Go on.' }] };

async function ask({ origin, apiKey }: Way, more: object = {}): Promise<number> {
  const { status, body } = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ ...asked, ...more }),
  });
  await body?.cancel();
  return status;
}

test('calls one right after the other do not outrun what is written of them', async () => {
  const usage = { prompt_tokens: 500, completion_tokens: 500, total_tokens: 1000 };
  const { way, upstream } = await openWorld(() => ({
    headers: [['content-type', 'application/json']],
    body: JSON.stringify(completion({ content: 'On.' }, { usage })),
  }));
  const key = way({ budget: { day: { tokens: 2000 } } });
  const statuses: number[] = [];
  for (let call = 0; call < 12; call += 1) statuses.push(await ask(key, { max_tokens: 1 }));
  expect(statuses).toEqual([200, 200, ...Array.from({ length: 10 }, () => 429)]);
  expect(upstream.requests).toHaveLength(2);
});

test('streams that do not tell what they used are no way round it', async () => {
  const { way, upstream } = await openWorld(() => ({
    headers: [['content-type', 'text/event-stream']],
    body: [chunks('On and on. '.repeat(200))],
  }));
  const key = way({ budget: { day: { tokens: 500 } } });
  const statuses: number[] = [];
  for (let call = 0; call < 6; call += 1) statuses.push(await ask(key, { stream: true, max_tokens: 1 }));
  expect(statuses.slice(2)).toEqual([429, 429, 429, 429]);
  expect(upstream.requests.length).toBeLessThan(3);
});
