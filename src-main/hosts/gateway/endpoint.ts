// What is asked below /v1: which dialect it is of, and whether it is a conversation.
import type { Dialect } from '#contract/model';
import type { ChatDialect } from '#engine/models/wire/wire';
import { Refusal } from './refusal.ts';

export type Endpoint =
  /** Recorded; another dialect's provider can answer it too. */
  | { readonly kind: 'chat'; readonly dialect: Dialect; readonly wire: ChatDialect }
  | { readonly kind: 'embeddings'; readonly dialect: 'openai' }
  /** Goes through to a provider of the same dialect. */
  | { readonly kind: 'other'; readonly dialect: Dialect }
  | { readonly kind: 'models'; readonly id: string | undefined };

const chats: Readonly<Record<string, ChatDialect>> = {
  '/chat/completions': 'openai-chat',
  '/responses': 'openai-responses',
  '/messages': 'anthropic',
};
/** Whole paths, and beginnings of paths, of a dialect that go through. */
const others: readonly (readonly [Dialect, RegExp])[] = [
  ['openai', /^\/(?:completions|moderations|(?:chat\/completions|responses)\/[^/]+(?:\/[^/]+)*)$/u],
  ['anthropic', /^\/messages\/count_tokens$/u],
];
const v1 = '/v1';

/** Throws a Refusal 404 or 405. `path` begins with "/v1/". */
export function endpointOf(method: string, path: string): Endpoint {
  const below = path.slice(v1.length);
  const wire = chats[below];
  if (wire !== undefined || below === '/embeddings') {
    if (method !== 'POST') throw notAllowed(method, path, 'POST');
    if (wire === undefined) return { kind: 'embeddings', dialect: 'openai' };
    return { kind: 'chat', dialect: wire === 'anthropic' ? 'anthropic' : 'openai', wire };
  }
  if (below === '/models' || below.startsWith('/models/')) {
    if (method !== 'GET') throw notAllowed(method, path, 'GET');
    return { kind: 'models', id: below === '/models' ? undefined : decoded(below.slice('/models/'.length)) };
  }
  const [dialect] = others.find(([, form]) => form.test(below)) ?? [];
  if (dialect === undefined) {
    throw new Refusal(
      404,
      `The gateway does not carry ${path}.`,
      'It carries /v1/chat/completions, /v1/responses, /v1/messages, /v1/embeddings, /v1/models and what is below the first three.',
    );
  }
  if (method !== 'POST' && method !== 'GET') throw notAllowed(method, path, 'GET, POST');
  return { kind: 'other', dialect };
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new Refusal(400, 'The name of the model is not encoded as UTF-8.');
  }
}

function notAllowed(method: string, path: string, allow: string): Refusal {
  return new Refusal(405, `${method} is not carried at ${path}.`, undefined, { headers: { allow } });
}
