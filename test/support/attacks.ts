// Attacks on the loopback server for tests, byte by byte on raw sockets, and what must become of each.
import { expect, onTestFinished } from 'vitest';
import { isWhole, openGateway, speak } from './gateway.ts';
import { startFakeUpstream } from './upstream/fake-upstream.ts';

export const body = '{"model":"m","messages":[]}';

export async function setUp() {
  const upstream = await startFakeUpstream(() => ({
    headers: [['content-type', 'application/json']],
    body: '{"ok":true}',
  }));
  onTestFinished(() => upstream.close());
  const gateway = await openGateway({ providers: { up: upstream.origin } });
  const { port } = gateway.server;
  return { upstream, gateway, port, key: gateway.key(), host: `127.0.0.1:${port}` };
}

export interface Attack {
  readonly what: string;
  /** The whole request; %HOST%, %PORT% and %KEY% are put in. */
  readonly request: string;
  readonly status: number;
  /** In the answer. */
  readonly says: string;
}

export const auth = 'Authorization: Bearer %KEY%\r\n';
export const json = 'Content-Type: application/json\r\n';
export const post = (more: string, content: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\nHost: %HOST%\r\n${auth}${json}${more}\r\n${content}`;
/** With its length. */
export const sized = (content: string): string => post(`Content-Length: ${content.length}\r\n`, content);
export const length = `Content-Length: ${body.length}\r\n`;
export const get = (target: string, more = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: %HOST%\r\n${auth}${more}\r\n`;
export const withHost = (host: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\n${host}${auth}${json}${length}\r\n${body}`;

/** What came of it, and what of it reached anybody. */
export async function outcomeOf({ request }: Attack) {
  const { upstream, gateway, port, key, host } = await setUp();
  const bytes = request.replaceAll('%HOST%', host).replaceAll('%PORT%', String(port)).replaceAll('%KEY%', key);
  const answer = await speak(port, bytes, isWhole);
  const [head = '', content = ''] = answer.split('\r\n\r\n');
  const { error } = JSON.parse(content) as { error: { message: string } };
  return {
    start: answer.slice(0, 12),
    isOpenToPages: head.toLowerCase().includes('access-control-'),
    message: error.message,
    requests: upstream.requests,
    received: upstream.received,
    failures: gateway.failures,
  };
}

/** It is refused with its reason, and nothing of it reaches an upstream. */
export function refused({ status, says }: Attack) {
  return {
    start: `HTTP/1.1 ${status}`,
    isOpenToPages: false,
    message: expect.stringContaining(says),
    requests: [],
    received: 0,
    failures: [],
  };
}
