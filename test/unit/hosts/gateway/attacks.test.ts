// Attacks on the loopback server by where they ask, for whom and with which key: each is refused, and nothing of it reaches an upstream.
import { expect, it } from 'vitest';
import { auth, body, get, length, post, setUp, withHost, outcomeOf, refused, type Attack } from '#test/attacks';
import { speak } from '#test/gateway';

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
];

it.each(attacks)('$what is refused', async (attack) => {
  expect(await outcomeOf(attack)).toEqual(refused(attack));
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
