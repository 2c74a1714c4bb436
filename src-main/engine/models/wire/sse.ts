// Server-sent events out of bytes as they come, split anywhere (HTML Standard, 9.2.6).
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ModelError } from '../model.ts';

export interface ServerSentEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Characters of one event; the largest real ones hold an image in base64. */
const defaultLimit = 32 * 1024 * 1024;

export class EventReader {
  readonly #limit: number;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #parser;
  #events: ServerSentEvent[] = [];
  #isTooLarge = false;

  constructor(limit = defaultLimit) {
    this.#limit = limit;
    this.#parser = createParser({
      maxBufferSize: limit,
      onEvent: (event) => this.#take(event),
      // Any other trouble is a line that means nothing here, and the standard says to pass over it.
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') this.#isTooLarge = true;
      },
    });
  }

  /** The events that are whole with these bytes. Throws ModelError (502) where one is larger than the limit. */
  push(bytes: Uint8Array): readonly ServerSentEvent[] {
    return this.#feed(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What the end of the stream leaves: an event without the empty line that should follow it, if it is one by itself. */
  end(): readonly ServerSentEvent[] {
    return this.#feed(`${this.#decoder.decode()}\n\n`).filter(({ data }) => isWhole(data));
  }

  #feed(text: string): readonly ServerSentEvent[] {
    if (!this.#isTooLarge) this.#parser.feed(text);
    if (this.#isTooLarge) {
      const size = Math.round(this.#limit / 1024 / 1024);
      throw new ModelError(`The answer holds an event of more than ${size} MiB.`, 502);
    }
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #take({ event, data }: EventSourceMessage): void {
    if (data.length > this.#limit) this.#isTooLarge = true;
    else this.#events.push({ event, data });
  }
}

/** The events of a body as it comes. Throws as `push` does, and what the body throws. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent, void, void> {
  const reader = new EventReader();
  for await (const piece of body) yield* reader.push(piece);
  yield* reader.end();
}

function isWhole(data: string): boolean {
  if (data === '[DONE]') return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}
