// What is written to the gateway's socket: requests whose heads, bodies, chunks or order are nearly right.
import { gzipSync } from 'node:zlib';
import type { Json } from '#contract/turn';
import { numbers } from '#test/transcripts';
import { packed, samples, type Sample } from './corpus.ts';
import { inPieces, mutateBytes, mutateValue, pick, type Numbers } from './mutate.ts';

export interface ServerInput {
  readonly kind: keyof typeof kinds;
  /** Each written by itself. */
  readonly pieces: readonly Buffer[];
  /** It is one request to its last byte, whatever it says: there must be an answer. */
  readonly isWhole: boolean;
}

/** Where the request goes and with which key. */
export interface Door {
  readonly port: number;
  readonly key: string;
}

const kinds = {
  heads: (door: Door, next: Numbers) => headed(door, sampleOf(next), next),
  bodies: (door: Door, next: Numbers) => plain(door, spoilt(sampleOf(next), next)),
  chunks: (door: Door, next: Numbers) => chunked(door, sampleOf(next), next),
  packed: (door: Door, next: Numbers) => compressed(door, sampleOf(next), next),
  pipelined: (door: Door, next: Numbers) =>
    Buffer.concat(Array.from({ length: 2 + Math.floor(next() * 4) }, () => one(door, next))),
  bytes: (door: Door, next: Numbers) => mutateBytes(plain(door, sampleOf(next)), plain(door, sampleOf(next)), next),
  noise: (_door: Door, next: Numbers) =>
    Buffer.from(Array.from({ length: Math.floor(next() * 400) }, () => Math.floor(next() * 256))),
};

const kindNames = Object.keys(kinds) as (keyof typeof kinds)[];

export function inputOf(seed: number, door: Door): ServerInput {
  const next = numbers(seed);
  const kind = pick(kindNames, next);
  const bytes = kinds[kind](door, next);
  const isWhole = kind === 'bodies' || kind === 'packed';
  return { kind, isWhole, pieces: isWhole || next() < 0.5 ? [bytes] : inPieces(bytes, next).slice(0, 500) };
}

/** A request that is as it should be. */
export function goodRequest(door: Door): Buffer {
  const body = JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Is it warm?' }] });
  return plain(door, { path: '/v1/chat/completions', type: 'application/json', body: Buffer.from(body) });
}

function one(door: Door, next: Numbers): Buffer {
  const chance = next();
  if (chance < 0.5) return plain(door, sampleOf(next));
  if (chance < 0.7) return plain(door, spoilt(sampleOf(next), next));
  return chance < 0.85 ? chunked(door, sampleOf(next), next) : headed(door, sampleOf(next), next);
}

const models = ['gpt-5-mini', 'openai/gpt-5', 'anthropic/claude-x', 'scripted/echo', 'scripted/none', 'nobody/x', ''];

function sampleOf(next: Numbers): Sample {
  const sample = pick(samples, next);
  if (sample.json === undefined || Array.isArray(sample.json) || next() < 0.5) return sample;
  const json = { ...sample.json, model: pick(models, next), stream: next() < 0.4 };
  return { ...sample, json, body: Buffer.from(JSON.stringify(json)) };
}

function spoilt(sample: Sample, next: Numbers): Sample {
  const { body, json } = sample;
  const chance = next();
  if (json === undefined || chance < 0.3) return { ...sample, body: mutateBytes(body, pick(samples, next).body, next) };
  if (chance < 0.8) return { ...sample, body: Buffer.from(JSON.stringify(mutateValue(json, next))) };
  return { ...sample, body: Buffer.from(outsized(json, next)) };
}

