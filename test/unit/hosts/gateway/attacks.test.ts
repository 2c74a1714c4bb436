// Attacks on the loopback server, byte by byte on raw sockets: each is refused with a reason, and nothing of it reaches an upstream.
import { expect, it, onTestFinished } from 'vitest';
import { isWhole, openGateway, speak } from '#test/gateway';
import { startFakeUpstream } from '#test/upstream/fake-upstream';

const body = '{"model":"m","messages":[]}';

async function setUp() {
  const upstream = await startFakeUpstream(() => ({
    headers: [['content-type', 'application/json']],
    body: '{"ok":true}',
  }));
  onTestFinished(() => upstream.close());
  const gateway = await openGateway({ providers: { up: upstream.origin } });
  const { port } = gateway.server;
  return { upstream, gateway, port, key: gateway.key(), host: `127.0.0.1:${port}` };
}

interface Attack {
  readonly what: string;
  /** The whole request; %HOST%, %PORT% and %KEY% are put in. */
  readonly request: string;
  readonly status: number;
  /** In the answer. */
  readonly says: string;
}

const auth = 'Authorization: Bearer %KEY%\r\n';
const json = 'Content-Type: application/json\r\n';
const post = (more: string, content: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n${auth}${json}${more}\r\n${content}`;
/** With its length. */
const sized = (content: string): string => post(`Content-Length: ${content.length}\r\n`, content);
const length = `Content-Length: ${body.length}\r\n`;
const get = (target: string, more = ''): string => `GET ${target} HTTP/1.1\r\nHost: %HOST%\r\n${auth}${more}\r\n`;
const withHost = (host: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\n${host}${auth}${json}${length}\r\n${body}`;

const attacks: readonly Attack[] = [
  // DNS rebinding: a name that somebody else made point here.
  { what: 'a foreign host', request: withHost('Host: evil.example\r\n'), status: 421, says: 'another host' },
  {
    what: 'a foreign host with our port',
    request: withHost('Host: evil.example:%PORT%\r\n'),
    status: 421,
    says: 'another host',
  },
  { what: 'no port', request: withHost('Host: 127.0.0.1\r\n'), status: 421, says: 'another host' },
  { what: 'another port', request: withHost('Host: 127.0.0.1:1\r\n'), status: 421, says: 'another host' },
  {
    what: 'a host that begins like ours',
    request: withHost('Host: localhost:%PORT%.evil.example\r\n'),
    status: 421,
    says: 'another host',
  },
  { what: 'another loopback name', request: withHost('Host: [::1]:%PORT%\r\n'), status: 421, says: 'another host' },
  { what: 'any address', request: withHost('Host: 0.0.0.0:%PORT%\r\n'), status: 421, says: 'another host' },
  {
    what: 'user information in the host',
    request: withHost('Host: localhost:%PORT%@evil.example\r\n'),
    status: 421,
    says: 'another host',
  },
  { what: 'no host', request: withHost(''), status: 421, says: 'another host' },
  { what: 'two hosts', request: withHost('Host: %HOST%\r\nHost: %HOST%\r\n'), status: 400, says: 'stands twice' },
  { what: 'an empty host', request: withHost('Host:\r\n'), status: 421, says: 'another host' },
  // Cross-site requests.
  {
    what: 'a page of another site',
    request: post(`Origin: https://evil.example\r\n${length}`, body),
    status: 403,
    says: 'other origins',
  },
  {
    what: 'a page without an origin of its own',
    request: post(`Origin: null\r\n${length}`, body),
    status: 403,
    says: 'other origins',
  },
  {
    what: 'a page of another port',
    request: post(`Origin: http://127.0.0.1:1\r\n${length}`, body),
    status: 403,
    says: 'other origins',
  },
  {
    what: 'a page of the other name of this host',
    request: post(`Origin: http://localhost:%PORT%\r\n${length}`, body),
    status: 403,
    says: 'other origins',
  },
  {
    what: 'our origin over https',
    request: post(`Origin: https://%HOST%\r\n${length}`, body),
    status: 403,
    says: 'other origins',
  },
  { what: 'an empty origin', request: post(`Origin:\r\n${length}`, body), status: 403, says: 'other origins' },
  {
    what: 'two origins',
    request: post(`Origin: http://%HOST%\r\nOrigin: https://evil.example\r\n${length}`, body),
    status: 403,
    says: 'other origins',
  },
  {
    what: 'a cross-site fetch',
    request: post(`Sec-Fetch-Site: cross-site\r\n${length}`, body),
    status: 403,
    says: 'other sites',
  },
  {
    what: 'a fetch from another port',
    request: post(`Sec-Fetch-Site: same-site\r\n${length}`, body),
    status: 403,
    says: 'other sites',
  },
  {
    what: 'a form that says it is text',
    request: `POST /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n${auth}Content-Type: text/plain\r\n${length}\r\n${body}`,
    status: 415,
    says: 'must be JSON',
  },
  {
    what: 'a form',
    request: `POST /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n${auth}Content-Type: application/x-www-form-urlencoded\r\n${length}\r\n${body}`,
    status: 415,
    says: 'must be JSON',
  },
  {
    what: 'no content type',
    request: `POST /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n${auth}${length}\r\n${body}`,
    status: 415,
    says: 'must be JSON',
  },
  {
    what: 'a preflight',
    request: `OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
    status: 403,
    says: 'other origins',
  },
  {
    what: 'OPTIONS',
    request: `OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n\r\n`,
    status: 405,
    says: 'CORS',
  },
  // Keys.
  { what: 'no key', request: `GET /v1/models HTTP/1.1\r\nHost: %HOST%\r\n\r\n`, status: 401, says: 'key is needed' },
  {
    what: 'a wrong key',
    request: `GET /v1/models HTTP/1.1\r\nHost: %HOST%\r\nAuthorization: Bearer atl-${'x'.repeat(43)}\r\n\r\n`,
    status: 401,
    says: 'not known',
  },
  {
    what: 'what is no key',
    request: `GET /v1/models HTTP/1.1\r\nHost: %HOST%\r\nx-api-key: sk-123\r\n\r\n`,
    status: 401,
    says: 'atl-',
  },
  {
    what: 'basic authorization',
    request: `GET /v1/models HTTP/1.1\r\nHost: %HOST%\r\nAuthorization: Basic YTpi\r\n\r\n`,
    status: 401,
    says: 'bearer',
  },
  {
    what: 'two different keys',
    request: get('/v1/models', 'x-api-key: atl-other\r\n'),
    status: 400,
    says: 'two different keys',
  },
  { what: 'the same header twice', request: get('/v1/models', auth), status: 400, says: 'stands twice' },
  { what: 'a key in the query', request: get('/v1/models?key=abc'), status: 400, says: 'does not belong in a URL' },
  {
    what: 'an api_key in the query',
    request: get('/v1/models?x=1&api_key=abc'),
    status: 400,
    says: 'does not belong in a URL',
  },
  {
    what: 'an access token in the query',
    request: get('/v1/models?access_token=abc'),
    status: 400,
    says: 'does not belong in a URL',
  },
  {
    what: 'an encoded name of a key in the query',
    request: get('/v1/models?api%5Fkey=abc'),
    status: 400,
    says: 'does not belong in a URL',
  },
  {
    what: 'the key as any parameter',
    request: get('/v1/models?q=%KEY%'),
    status: 400,
    says: 'does not belong in a URL',
  },
  { what: 'the key in the path', request: get('/v1/models/%KEY%'), status: 400, says: 'does not belong in a URL' },
  // Paths and methods.
  { what: 'dots', request: get('/v1/../api/secret'), status: 400, says: 'path is not plain' },
  { what: 'dots at the end', request: get('/v1/..'), status: 400, says: 'path is not plain' },
  { what: 'one dot', request: get('/v1/./models'), status: 400, says: 'path is not plain' },
  { what: 'encoded dots', request: get('/v1/%2e%2e/api'), status: 400, says: 'path is not plain' },
  { what: 'half encoded dots', request: get('/v1/.%2E/api'), status: 400, says: 'path is not plain' },
  { what: 'two slashes', request: get('//v1/models'), status: 400, says: 'path is not plain' },
  { what: 'two slashes inside', request: get('/v1//models'), status: 400, says: 'path is not plain' },
  { what: 'a backslash', request: get('/v1\\models'), status: 400, says: 'path is not plain' },
  { what: 'an encoded backslash', request: get('/v1/%5c..%5capi'), status: 400, says: 'path is not plain' },
  { what: 'an encoded slash', request: get('/v1%2fmodels'), status: 400, says: 'path is not plain' },
  {
    what: 'an encoded slash of a response',
    request: get('/v1/responses/..%2f..%2fadmin'),
    status: 400,
    says: 'path is not plain',
  },
  { what: 'dots in the name of a model', request: get('/v1/models/..%2f..%2fapi'), status: 404, says: 'not among' },
  { what: 'an encoded NUL', request: get('/v1/models/%00'), status: 400, says: 'path is not plain' },
  {
    what: 'an encoded line end',
    request: get('/v1/responses/a%0d%0aX-Evil:%20b'),
    status: 400,
    says: 'path is not plain',
  },
  { what: 'a broken encoding', request: get('/v1/models/%zz'), status: 400, says: 'path is not plain' },
  { what: 'an encoding that is not UTF-8', request: get('/v1/models/%ff'), status: 400, says: 'UTF-8' },
  { what: 'a fragment', request: get('/v1/models#x'), status: 400, says: 'path is not plain' },
  { what: 'an absolute target', request: get('http://127.0.0.1/v1/models'), status: 400, says: 'path is not plain' },
  {
    what: 'an absolute target elsewhere',
    request: get('http://evil.example/v1/models'),
    status: 400,
    says: 'path is not plain',
  },
  {
    what: 'user information',
    request: get('http://user:pass@127.0.0.1/v1/models'),
    status: 400,
    says: 'path is not plain',
  },
  { what: 'a star', request: `OPTIONS * HTTP/1.1\r\nHost: %HOST%\r\n\r\n`, status: 405, says: 'CORS' },
  { what: 'a star for a path', request: get('*'), status: 400, says: '' },
  { what: 'a long path', request: get(`/v1/${'a'.repeat(9000)}`), status: 414, says: 'characters long' },
  { what: 'a path that is not there', request: get('/v2/models'), status: 404, says: 'nothing at' },
  { what: 'a path that is not carried', request: get('/v1/files'), status: 404, says: 'does not carry' },
  {
    what: 'a tunnel',
    request: `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`,
    status: 405,
    says: 'no proxy',
  },
  {
    what: 'TRACE',
    request: `TRACE /v1/models HTTP/1.1\r\nHost: %HOST%\r\n${auth}\r\n`,
    status: 405,
    says: 'not answered',
  },
  {
    what: 'DELETE',
    request: `DELETE /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n${auth}\r\n`,
    status: 405,
    says: 'not carried',
  },
  { what: 'a GET where there is a POST', request: get('/v1/chat/completions'), status: 405, says: 'not carried' },
  {
    what: 'an unknown method',
    request: `EVIL /v1/models HTTP/1.1\r\nHost: %HOST%\r\n${auth}\r\n`,
    status: 400,
    says: 'not HTTP',
  },
  {
    what: 'a WebSocket',
    request: get('/v1/models', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'),
    status: 404,
    says: 'no WebSocket',
  },
  {
    what: 'a WebSocket of another site',
    request: get('/v1/models', 'Origin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'),
    status: 403,
    says: 'other origins',
  },
  { what: 'HTTP/2 by prior knowledge', request: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400, says: 'not HTTP' },
  {
    what: 'another version',
    request: 'GET /v1/models HTTP/3.1\r\nHost: %HOST%\r\n\r\n',
    status: 400,
    says: 'not HTTP',
  },
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

it.each(attacks)('$what is refused', async ({ request, status, says }) => {
  const { upstream, gateway, port, key, host } = await setUp();
  const bytes = request.replaceAll('%HOST%', host).replaceAll('%PORT%', String(port)).replaceAll('%KEY%', key);
  const answer = await speak(port, bytes, isWhole);
  expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
  const [head = '', content = ''] = answer.split('\r\n\r\n');
  expect(head.toLowerCase()).not.toContain('access-control-');
  const { error } = JSON.parse(content) as { error: { message: string } };
  expect(error.message).toContain(says);
  expect(upstream.requests).toEqual([]);
  expect(upstream.received).toBe(0);
  expect(gateway.failures).toEqual([]);
});

it('lets in what is right', async () => {
  const { upstream, port, key, host } = await setUp();
  const fill = (text: string): string =>
    text.replaceAll('%HOST%', host).replaceAll('%PORT%', String(port)).replaceAll('%KEY%', key);
  const right = [
    post(length, body),
    post(`Origin: http://${host}\r\nSec-Fetch-Site: same-origin\r\n${length}`, body),
    withHost('Host: localhost:%PORT%\r\n'),
    post('Transfer-Encoding: chunked\r\n', `1b\r\n${body}\r\n0\r\n\r\n`),
    post(`Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n${length}`, body),
  ];
  for (const one of right) expect(await speak(port, fill(one), '{"ok":true}')).toContain('HTTP/1.1 200 Played');
  expect(upstream.requests.map((request) => request.body)).toEqual(right.map(() => body));
});
