// OTLP/JSON goes out equal to what came in, field for field: number types, nanoseconds, flags, counts, states, order of attributes.
import { traceDetail } from '#engine/trace/detail';
import { rawRecord } from '#engine/trace/source';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonl, workbench } from './bench.ts';

const traceId = 'e'.repeat(32);
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('1', '2', '7', 'a', 'f'), minLength: length, maxLength: length });
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.record({ stringValue: fc.string() }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), fc.integer()) }),
    fc.record({ doubleValue: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })) }),
    fc.record({ bytesValue: fc.base64String() }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: tie('list') }) }),
  ),
  list: fc.array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 }),
})).value;
const key = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom(
    'gen_ai.input.messages',
    'ai.prompt',
    'input.value',
    '__proto__',
    'atelier.otlp',
    'atelier.messages',
    '1',
  ),
);
const attributes = fc.array(fc.record({ key, value }), { maxLength: 5 });
const nanos = fc.bigInt({ min: 1n, max: 2n ** 62n }).map(String);
const count = fc.nat({ max: 9 });
const optional = { requiredKeys: [] };
const event = fc.record(
  {
    timeUnixNano: nanos,
    name: fc.constantFrom('exception', 'gen_ai.choice', 'x'),
    attributes,
    droppedAttributesCount: count,
  },
  optional,
);
const link = fc.record(
  { traceId: hex(32), spanId: hex(16), traceState: fc.string(), attributes, flags: count },
  optional,
);
const span = fc.record(
  {
    spanId: hex(16),
    parentSpanId: fc.oneof(hex(16), fc.constant('')),
    traceState: fc.string(),
    name: fc.string(),
    kind: fc.nat({ max: 6 }),
    flags: fc.nat(),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    droppedAttributesCount: count,
    events: fc.array(event, { maxLength: 3 }),
    links: fc.array(link, { maxLength: 2 }),
    status: fc.record({ code: fc.nat({ max: 2 }), message: fc.string() }, optional),
    later: fc.jsonValue(),
  },
  { requiredKeys: ['spanId'] },
);
const around = { attributes, droppedAttributesCount: count };
const request = fc
  .record({
    resource: fc.record(around, optional),
    schemaUrl: fc.string(),
    scope: fc.record({ name: fc.string(), version: fc.string(), ...around }, optional),
    spans: fc.uniqueArray(span, { selector: ({ spanId }) => spanId, minLength: 1, maxLength: 4 }),
  })
  .map(({ resource, schemaUrl, scope, spans }) => ({
    resourceSpans: [
      { resource, schemaUrl, scopeSpans: [{ scope, spans: spans.map((one) => ({ traceId, ...one })), schemaUrl }] },
    ],
  }));

test('arbitrary spans', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(request, async (made) => {
      using bench = workbench();
      const text = JSON.stringify(made);
      await bench.take(`${text}\n`, 'otlp');
      expect(JSON.parse(rawRecord(bench.store, traceId))).toEqual(JSON.parse(text));
      // What is kept for this is nobody's business who looks at the trace.
      const shown = traceDetail(bench.store, traceId).spans.flatMap((one) => Object.keys(one.attributes));
      expect(shown).not.toContain('atelier.otlp');
    }),
    { numRuns: 60 },
  );
});

test('spans of two resources in two requests come out beside each other', async () => {
  using bench = workbench();
  const part = (service: string, spanId: string): unknown => ({
    resource: {
      attributes: [
        { key: 'service.name', value: { stringValue: service } },
        { key: 'process.pid', value: { intValue: 7 } },
      ],
    },
    scopeSpans: [{ scope: { name: 's' }, spans: [{ traceId, spanId, name: 'n', attributes: [], flags: 257 }] }],
  });
  const parts = [part('a', '1'.repeat(16)), part('b', '2'.repeat(16))];
  await bench.take(jsonl(parts.map((one) => ({ resourceSpans: [one] }))));
  expect(JSON.parse(rawRecord(bench.store, traceId))).toEqual({ resourceSpans: parts });
});
