// Hosts allowed while offline, as people write them: never wider than what was written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryFor, hostEntryOf, withHost } from '../../../../src-renderer/features/egress/allow-list.ts';

describe('a host', () => {
  it.each([
    ['localhost', 'localhost'],
    [' Models.LAN ', 'models.lan'],
    ['models.lan:8080', 'models.lan:8080'],
    ['https://api.example.com/v1?x#y', 'api.example.com'],
    ['http://models.lan:80/', 'models.lan:80'],
    ['https://api.example.com:443', 'api.example.com:443'],
    ['[::1]', '[::1]'],
    ['[::1]:11434', '[::1]:11434'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['host:0080', 'host:80'],
  ])('%j is %j', (text, host) => expect(hostEntryOf(text)).toEqual({ ok: true, host }));

  it.each(['', '   ', ':80', 'a b', 'host:0', 'host:70000', 'host:port', 'ada@host', '::1', '*', 'https://'])(
    '%j is refused in words',
    (text) => expect(hostEntryOf(text)).toEqual({ ok: false, fault: expect.any(String) as string }),
  );

  it('with a port keeps it, and is the same when read again', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{1,12}(\.[a-z]{2,5})?$/),
        fc.integer({ min: 1, max: 65_535 }),
        (name, port) => {
          const first = hostEntryOf(`${name}:${port}`);
          expect(first).toEqual({ ok: true, host: `${name}:${port}` });
          expect(hostEntryOf(first.ok ? first.host : '')).toEqual(first);
        },
      ),
    );
  });
});

it('the list takes a host once, at its end', () => {
  expect(withHost(['a'], 'b')).toEqual(['a', 'b']);
  expect(withHost(['a', 'b'], 'a')).toEqual(['a', 'b']);
});

it('what was refused is allowed by its host, with its port where that is unusual', () => {
  expect([entryFor('api.example.com', 443), entryFor('h', 80), entryFor('h', 8080)]).toEqual([
    'api.example.com',
    'h',
    'h:8080',
  ]);
});
