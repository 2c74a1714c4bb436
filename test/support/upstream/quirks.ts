// What real servers, proxies and networks do to a stream of server-sent events without changing what it says; and how it breaks off.
import type { Piece } from './fake-upstream.ts';

/** One byte a piece. */
export function everyByte(pieces: readonly string[]): Uint8Array[] {
  return Array.from(Buffer.from(pieces.join('')), (byte) => Uint8Array.of(byte));
}

/** In two pieces, parted after `at` bytes. */
export function splitAt(pieces: readonly string[], at: number): Uint8Array[] {
  const bytes = Buffer.from(pieces.join(''));
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

/** All in one piece. */
export function inOne(pieces: readonly string[]): string[] {
  return [pieces.join('')];
}

export function withCrlf(pieces: readonly string[]): string[] {
  return pieces.map((piece) => piece.replaceAll('\n', '\r\n'));
}

/** A carriage return alone ends a line too. */
export function withCr(pieces: readonly string[]): string[] {
  return pieces.map((piece) => piece.replaceAll('\n', '\r'));
}

/** Comments before, between and inside the events, as keep-alives are sent. */
export function withComments(pieces: readonly string[]): string[] {
  return [
    ': OPENROUTER PROCESSING\n\n',
    ...pieces.flatMap((piece) => [':\n\n', `: keep-alive ${piece.length}\n${piece}`]),
  ];
}

/** A byte order mark first, fields that mean nothing here, no space after the colon. */
export function withOddFields(pieces: readonly string[]): string[] {
  const odd = pieces.map(
    (piece) => `id: 7\nretry: 3000\nx-made-up: yes\n${piece.replaceAll(/^(data|event): /gm, '$1:')}`,
  );
  return [`\uFEFF${odd[0] ?? ''}`, ...odd.slice(1)];
}

/** The connection breaks after so many events. */
export function cutAfter(pieces: readonly string[], events: number): Piece[] {
  return [...pieces.slice(0, events), { cut: true }];
}

/** Ends, as if all were well, after so many events. */
export function endAfter(pieces: readonly string[], events: number): string[] {
  return pieces.slice(0, events);
}

/** An error after so many events, and nothing more. */
export function errorAfter(pieces: readonly string[], events: number, error: string): string[] {
  return [...pieces.slice(0, events), error];
}

/** Each changes a stream's bytes and not what it says. */
export const harmless: Readonly<Record<string, (pieces: readonly string[]) => readonly (string | Uint8Array)[]>> = {
  'as it is': (pieces) => pieces,
  'in one piece': inOne,
  'split at every byte': everyByte,
  'with CRLF': withCrlf,
  'with CR': withCr,
  'with CRLF, split at every byte': (pieces) => everyByte(withCrlf(pieces)),
  'with comments and keep-alives': withComments,
  'with a byte order mark and odd fields': withOddFields,
};
