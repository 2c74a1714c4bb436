// A recorded answer, written as it once came.
import type { HttpHeader } from '#engine/network-ports';
import type { Lookup } from '#engine/gateway/recorder';
import type { ClientAnswer } from './client-answer.ts';
import { headersForClient, valueOf } from './headers.ts';
import type { Written } from './pass-through.ts';

type Hit = Extract<Lookup, { readonly kind: 'hit' }>;

/** Pieces in which a recorded stream is written, bytes: a client must not rely on any. */
const pieceLength = 16 * 1024;

/** What no header can hold: the mask of a secret has such. */
const notInValue = /[^\t\u0020-\u007e\u0080-\u00ff]/gu;

/** Rejects with ClientGone. `more`: headers beside the recorded ones. */
export async function writeRecord(
  hit: Hit,
  answer: ClientAnswer,
  more: readonly HttpHeader[],
  onHead: (head: Written) => void,
): Promise<Written> {
  const headers = headersForClient(hit.headers)
    .filter(([name]) => name.toLowerCase() !== 'content-encoding')
    .map(([name, value]): HttpHeader => [name, value.replaceAll(notInValue, '*')]);
  const written = { status: hit.status, headers };
  onHead(written);
  const sent: HttpHeader[] = [...headers, ['x-atelier-from', 'record'], ...more];
  if (valueOf(headers, 'content-type')?.startsWith('text/event-stream') !== true) {
    answer.head(hit.status, '', sent, hit.body.length);
    await answer.end(hit.body);
    return written;
  }
  answer.head(hit.status, '', sent);
  for (let at = 0; at < hit.body.length; at += pieceLength) {
    const drained = answer.write(hit.body.subarray(at, at + pieceLength));
    if (drained !== undefined) await drained;
  }
  await answer.end();
  return written;
}
