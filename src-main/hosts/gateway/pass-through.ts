// A request to a provider of its own dialect: its bytes go there, and the answer's come back, as they are.
import type { WireUsage } from '#engine/models/wire/wire';
import type { HttpHeader } from '#engine/network-ports';
import type { Upstream, UpstreamRequest } from '#engine/models/upstream';
import type { ClientAnswer } from './client-answer.ts';
import { headersForClient, valueOf } from './headers.ts';

/** How an answer came out that was written to its end. */
export interface Written {
  readonly status: number;
  readonly headers: readonly HttpHeader[];
  /** What it used, where that is known by another way than by its body. */
  readonly used?: WireUsage;
}

export interface PassThrough {
  readonly upstream: Upstream;
  readonly request: UpstreamRequest;
  readonly answer: ClientAnswer;
  /** Beside those of the upstream. Asked for when the upstream has answered: what they tell may take a while to find out. */
  readonly headers: () => readonly HttpHeader[];
  /** The head of the answer has come. */
  readonly onHead: (written: Written) => void;
}

/** Rejects with ModelError, Problem, ClientGone, AbortError; where the head had gone out by then, the client is cut off. */
export async function passThrough({ upstream, request, answer, headers: more, onHead }: PassThrough): Promise<Written> {
  const response = await upstream.send(request);
  const { status, statusText } = response;
  const headers = headersForClient(response.headers);
  const written = { status, headers };
  onHead(written);
  const sent = [...headers, ...more()];
  const pieces = response.body[Symbol.asyncIterator]();
  let isOver = false;
  try {
    const early = isStream(headers) ? nothingYet(pieces) : await atOnce(pieces);
    isOver = early.isOver;
    if (early.isOver) {
      const whole = early.pieces.length === 1 ? early.pieces[0] : Buffer.concat(early.pieces);
      // These have no body, and no length of one.
      const isBare = status === 204 || status === 304;
      answer.head(status, statusText, sent, isBare ? undefined : (whole?.length ?? 0));
      await answer.end(isBare ? undefined : whole);
      return written;
    }
    answer.head(status, statusText, sent);
    for (const piece of early.pieces) await answer.write(piece);
    for (let next = await early.next; next.done !== true; next = await pieces.next()) {
      const drained = answer.write(next.value);
      if (drained !== undefined) await drained;
    }
    isOver = true;
  } catch (error) {
    // Half an answer must not look like a whole one.
    if (answer.hasBegun) answer.cut();
    throw error;
  } finally {
    // Not awaited: it waits itself for a piece that may be long in coming.
    if (!isOver) pieces.return?.().catch(() => undefined);
  }
  await answer.end();
  return written;
}

type Early =
  | { readonly isOver: true; readonly pieces: readonly Uint8Array[] }
  | {
      readonly isOver: false;
      readonly pieces: readonly Uint8Array[];
      readonly next: Promise<IteratorResult<Uint8Array, unknown>>;
    };

function nothingYet(pieces: AsyncIterator<Uint8Array>): Early {
  return { isOver: false, pieces: [], next: pieces.next() };
}

/**
 * What comes with the head: most answers that are no stream are whole then, and go out in one write with their length. Whatever takes longer
 * than two turns of the event loop is not waited for: some servers keep their clients awake with spaces.
 */
async function atOnce(source: AsyncIterator<Uint8Array>): Promise<Early> {
  const pieces: Uint8Array[] = [];
  const late = twoTurns();
  for (;;) {
    const next = source.next();
    const first = await Promise.race([next, late]);
    if (first === undefined) {
      // Whoever awaits it gets the error; until then it is nobody's.
      next.catch(() => undefined);
      return { isOver: false, pieces, next };
    }
    if (first.done === true) return { isOver: true, pieces };
    pieces.push(first.value);
  }
}

function twoTurns(): Promise<undefined> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => resolve(undefined)));
  });
}

function isStream(headers: readonly HttpHeader[]): boolean {
  return valueOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true;
}
