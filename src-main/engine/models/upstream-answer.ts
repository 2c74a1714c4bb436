// An answer on its way in: decoded, with every known secret in it masked, and its end told.
import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { HttpHeader, HttpResponse } from '../network-ports.ts';
import type { ByteMask, Redactor } from '../redactor.ts';
import { ModelError } from './model.ts';
import { headerOf } from './retry.ts';

/** How a body ended: whole, broken off, or left by who read it. */
export type Ended = 'whole' | 'failed' | 'left';

/** `wrong` makes of what the body threw what its reader is to be told; `ended` is told once or more, the first counts. */
export function maskedResponse(
  response: HttpResponse,
  redactor: Redactor,
  tell: { readonly ended: (how: Ended) => void; readonly wrong: (error: unknown) => Error },
): HttpResponse {
  const { status } = response;
  // A header that is named after a value is nobody's.
  const headers = response.headers.filter(
    ([name]) => !/^content-(?:encoding|length)$/iu.test(name) && redactor.known(name) === name,
  );
  const [statusText = '', ...values] = maskedLines(
    [response.statusText, ...headers.map(([, value]) => value)],
    redactor.bytes(),
  );
  return {
    status,
    statusText,
    headers: headers.map(([name], index): HttpHeader => [name, values[index] ?? '']),
    body: maskedBody(response, redactor.bytes(), tell),
    traffic: () => response.traffic(),
  };
}

async function* maskedBody(
  response: HttpResponse,
  mask: ByteMask,
  { ended, wrong }: { readonly ended: (how: Ended) => void; readonly wrong: (error: unknown) => Error },
): AsyncGenerator<Uint8Array, void, void> {
  let how: Ended = 'left';
  try {
    for await (const piece of decoded(response)) {
      const masked = mask.push(piece);
      if (masked.length > 0) yield masked;
    }
    const rest = mask.end();
    how = 'whole';
    if (rest.length > 0) yield rest;
  } catch (error) {
    how = 'failed';
    throw wrong(error);
  } finally {
    ended(how);
  }
}

/** Some servers compress although they were asked not to. */
function decoded({ headers, body }: HttpResponse): AsyncIterable<Uint8Array> {
  const encoding = headerOf(headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return body;
  const decoder = decoderOf(encoding);
  if (decoder === undefined) {
    // It is not named: whatever a server sends may stand there.
    throw new ModelError('The answer is encoded in a way that nobody asked for, and that is not known.', 502);
  }
  // What goes wrong comes out of the decoder, where it is read.
  pipeline(Readable.from(body, { objectMode: true }), decoder, () => undefined);
  return decoder;
}

function decoderOf(encoding: string): (NodeJS.ReadWriteStream & Readable) | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return undefined;
  }
}

/** Lines of Latin-1. A mask is UTF-8: what no header can hold of it is written as "*". */
function maskedLines(lines: readonly string[], mask: ByteMask): readonly string[] {
  const text = lines.join('\n');
  const bytes = Buffer.concat([mask.push(Buffer.from(text, 'latin1')), mask.end()]);
  if (bytes.toString('latin1') === text) return lines;
  return bytes
    .toString('utf8')
    .replaceAll(/[^\t\n\u0020-\u007e]/gu, '*')
    .split('\n');
}
