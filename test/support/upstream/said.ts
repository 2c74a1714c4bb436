// What a provider that is played says, whatever its dialect; and how it is put on the wire of the fake upstream.
import type { Json, JsonObject } from '#contract/turn';
import type { Played } from './fake-upstream.ts';

export interface Said {
  readonly model?: string;
  readonly reasoning?: string;
  /** Ties the reasoning to its provider: Anthropic's signature, the encrypted content of responses. */
  readonly signature?: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly calls?: readonly { readonly id?: string; readonly name: string; readonly arguments: JsonObject }[];
  readonly usage?: {
    readonly input: number;
    readonly output: number;
    readonly cached?: number;
    readonly reasoning?: number;
  };
  /** Cut off by the limit of tokens. */
  readonly tooLong?: boolean;
}

export const defaultUsage = { input: 12, output: 7 } as const;

/** A JSON answer. */
export function playJson(body: Json, status = 200, headers: Played['headers'] = []): Played {
  return { status, headers: [['content-type', 'application/json'], ...headers], body: JSON.stringify(body) };
}

/** A streamed answer. */
export function playStream(body: Played['body'], headers: Played['headers'] = []): Played {
  return {
    headers: [['content-type', 'text/event-stream; charset=utf-8'], ['cache-control', 'no-cache'], ...headers],
    body,
  };
}

/** Whether a request asks for a stream; what is no JSON does not. */
export function wantsStream(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'stream' in value && value.stream === true;
  } catch {
    return false;
  }
}

/** The text in pieces as models say them: words, each with the space before it. */
export function wordsOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** JSON text in pieces of so many characters, which are no JSON by themselves. */
export function slices(text: string, length = 7): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${length}}`, 'g')) ?? [];
}

/** A member that is a text; '' where it is none. */
export function textAt(object: JsonObject | undefined, key: string): string {
  const value = object?.[key];
  return typeof value === 'string' ? value : '';
}
