// What the agents of these tests talk about: two cities, a tool, and a provider that asks for it twice at once and then knows.
import type { Json } from '#contract/turn';
import type { Said } from '#test/upstream/said';
import type { PlayedRequest } from '#test/upstream/fake-upstream';

export const question = 'Is it warm?';
export const instructions = 'You help travellers.';

export const asking: Said = {
  text: 'Let me look: Ça va 🦊.',
  calls: [
    { name: 'get_weather', arguments: { city: 'Zürich', note: 'a "quoted"\nline' } },
    { name: 'get_weather', arguments: { city: 'Porto', note: '' } },
  ],
  usage: { input: 21, output: 9, cached: 4, reasoning: 3 },
};

export const knowing: Said = { text: 'Both are warm.', usage: { input: 40, output: 4 } };

export const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, note: { type: 'string' } },
  required: ['city', 'note'],
  additionalProperties: false,
} as const;

export function weatherIn(given: unknown): string {
  return `warm in ${(given as { readonly city: string }).city}`;
}

/** What is to be said to this request: the tool's results stand in it, or they do not. */
export function saidTo({ body }: PlayedRequest): Said {
  return body.includes('warm in Porto') ? knowing : asking;
}

/** A member of a request's body. */
export function member(request: PlayedRequest | undefined, name: string): Json | undefined {
  return (JSON.parse(request?.body ?? '{}') as Readonly<Record<string, Json>>)[name];
}