/** One of its values is deeper, longer or larger than anybody writes. */
function outsized(json: Json, next: Numbers): string {
  const size = 10 ** (2 + Math.floor(next() * 4));
  const value = pick(
    [
      () => `${'['.repeat(size)}${']'.repeat(size)}`,
      () => `${'{"a":'.repeat(size)}1${'}'.repeat(size)}`,
      () => `"${'x'.repeat(size)}"`,
      () => '9'.repeat(Math.min(size, 5000)),
      () => '1e999',
      () => '-1e-999',
      () => '"\\ud800\\udfff\\ud83d"',
      () => `[${'{},'.repeat(Math.min(size, 20_000))}{}]`,
      () => `{${Array.from({ length: Math.min(size, 5000) }, (_, index) => `"k${index}":0`).join(',')}}`,
      () => '"\\u0000"',
    ],
    next,
  )();
  const text = JSON.stringify(json);
  const places = [...text.matchAll(/:(?=[["{\d])/gu)].map(({ index }) => index + 1);
  const at = pick(places, next) ?? 0;
  const end = endOfValue(text, at);
  return text.slice(0, at) + value + text.slice(end);
}

function endOfValue(text: string, from: number): number {
  for (let to = from + 1; to <= text.length; to += 1) {
    if (!',}]'.includes(text[to] ?? ',')) continue;
    try {
      JSON.parse(text.slice(from, to));
      return to;
    } catch {
      // Not at its end yet.
    }
  }
  return text.length;
}

function headOf(door: Door, sample: Sample, framing: readonly string[]): string[] {
  return [
    `POST ${sample.path} HTTP/1.1`,
    `Host: 127.0.0.1:${door.port}`,
    `Authorization: Bearer ${door.key}`,
    `Content-Type: ${sample.type}`,
    ...framing,
  ];
}

function written(head: readonly string[], body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

function plain(door: Door, sample: Sample): Buffer {
  return written(headOf(door, sample, [`Content-Length: ${sample.body.length}`]), sample.body);
}

const oddLines = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: \tchunked',
  'Content-Length: 5',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: -1',
  ' folded: yes',
  'Host: evil.example',
  'Host:',
  'Origin: http://evil.example',
  'Origin: null',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13',
  'Connection: close',
  'Connection: keep-alive, X-A, host',
  'Content-Encoding: gzip',
  'Content-Encoding: br',
  'Content-Type: text/plain',
  'Authorization: Basic eA==',
  'x-api-key: other',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  `x-atelier-session: ${'s'.repeat(300)}`,
  'x-atelier-session: s\u0000t',
  'x-atelier-task: ünïcode',
  `X-Long: ${'x'.repeat(40_000)}`,
  'No-Colon',
  ': no name',
  'X\u0001Y: z',
  'X-Value: a\u0000b',
  'X-Bare: a\nX-Next: b',
  'X-Return: a\rb',
];
const firstLines = [
  'GET /v1/models HTTP/1.1',
  'GET /v1/models/openai%2fgpt-5 HTTP/1.1',
  'HEAD /v1/models HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT evil.example:443 HTTP/1.1',
  'TRACE / HTTP/1.1',
  'POST http://evil.example/v1/chat/completions HTTP/1.1',
  'POST /v1/../v1/chat/completions HTTP/1.1',
  'POST /v1/chat/completions?key=atl-x HTTP/1.1',
  'POST /v1/chat/completions#x HTTP/1.1',
  'POST //v1/chat/completions HTTP/1.1',
  'POST /v1/chat/completions HTTP/1.0',
  'POST /v1/chat/completions HTTP/2.0',
  'POST /v1/chat/completions',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n',
  'post /v1/chat/completions HTTP/1.1',
  'DELETE /v1/responses/resp_1 HTTP/1.1',
  'POST /v1/responses/resp_1/cancel HTTP/1.1',
  `POST /v1/${'x'.repeat(9000)} HTTP/1.1`,
  'GET /v1/traces HTTP/1.1',
];

function headed(door: Door, sample: Sample, next: Numbers): Buffer {
  const lines = headOf(door, sample, [`Content-Length: ${sample.body.length}`]);
  for (let times = Math.ceil(next() * 3); times > 0; times -= 1) {
    const at = 1 + Math.floor(next() * lines.length);
    const chance = next();
    if (chance < 0.6) lines.splice(at, 0, pick(oddLines, next));
    else if (chance < 0.75) lines.splice(at, 1);
    else if (chance < 0.85) lines[0] = pick(firstLines, next);
    else if (chance < 0.9) lines.push(...Array.from({ length: 150 }, (_, index) => `X-${index}: y`));
    else lines.splice(at, 0, lines[at - 1] ?? '');
  }
  const head = Buffer.from(lines.join('\r\n'), 'latin1');
  const mutated = next() < 0.3 ? mutateBytes(head, head, next) : head;
  return Buffer.concat([mutated, Buffer.from('\r\n\r\n'), sample.body]);
}

function chunked(door: Door, sample: Sample, next: Numbers): Buffer {
  const oddSize = (size: number): string =>
    pick(
      [
        `0x${size.toString(16)}`,
        `${size}`,
        '-1',
        'ffffffffffffffff',
        '',
        ' 5',
        '5 ',
        '5;a=b',
        `5;${'x'.repeat(20_000)}`,
      ],
      next,
    );
  const chunks = inPieces(sample.body, next).filter(({ length }) => length > 0);
  const parts = chunks.slice(0, 200).flatMap((chunk) => {
    const size = next() < 0.05 ? oddSize(chunk.length) : chunk.length.toString(16);
    const [before, after] = [next() < 0.02 ? '\n' : '\r\n', next() < 0.02 ? '' : '\r\n'];
    return [Buffer.from(size + before), chunk, Buffer.from(after)];
  });
  const end = pick(
    ['0\r\n\r\n', '0\r\n\r\n', '0\r\n\r\n', '0\r\nX-Trailer: y\r\n\r\n', '0\r\nHost: x\r\n\r\n', '0', ''],
    next,
  );
  return Buffer.concat([
    written(headOf(door, sample, ['Transfer-Encoding: chunked']), Buffer.alloc(0)),
    ...parts,
    Buffer.from(end),
  ]);
}

function compressed(door: Door, sample: Sample, next: Numbers): Buffer {
  const whole = next() < 0.05 ? gzipSync(Buffer.alloc(4_000_000, 32)) : packed(sample.body);
  const body = next() < 0.2 ? whole : mutateBytes(whole, pick(samples, next).body, next);
  return written(headOf(door, sample, ['Content-Encoding: gzip', `Content-Length: ${body.length}`]), body);
}
