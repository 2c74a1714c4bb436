// Attacks on the loopback server by how a request is framed, how much of it there is, and what its body holds: each is refused.
import { expect, it } from 'vitest';
import { json, auth, body, get, length, post, sized, outcomeOf, refused, type Attack } from '#test/attacks';

const attacks: readonly Attack[] = [
  // Smuggling.
  {
    what: 'a length and chunks',
    request: post(`${length}Transfer-Encoding: chunked\r\n`, `0\r\n\r\n${body}`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'chunks and a length',
    request: post(`Transfer-Encoding: chunked\r\n${length}`, `0\r\n\r\n${body}`),
    status: 400,
    says: 'not HTTP',
  },
  { what: 'two lengths', request: post(`${length}Content-Length: 5\r\n`, body), status: 400, says: 'not HTTP' },
  { what: 'the same length twice', request: post(`${length}${length}`, body), status: 400, says: 'not HTTP' },
  {
    what: 'two lengths in one',
    request: post(`Content-Length: ${body.length}, ${body.length}\r\n`, body),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'a signed length',
    request: post(`Content-Length: +${body.length}\r\n`, body),
    status: 400,
    says: 'not HTTP',
  },
  { what: 'a negative length', request: post(`Content-Length: -1\r\n`, body), status: 400, says: 'not HTTP' },
  { what: 'a length in hex', request: post(`Content-Length: 0x1b\r\n`, body), status: 400, says: 'not HTTP' },
  {
    what: 'a space before the colon',
    request: post(`Content-Length : ${body.length}\r\n`, body),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'an endless length',
    request: post(`Content-Length: 99999999999999999999\r\n`, body),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'an unknown coding',
    request: post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n`),
    status: 400,
    says: 'chunked',
  },
  {
    what: 'two codings',
    request: post('Transfer-Encoding: gzip, chunked\r\n', `0\r\n\r\n`),
    status: 400,
    says: 'chunked',
  },
  {
    what: 'a coding that ends otherwise',
    request: post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'chunked twice',
    request: post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'a vertical tab before the coding',
    request: post('Transfer-Encoding: \u000bchunked\r\n', `0\r\n\r\n`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'chunks in HTTP/1.0',
    request: `POST /v1/chat/completions HTTP/1.0\r\nHost: %HOST%\r\n${auth}${json}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
    says: 'no transfer encodings',
  },
  {
    what: 'a bad chunk size',
    request: post('Transfer-Encoding: chunked\r\n', `0x1b\r\n${body}\r\n0\r\n\r\n`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'a huge chunk size',
    request: post('Transfer-Encoding: chunked\r\n', `fffffffffffffffff\r\n`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'a chunk that is longer than it says',
    request: post('Transfer-Encoding: chunked\r\n', `2\r\n${body}\r\n0\r\n\r\n`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'chunks with bare line feeds',
    request: post('Transfer-Encoding: chunked\r\n', `1b\n${body}\n0\n\n`),
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'a line feed in a chunk extension',
    request: post('Transfer-Encoding: chunked\r\n', `1b;a="\n"\r\n${body}\r\n0\r\n\r\n`),
    status: 400,
    says: 'not HTTP',
  },
  { what: 'a folded header', request: get('/v1/models', 'X-A: b\r\n c: d\r\n'), status: 400, says: 'not HTTP' },
  {
    what: 'a line that begins with a space',
    request: `GET /v1/models HTTP/1.1\r\n X: y\r\nHost: %HOST%\r\n\r\n`,
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'bare line feeds',
    request: `GET /v1/models HTTP/1.1\nHost: %HOST%\n${auth.replace('\r', '')}\n`,
    status: 400,
    says: 'not HTTP',
  },
  { what: 'one bare line feed', request: get('/v1/models', 'X-A: b\nX-B: c\r\n'), status: 400, says: 'not HTTP' },
  { what: 'a bare carriage return', request: get('/v1/models', 'X-A: b\rX-B: c\r\n'), status: 400, says: 'not HTTP' },
  { what: 'a NUL in a header', request: get('/v1/models', 'X-A: b\u0000c\r\n'), status: 400, says: 'not HTTP' },
  {
    what: 'a control character in a header',
    request: get('/v1/models', 'X-A: b\u0001c\r\n'),
    status: 400,
    says: 'not HTTP',
  },
  { what: 'brackets in a header name', request: get('/v1/models', 'X(A): b\r\n'), status: 400, says: 'not HTTP' },
  { what: 'a header without a name', request: get('/v1/models', ': b\r\n'), status: 400, says: 'not HTTP' },
  { what: 'a header without a colon', request: get('/v1/models', 'abc\r\n'), status: 400, says: 'not HTTP' },
  {
    what: 'a space in the path',
    request: `GET /v1/mod els HTTP/1.1\r\nHost: %HOST%\r\n\r\n`,
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'a body of a GET',
    request: get('/v1/models', 'Content-Length: 5\r\n') + 'hello',
    status: 400,
    says: 'no body',
  },
  { what: 'an expectation', request: post(`Expect: 200-ok\r\n${length}`, body), status: 417, says: '100-continue' },
  // Too much.
  {
    what: 'a long header',
    request: get('/v1/models', `X-A: ${'b'.repeat(40_000)}\r\n`),
    status: 431,
    says: 'longer than',
  },
  {
    what: 'many headers',
    request: get('/v1/models', Array.from({ length: 120 }, (_, n) => `X-${n}: b\r\n`).join('')),
    status: 431,
    says: 'headers',
  },
  {
    what: 'a body longer than is read',
    request: post('Content-Length: 99999999\r\n', 'x'),
    status: 413,
    says: 'bytes long',
  },
  // Bodies.
  { what: 'what is not JSON', request: sized('{"a":'), status: 400, says: 'not JSON' },
  { what: 'what is no object', request: sized('[]'), status: 400, says: 'JSON object' },
  { what: 'what is not UTF-8', request: sized('{"a":"\u00ff"}'), status: 400, says: 'UTF-8' },
  { what: 'an empty body', request: sized(''), status: 400, says: 'JSON' },
  { what: 'two models', request: sized('{"model":"m","model":"n"}'), status: 400, says: 'twice' },
  { what: 'two models, one escaped', request: sized('{"model":"m","\\u006dodel":"n"}'), status: 400, says: 'twice' },
  { what: 'a model that is no text', request: sized('{"model":1}'), status: 400, says: 'string' },
  { what: 'deep nesting', request: sized(`{"a":${'['.repeat(302)}${']'.repeat(302)}  }`), status: 400, says: 'nested' },
  {
    what: 'another charset',
    request: `POST /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n${auth}Content-Type: application/json; charset=utf-16\r\n${length}\r\n${body}`,
    status: 415,
    says: 'UTF-8',
  },
  {
    what: 'a packing that is not known',
    request: post(`Content-Encoding: br\r\n${length}`, body),
    status: 415,
    says: 'br',
  },
  {
    what: 'a packing that is none',
    request: post(`Content-Encoding: gzip\r\n${length}`, body),
    status: 400,
    says: 'not gzip',
  },
  {
    what: 'packed twice',
    request: post(`Content-Encoding: gzip, gzip\r\n${length}`, body),
    status: 415,
    says: 'not understood',
  },
];

it.each(attacks)('$what is refused', async (attack) => {
  expect(await outcomeOf(attack)).toEqual(refused(attack));
});
