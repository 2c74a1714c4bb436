// Which headers are sent: the caller's, as they are, but for those that belong to the connection; none that would be two.
import { HttpFailure, type HttpHeader, type HttpRequest } from '#engine/network-ports';

/** The adapter's own, and those that mean the connection (RFC 9110, section 7.6.1). */
const ofConnection: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
/** RFC 9110, section 5.5: no line break, no NUL; as Latin-1, which is how they go over the wire. */
const notInValue = /[^\t\u0020-\u007e\u0080-\u00ff]/u;
const methodsWithBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * `host`: with the port where it is not the usual one. Throws HttpFailure INVALID for a method, header name or value that cannot be sent as it
 * is, before anything is; values are not said back, as they may be secrets.
 */
export function headersToSend({ method, headers, body }: HttpRequest, host: string): HttpHeader[] {
  if (!token.test(method) || method.toUpperCase() === 'CONNECT') throw invalid('Its method is none that can be sent.');
  const kept: HttpHeader[] = [['Host', host]];
  for (const [name, value] of headers) {
    if (!token.test(name)) throw invalid(`${JSON.stringify(name.slice(0, 80))} is no name of a header.`);
    if (notInValue.test(value)) throw invalid(`The value of its header ${name.slice(0, 80)} cannot be sent.`);
    if (!ofConnection.has(name.toLowerCase())) kept.push([name, value]);
  }
  if (body !== undefined || methodsWithBody.has(method)) kept.push(['Content-Length', String(body?.length ?? 0)]);
  return kept;
}

function invalid(what: string): HttpFailure {
  return new HttpFailure('INVALID', `The request was not sent. ${what}`, { sent: 0, received: 0 });
}
