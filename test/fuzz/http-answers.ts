// Reads the answers off a socket as strictly as they should be written.

export interface HeardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** False where the connection ended before it did. */
  readonly isWhole: boolean;
  /** It has no body by what was asked. */
  readonly isBare: boolean;
}

/** Throws where the bytes are no HTTP. `isHead`: some have no body, whatever their head says. */
export function answersIn(heard: Buffer, isHead: boolean): HeardAnswer[] {
  const answers: HeardAnswer[] = [];
  for (let at = 0; at < heard.length;) {
    const end = heard.indexOf('\r\n\r\n', at);
    if (end < 0) throw new Error(`A head has no end: ${heard.subarray(at, at + 200).toString('latin1')}`);
    const [first = '', ...lines] = heard.subarray(at, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /u.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new Error(`That is no status line: ${first.slice(0, 200)}`);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        if (colon < 1) throw new Error(`That is no header: ${line.slice(0, 200)}`);
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const from = end + 4;
    // Another one, or nothing, follows the answer to a HEAD.
    const follows = heard.subarray(end + 4, end + 13).toString('latin1');
    const isBare =
      (isHead && (follows === '' || follows === 'HTTP/1.1 ')) || status < 200 || status === 204 || status === 304;
    const { body, to, isWhole } = isBare
      ? { body: Buffer.alloc(0), to: from, isWhole: true }
      : bodyAt(heard, from, headers);
    answers.push({ status, headers, body, isWhole, isBare });
    at = to;
  }
  return answers;
}

function bodyAt(
  heard: Buffer,
  from: number,
  headers: Readonly<Record<string, string>>,
): { readonly body: Buffer; readonly to: number; readonly isWhole: boolean } {
  const length = headers['content-length'];
  if (length !== undefined) {
    const to = from + Number(length);
    return { body: heard.subarray(from, to), to, isWhole: to <= heard.length };
  }
  if (headers['transfer-encoding'] !== 'chunked')
    return { body: heard.subarray(from), to: heard.length, isWhole: true };
  const pieces: Buffer[] = [];
  for (let at = from; ;) {
    const line = heard.indexOf('\r\n', at);
    if (line < 0) return { body: Buffer.concat(pieces), to: heard.length, isWhole: false };
    const size = Number.parseInt(heard.subarray(at, line).toString('latin1'), 16);
    const to = line + 2 + size + 2;
    if (Number.isNaN(size)) throw new Error('That is no chunk.');
    if (to > heard.length) return { body: Buffer.concat(pieces), to: heard.length, isWhole: false };
    if (size === 0) return { body: Buffer.concat(pieces), to, isWhole: true };
    pieces.push(heard.subarray(line + 2, line + 2 + size));
    at = to;
  }
}
