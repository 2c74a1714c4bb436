// Hosts are compared by name, in one form, and never by where they lead.
import { describe, expect, it } from 'vitest';
import { allowedHost, isAllowed, placeOf, targetOf } from '#engine/egress/target';
import { Problem } from '#engine/problem';

describe('the target of a URL', () => {
  it('is in one form, however it is written', () => {
    for (const [url, host, port] of [
      ['https://API.Example.COM/v1', 'api.example.com', 443],
      ['http://api.example.com.:8080/', 'api.example.com', 8080],
      ['http://LOCALHOST./x', 'localhost', 80],
      ['http://0x7f.1:81', '127.0.0.1', 81],
      ['http://2130706433', '127.0.0.1', 80],
      ['http://0177.0.0.1', '127.0.0.1', 80],
      ['http://１２７.0.0.1', '127.0.0.1', 80],
      ['http://[::0001]:8080/', '[::1]', 8080],
      ['http://[0:0:0:0:0:0:0:1]/', '[::1]', 80],
      ['https://bücher.example', 'xn--bcher-kva.example', 443],
      ['https://exam%70le.com', 'example.com', 443],
    ] as const)
      expect(targetOf(url)).toMatchObject({ host, port });
  });

  it('keeps neither query nor fragment', () => {
    expect(targetOf('https://a.example/v1/chat?key=sk-secret#sk-secret').path).toBe('/v1/chat');
  });

  it('is refused where it is none, without saying it back', () => {
    for (const url of [
      'https://user:sk-secret@a.example/',
      'https://sk-secret@a.example/',
      'https://:sk-secret@a.example/',
      'ftp://sk-secret.example',
      'file:///sk-secret',
      'sk-secret',
      'http://sk secret/',
      'http://./sk-secret',
    ]) {
      const refusal = catchOf(() => targetOf(url));
      expect(refusal).toMatchObject({ code: 'BAD_INPUT' });
      expect(JSON.stringify([refusal.message, refusal.hint])).not.toContain('secret@');
      expect(refusal.message).not.toContain('sk-');
    }
  });

  it('reads as people write it', () => {
    expect(placeOf({ host: 'a.example', port: 443 })).toBe('a.example');
    expect(placeOf({ host: '[::1]', port: 8080 })).toBe('[::1]:8080');
  });
});

describe('a host that may be reached', () => {
  it('is in the same form', () => {
    for (const [entry, form] of [
      ['LocalHost', 'localhost'],
      [' models.lan.:08080 ', 'models.lan:8080'],
      ['[0::1]', '[::1]'],
      ['[::1]:80', '[::1]:80'],
      ['0x7f.1', '127.0.0.1'],
      ['127.1:443', '127.0.0.1:443'],
      ['bücher.example', 'xn--bcher-kva.example'],
    ] as const)
      expect(allowedHost(entry)).toBe(form);
  });

  it('is a host and nothing else', () => {
    for (const entry of [
      '',
      ' ',
      '*',
      '*.example.com',
      'a b',
      'http://a.example',
      'a.example/path',
      'user@a.example',
      'a.example:',
      'a.example:99999',
      'a.example:8080:1',
      '::1',
      '[::1',
      'a?b',
      'a#b',
      'a\\b',
      '%41.example',
      '.',
      '[fe80::1%eth0]',
      '300.1.1.1',
    ])
      expect(catchOf(() => allowedHost(entry))).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('is that one, on its port where one is named, and none that merely leads there', () => {
    const allowed = ['localhost', '127.0.0.1', '[::1]', 'models.lan:8080'];
    const may = (url: string): boolean => isAllowed(targetOf(url), allowed);
    for (const url of [
      'http://localhost',
      'https://LOCALHOST.:1234/x',
      'http://127.0.0.1:11434',
      'http://0x7f.1',
      'http://[::1]:8080',
      'http://models.lan:8080/v1',
    ])
      expect([url, may(url)]).toEqual([url, true]);
    for (const url of [
      'http://models.lan',
      'http://models.lan:8081',
      'http://x.localhost',
      'http://localhost.example',
      'http://localhost.localdomain',
      'http://127.0.0.1.nip.example',
      'http://127.0.0.2',
      'http://0.0.0.0',
      'http://[::ffff:127.0.0.1]',
      'http://[::]',
      'http://localhos\u0131t',
      'http://a.example/localhost',
      'http://a.example?127.0.0.1',
      'http://a.example#@localhost',
    ])
      expect([url, may(url)]).toEqual([url, false]);
  });
});

function catchOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was taken.');
}
