// Made transcripts of a tool-calling agent: words and lengths as in real logs, the same for the same seed.

export interface MadeCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface MadeMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly MadeCall[];
  readonly tool_call_id?: string;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const syllables = ['ta', 'ri', 'no', 've', 'lu', 'ka', 'mo', 'se', 'di', 'ba', 'cho', 'ple', 'ster', 'ing', 'ou', 'an'];

function word(next: () => number): string {
  const length = 1 + Math.floor(next() * 3);
  return Array.from({ length }, () => syllables[Math.floor(next() ** 2 * syllables.length)]).join('');
}

function sentence(next: () => number, words: number): string {
  return Array.from({ length: words }, () => word(next)).join(' ');
}

/** A transcript of about `turns` messages under one of a few system prompts. */
export function madeTranscript(seed: number, turns: number): MadeMessage[] {
  const next = numbers(seed);
  const system = sentence(numbers(seed % 5), 400);
  const messages: MadeMessage[] = [{ role: 'system', content: system }];
  while (messages.length < turns) {
    messages.push({ role: 'user', content: sentence(next, 10 + Math.floor(next() * 40)) });
    for (let call = 0; call < 2; call += 1) {
      const id = `call_${Math.floor(next() * 2 ** 32).toString(36)}`;
      const args = JSON.stringify({ query: sentence(next, 4), limit: Math.floor(next() * 20) });
      messages.push({
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'search', arguments: args } }],
      });
      messages.push({
        role: 'tool',
        tool_call_id: id,
        content: JSON.stringify({ found: sentence(next, 60), id: word(next) }),
      });
    }
    messages.push({ role: 'assistant', content: sentence(next, 30 + Math.floor(next() * 60)) });
  }
  return messages.slice(0, turns);
}
