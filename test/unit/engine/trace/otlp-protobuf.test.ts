// OTLP in protobuf becomes the JSON that OTLP/JSON would be; damaged bytes are refused with a reason, whatever they are.
import { decodeOtlp } from '#engine/trace/import/otlp-protobuf';
import { Problem } from '#engine/problem';
import {
  attribute,
  bytes,
  double,
  exportRequest,
  fixed32,
  fixed64,
  header,
  message,
  number,
  spanBody,
  text,
  traceId,
  varint,
} from '#test/otlp-protobuf';
import fc from 'fast-check';
import { expect, test } from 'vitest';

function onlySpan(request: Uint8Array): unknown {
  const decoded = decodeOtlp(request) as { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] };
  return decoded.resourceSpans[0]?.scopeSpans[0]?.spans[0];
}

function refusal(request: Uint8Array): Problem {
  try {
    decodeOtlp(request);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

test('every field of a request stands where OTLP/JSON has it', () => {
  const span = spanBody(
    '00000000000000a1',
    'chat',
    text(3, 'k=v'),
    bytes(4, Buffer.from('00000000000000a0', 'hex')),
    number(6, 3),
    attribute('a', text(1, 'ä')),
    number(10, 7),
    message(11, fixed64(1, 5n), text(2, 'event'), message(3, text(1, 'b'), message(2, number(2, 1)))),
    number(12, 1),
    message(13, bytes(1, Buffer.from(traceId, 'hex')), bytes(2, Buffer.alloc(8, 1)), fixed32(6, 0x301)),
    message(15, text(2, 'broken'), number(3, 2)),
    fixed32(16, 0x101),
  );
  expect(decodeOtlp(exportRequest(span))).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeSpans: [
          {
            scope: { name: 'by.hand', version: '1.2.3' },
            spans: [
              {
                traceId,
                spanId: '00000000000000a1',
                name: 'chat',
                startTimeUnixNano: '1719000000123456789',
                endTimeUnixNano: '1719000001000000001',
                traceState: 'k=v',
                parentSpanId: '00000000000000a0',
                kind: 3,
                attributes: [{ key: 'a', value: { stringValue: 'ä' } }],
                droppedAttributesCount: 7,
                events: [{ timeUnixNano: '5', name: 'event', attributes: [{ key: 'b', value: { boolValue: true } }] }],
                droppedEventsCount: 1,
                links: [{ traceId, spanId: '0101010101010101', flags: 0x301 }],
                status: { message: 'broken', code: 2 },
                flags: 0x101,
              },
            ],
          },
        ],
      },
    ],
  });
});

test.each([
  ['int', number(3, 42), { intValue: '42' }],
  ['the least int', number(3, -(2n ** 63n)), { intValue: '-9223372036854775808' }],
  ['the greatest int', number(3, 2n ** 63n - 1n), { intValue: '9223372036854775807' }],
  ['an int that no double holds', number(3, 2n ** 53n + 1n), { intValue: '9007199254740993' }],
  ['minus one', number(3, -1), { intValue: '-1' }],
  ['double', double(4, 0.1), { doubleValue: 0.1 }],
  ['NaN', double(4, Number.NaN), { doubleValue: 'NaN' }],
  ['infinity', double(4, Number.NEGATIVE_INFINITY), { doubleValue: '-Infinity' }],
  ['bytes', bytes(7, Buffer.from([0, 255])), { bytesValue: 'AP8=' }],
  ['list', message(5, message(1, text(1, 'x')), message(1)), { arrayValue: { values: [{ stringValue: 'x' }, {}] } }],
  [
    'map',
    message(6, message(1, text(1, '__proto__'), message(2, number(2, 0)))),
    { kvlistValue: { values: [{ key: '__proto__', value: { boolValue: false } }] } },
  ],
  ['of two the last', Buffer.concat([text(1, 'first'), number(3, 2)]), { intValue: '2' }],
  ['nothing', Buffer.alloc(0), {}],
])('value: %s', (_, value, expected) => {
  const span = spanBody('00000000000000a1', 'x', attribute('key', value));
  expect(onlySpan(exportRequest(span))).toMatchObject({ attributes: [{ key: 'key', value: expected }] });
});

test('what is not known is passed over, a known field of another type too; a message in two parts is one', () => {
  const unknown = [number(99, 1), text(100, 'x'), fixed64(101, 1n), fixed32(102, 1), number(5, 3)];
  const span = spanBody('00000000000000a1', 'x', ...unknown, message(15, number(3, 2)), message(15, text(2, 'two')));
  expect(onlySpan(exportRequest(span))).toMatchObject({ name: 'x', status: { code: 2, message: 'two' } });
});

test.each([
  ['cut inside a message', exportRequest(spanBody('00000000000000a1', 'x')).subarray(0, 60), /bytes should follow/],
  ['a length that leads out of its message', Buffer.concat([header(1, 2), varint(2n ** 40n)]), /bytes should follow/],
  ['a length near two to the 64', Buffer.concat([header(1, 2), varint(2n ** 64n - 1n)]), /bytes should follow/],
  ['a group', Buffer.concat([header(1, 3), header(1, 4)]), /wire type 3/],
  ['a wire type that is none', header(9, 7), /wire type 7/],
  ['a field number 0', Buffer.from([0x02, 0x00]), /field number 0/],
  ['an endless number', Buffer.alloc(64, 0xff), /more than ten bytes/],
  ['half a number', Buffer.from([0x80]), /ends inside a number/],
  ['half a time', exportRequest(Buffer.concat([header(7, 1), Buffer.alloc(3)])), /8 bytes should follow/],
  ['JSON', Buffer.from('{"resourceSpans":[]}'), /no OTLP in protobuf/],
])('refused: %s', (_, request, why) => {
  const problem = refusal(request);
  expect(problem.code).toBe('BAD_INPUT');
  expect(problem.message).toMatch(why);
});

test('nesting and the number of values are bounded', () => {
  let value = text(1, 'deep');
  for (let depth = 0; depth < 200; depth += 1) value = message(5, message(1, value));
  expect(refusal(exportRequest(spanBody('00000000000000a1', 'x', attribute('k', value)))).message).toMatch(
    /nested over/,
  );
  const crowd = message(1, message(2, Buffer.alloc(2_400_000).fill(Buffer.from([0x12, 0x00]))));
  expect(refusal(crowd).message).toMatch(/over 1,000,000 values/);
});

test('arbitrary and mutated bytes: a value or a Problem, nothing else', () => {
  const valid = exportRequest(
    spanBody(
      '00000000000000a1',
      'chat',
      attribute('a', message(6, message(1, text(1, 'k'), message(2, double(4, 2))))),
      message(11, text(2, 'event')),
      message(15, number(3, 2)),
    ),
  );
  let taken = 0;
  let refused = 0;
  const take = (input: Uint8Array): void => {
    try {
      JSON.stringify(decodeOtlp(input));
      taken += 1;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused += 1;
    }
  };
  const change = fc.record({ at: fc.nat(valid.length - 1), byte: fc.nat(255), cut: fc.nat(valid.length) });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), take), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const mutated = Buffer.from(valid);
      for (const { at, byte } of changes) mutated[at] = byte;
      take(mutated);
      take(mutated.subarray(0, changes[0]?.cut));
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(100);
});
