// A server on loopback that stands for a provider: plays what a test gives it and keeps every byte that came, on raw sockets.
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface PlayedRequest {
  readonly method: string;
  readonly path: string;
  /** Name and value as they came, in order. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Aborts when the client goes away before the answer is whole. */
  readonly gone: AbortSignal;
}

/** What is written to the socket, one piece a write; a number waits so many ms; `cut` destroys the socket. */
export type Piece = string | Uint8Array | number | { readonly cut: true };

export interface Played {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  /** Without a length it is sent chunked, each piece one chunk. */
  readonly body: string | readonly Piece[] | AsyncIterable<Piece>;
}

export interface FakeUpstream {
  /** "http://127.0.0.1:PORT". */
  readonly origin: string;
  readonly requests: PlayedRequest[];
  /** Bytes over all its connections. */
  readonly received: number;
  readonly sent: number;
  close(): Promise<void>;
}

export async function startFakeUpstream(
  play: (request: PlayedRequest) => Played | Promise<Played>,
): Promise<FakeUpstream> {
  const sockets = new Set<Socket>();
  const requests: PlayedRequest[] = [];
  let received = 0;
  let sent = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      sent += socket.bytesWritten;
    });
    socket.on('error', () => undefined);
    let waiting = Buffer.alloc(0);
    let busy = false;
    const next = async (): Promise<void> => {
      if (busy) return;
      const parsed = parse(waiting);
      if (parsed === undefined) return;
      busy = true;
      waiting = waiting.subarray(parsed.length);
      const gone = new AbortController();
      const leave = (): void => gone.abort();
      socket.once('close', leave);
      const request = { ...parsed.request, gone: gone.signal };
      requests.push(request);
      await answer(socket, await play(request));
      socket.off('close', leave);
      // Destroyed already, but its event is still to come.
      if (socket.destroyed) leave();
      busy = false;
      void next();
    };
    socket.on('data', (piece: Buffer) => {
      received += piece.length;
      waiting = Buffer.concat([waiting, piece]);
      void next();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    get received() {
      return received;
    },
    get sent() {
      return [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, sent);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parse(bytes: Buffer): { readonly request: Omit<PlayedRequest, 'gone'>; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const valueOf = (name: string): string | undefined => headers.find(([known]) => known.toLowerCase() === name)?.[1];
  const start = end + 4;
  if (valueOf('transfer-encoding') === 'chunked') return parseChunked(bytes, start, { method, path, headers });
  const length = Number(valueOf('content-length') ?? 0);
  if (bytes.length < start + length) return undefined;
  const body = bytes.subarray(start, start + length).toString('utf8');
  return { request: { method, path, headers, body }, length: start + length };
}

function parseChunked(
  bytes: Buffer,
  start: number,
  head: Omit<PlayedRequest, 'gone' | 'body'>,
): { readonly request: Omit<PlayedRequest, 'gone'>; readonly length: number } | undefined {
  const pieces: Buffer[] = [];
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16);
    const after = line + 2 + size + 2;
    if (bytes.length < after) return undefined;
    if (size === 0) return { request: { ...head, body: Buffer.concat(pieces).toString('utf8') }, length: after };
    pieces.push(bytes.subarray(line + 2, line + 2 + size));
    at = after;
  }
}

async function answer(socket: Socket, { status = 200, headers = [], body }: Played): Promise<void> {
  const head = (more: readonly (readonly [string, string])[]): string =>
    `HTTP/1.1 ${status} Played\r\n${[...headers, ...more].map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (typeof body === 'string') {
    const bytes = Buffer.from(body);
    socket.write(Buffer.concat([Buffer.from(head([['content-length', String(bytes.length)]]), 'latin1'), bytes]));
    return;
  }
  socket.write(head([['transfer-encoding', 'chunked']]));
  for await (const piece of body) {
    if (socket.destroyed) return;
    if (typeof piece === 'number') await new Promise((resolve) => setTimeout(resolve, piece));
    else if (typeof piece === 'object' && 'cut' in piece) {
      socket.destroy();
      return;
    } else {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece);
      if (bytes.length === 0) continue;
      socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
      // Each piece its own packet.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  socket.write('0\r\n\r\n');
}
