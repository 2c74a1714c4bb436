// Reads the body of a request within bounds, unpacked and as JSON where that is asked for.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Json } from '#contract/turn';
import { jsonFault } from '#engine/json-fault';
import { Refusal } from './refusal.ts';
import type { Share } from './room.ts';

const unpack = promisify(gunzip);

/**
 * The whole body, decoded where it is gzip. `limit`: longest, packed and unpacked, bytes. `share`: what it takes its room of. Throws a
 * Refusal: 400, 413, 415, 503. The server's timeouts end a body that comes too slowly.
 */
export async function readBody(request: IncomingMessage, limit: number, share?: Share): Promise<Buffer> {
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding !== 'identity' && coding !== 'gzip') {
    throw new Refusal(
      415,
      `Bodies packed as ${JSON.stringify(coding.slice(0, 40))} are not understood.`,
      'Send it plain or as gzip.',
    );
  }
  const body = await readPacked(request, limit, share);
  if (coding === 'identity') return body;
  const plain = await unpacked(body, limit);
  share?.take(plain.length);
  return plain;
}

async function unpacked(body: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unpack(body, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLong(limit);
    throw new Refusal(400, 'The body is not gzip, although its content-encoding says so.');
  }
}

function readPacked(request: IncomingMessage, limit: number, share: Share | undefined): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLong(limit));
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const leave = (): void => {
      request.off('data', take).off('end', end).off('error', fail).off('close', cut);
    };
    const take = (piece: Buffer): void => {
      length += piece.length;
      try {
        if (length > limit) throw tooLong(limit);
        share?.take(piece.length);
        pieces.push(piece);
      } catch (error) {
        leave();
        request.pause();
        reject(error);
      }
    };
    const end = (): void => {
      leave();
      const [only] = pieces;
      resolve(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, length));
    };
    const cut = (): void => {
      leave();
      reject(new Refusal(400, 'The body broke off.'));
    };
    const fail = (): void => cut();
    request.on('data', take).on('end', end).on('error', fail).on('close', cut);
  });
}

/** Throws a Refusal 415 unless it says that it is JSON: forms of web pages can be sent anywhere, JSON cannot. */
export function checkIsJson({ headers }: IncomingMessage): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = parameters.find((part) => part.startsWith('charset='));
  if (type !== 'application/json') {
    throw new Refusal(415, 'The body must be JSON.', 'Send it with "content-type: application/json".');
  }
  if (charset !== undefined && !/^charset="?utf-8"?$/u.test(charset)) throw new Refusal(415, 'The JSON must be UTF-8.');
}

/** Throws a Refusal 400 that says where it is no JSON. */
export function parseJson(body: Buffer): Json {
  if (!isUtf8(body)) throw new Refusal(400, 'The body is not UTF-8.');
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch {
    const fault = text.length > 1_000_000 ? undefined : jsonFault(text);
    const where = fault === undefined ? '' : ` (line ${fault.line}, column ${fault.column}): ${fault.what}`;
    throw new Refusal(400, `The body is not JSON${where}.`);
  }
}

function tooLong(limit: number): Refusal {
  return new Refusal(413, `The body is longer than ${sizeOf(limit)}.`);
}

function sizeOf(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.floor(bytes / (1 << 20))} MiB` : `${bytes} bytes`;
}
