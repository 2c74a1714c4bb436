// Timeline and transcript point at each other; every span is in the step list once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span, SpanKind } from '#contract/trace';
import { linkSpans, stepsOf } from '../../../../src-renderer/features/traces/span-links.ts';
import { usageOf } from '../../../../src-renderer/features/traces/span-usage.ts';

function span(id: string, kind: SpanKind, more: Partial<Span> = {}): Span {
  return { id, name: id, kind, attributes: {}, ...more };
}

describe('linkSpans', () => {
  const path = [{ id: 'root' }, { id: 'ask' }, { id: 'answer' }];

  it('takes the span that wrote a turn, the call rather than its wrapper', () => {
    const spans = [
      span('agent', 'code', { wrote: 'answer' }),
      span('call', 'model', { read: 'ask', wrote: 'answer' }),
      span('again', 'model', { read: 'ask' }),
    ];
    const links = linkSpans(spans, path);
    expect(links.spanOf('answer')).toBe(1);
    expect(links.spanOf('ask')).toBe(1);
    expect(links.spanOf('root')).toBeUndefined();
    expect(links.turnOf(0)).toBe('answer');
    expect(links.turnOf(2)).toBe('ask');
  });

  it('names no turn of another branch', () => {
    const links = linkSpans([span('call', 'model', { read: 'ask', wrote: 'elsewhere' })], path);
    expect(links.turnOf(0)).toBe('ask');
    expect(linkSpans([span('call', 'model', { wrote: 'elsewhere' })], path).turnOf(0)).toBeUndefined();
  });
});

describe('stepsOf', () => {
  it('lists children below what holds them', () => {
    const spans = [
      span('b', 'tool', { parent: 'a' }),
      span('a', 'code'),
      span('c', 'model', { parent: 'b' }),
      span('d', 'code'),
    ];
    expect(stepsOf(spans)).toEqual([
      { index: 1, depth: 0 },
      { index: 0, depth: 1 },
      { index: 2, depth: 2 },
      { index: 3, depth: 0 },
    ]);
  });

  it('lists every span exactly once, whatever the parents are', () => {
    const any = fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 12 }),
        parent: fc.option(fc.integer({ min: 0, max: 14 }), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(any, (records) => {
        const spans = records.map(({ id, parent }) =>
          span(`s${id}`, 'code', parent === undefined ? {} : { parent: `s${parent}` }),
        );
        const listed = stepsOf(spans).map((step) => step.index);
        expect(listed.toSorted((one, two) => one - two)).toEqual([...spans.keys()]);
      }),
    );
  });
});

it('reads tokens under any of their usual names, also as the strings OTLP writes', () => {
  expect(
    usageOf(span('a', 'model', { attributes: { 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': '4' } })),
  ).toEqual({ input: 3, output: 4 });
  expect(usageOf(span('a', 'model', { attributes: { 'llm.token_count.prompt': 5 } }))).toEqual({
    input: 5,
    output: undefined,
  });
  expect(usageOf(span('a', 'model', { attributes: { 'gen_ai.usage.input_tokens': 'many' } }))).toEqual({
    input: undefined,
    output: undefined,
  });
});
