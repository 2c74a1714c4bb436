// Streams read for tests: what was said in the end, what was told as it came, and an answer with everything in it.
import { ModelError } from '#engine/models/model';
import { EventReader } from '#engine/models/wire/sse';
import type { ChatDialect, WireEvent, WireReply } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import type { Said } from '#test/upstream/said';

export const everything: Said = {
  reasoning: 'The person is in Paris – naïvely.',
  signature: 'c2lnbmVk',
  text: 'Ça va? 🦊 Let me look at 漢字.',
  calls: [
    { name: 'get_weather', arguments: { city: 'Zürich', days: [1, 2.5] } },
    { name: 'now', arguments: {} },
    { name: 'get_weather', arguments: { city: 'São Paulo', note: 'a "quoted" \n line' } },
  ],
  usage: { input: 120, output: 45, cached: 20, reasoning: 12 },
};

export interface Read {
  readonly reply: WireReply;
  readonly events: readonly WireEvent[];
}

/** Throws as the readers do. */
export function read(dialect: ChatDialect, pieces: readonly (string | Uint8Array)[]): Read {
  const sse = new EventReader();
  const reader = wireOf(dialect).newReader();
  const all = [...pieces.flatMap((piece) => [...sse.push(Buffer.from(piece))]), ...sse.end()];
  const events = all.flatMap(({ event, data }) => [...reader.take(event, data)]);
  return { reply: reader.reply(), events };
}

/** What was told as it came, put together. */
export function told(events: readonly WireEvent[]): unknown {
  const text = { text: '', reasoning: '' };
  const calls: { name: string; id?: string | undefined; text: string }[] = [];
  for (const event of events) {
    if (event.type === 'text') text[event.channel] += event.text;
    else if (event.type === 'call') {
      if (event.index !== calls.length) throw new Error(`Call ${event.index} came as number ${calls.length}.`);
      calls.push({ name: event.name, id: event.id, text: '' });
    } else {
      const call = calls[event.index];
      if (call === undefined) throw new Error('Arguments came before their call.');
      call.text += event.text;
    }
  }
  return {
    ...text,
    calls: calls.map(({ text: given, ...call }) => ({ ...call, arguments: JSON.parse(given || '{}') as unknown })),
  };
}

/** Throws where nothing is thrown, or anything but a ModelError. */
export function thrown(run: () => unknown): ModelError {
  try {
    run();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
