// The scanner of a request's bytes, held against JSON.parse.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Refusal } from '#hosts/gateway/refusal';
import { topLevelRanges, withValue } from '#hosts/gateway/top-level';

/** JSON text of any object, oddly spaced and escaped, with a model and a stream at any place or nowhere. */
const objects = fc
  .record({
    members: fc.array(fc.tuple(fc.string(), fc.jsonValue({ maxDepth: 4 }))),
    model: fc.option(fc.string(), { nil: undefined }),
    stream: fc.option(fc.boolean(), { nil: undefined }),
    at: fc.nat(),
    space: fc.constantFrom('', ' ', '\n\t', '\r\n '),
    isEscaped: fc.boolean(),
  })
  .map(({ members, model, stream, at, space, isEscaped }) => {
    const all = new Map<string, string>(members.map(([name, value]) => [name, JSON.stringify(value)]));
    all.delete('model');
    all.delete('stream');
    const list = [...all];
    if (model !== undefined) list.splice(at % (list.length + 1), 0, ['model', JSON.stringify(model)]);
    if (stream !== undefined) list.splice(at % (list.length + 1), 0, ['stream', JSON.stringify(stream)]);
    const name = (text: string): string =>
      isEscaped && text === 'model' ? '"\\u006d\\u006Fdel"' : JSON.stringify(text);
    const text = `${space}{${space}${list.map(([key, value]) => `${name(key)}${space}:${space}${value}`).join(`${space},${space}`)}${space}}${space}`;
    return { text, model, stream };
  });

it('finds the values of the members that it looks for, and no others', () => {
  fc.assert(
    fc.property(objects, ({ text, model, stream }) => {
      const body = Buffer.from(text);
      const ranges = topLevelRanges(body);
      const at = (range: { readonly start: number; readonly end: number } | undefined): string | undefined =>
        range === undefined ? undefined : body.toString('utf8', range.start, range.end);
      expect(at(ranges.model)).toBe(model === undefined ? undefined : JSON.stringify(model));
      expect(at(ranges.stream)).toBe(stream === undefined ? undefined : String(stream));
    }),
    { numRuns: 500 },
  );
});

it('puts another model in and leaves every other byte', () => {
  fc.assert(
    fc.property(objects, fc.string(), ({ text, model }, next) => {
      fc.pre(model !== undefined);
      const body = Buffer.from(text);
      const range = topLevelRanges(body).model;
      if (range === undefined) throw new Error('not found');
      const changed = withValue(body, range, next);
      expect(JSON.parse(changed.toString())).toEqual({ ...(JSON.parse(text) as object), model: next });
      expect(changed.subarray(0, range.start)).toEqual(body.subarray(0, range.start));
      expect(changed.subarray(changed.length - (body.length - range.end))).toEqual(body.subarray(range.end));
    }),
    { numRuns: 300 },
  );
});

it('is not misled by what is inside, by quotes, or by what only looks like it', () => {
  const found = (text: string): string | undefined => {
    const { model } = topLevelRanges(Buffer.from(text));
    return model === undefined ? undefined : text.slice(model.start, model.end);
  };
  expect(found('{"a":"\\"model\\":\\"x\\"","model":"y"}')).toBe('"y"');
  expect(found('{"a":"\\\\","model":"y"}')).toBe('"y"');
  expect(found('{"a":["model","x",{"model":"z"}],"b":"model"}')).toBeUndefined();
  expect(found('{"Model":"x","models":"x","model ":"x"}')).toBeUndefined();
  expect(found('{"model":{"model":"x"}}')).toBe('{"model":"x"}');
  expect(found('{}')).toBeUndefined();
});

it('refuses a member that stands twice, and what is nested too deep', () => {
  expect(() => topLevelRanges(Buffer.from('{"stream":true,"x":1,"stre\\u0061m":false}'))).toThrow('"stream" twice');
  expect(() => topLevelRanges(Buffer.from(`{"a":${'['.repeat(250)}${']'.repeat(250)}}`))).toThrow('nested');
  expect(() => topLevelRanges(Buffer.from(`{"a":${'['.repeat(249)}${']'.repeat(249)}}`))).not.toThrow();
});

it('refuses what is small but would be large when it is read, not long texts and lists of numbers', () => {
  const of =
    (inside: string): (() => unknown) =>
    () =>
      topLevelRanges(Buffer.from(`{"a":[${inside}0]}`));
  expect(of('[],'.repeat(300_000))).toThrow('over 300,000');
  expect(of('{},'.repeat(300_000))).toThrow('over 300,000');
  expect(of('{"a":1},'.repeat(150_000))).toThrow('over 300,000');
  expect(of('{"a":1},'.repeat(140_000))).not.toThrow();
  expect(of('1,'.repeat(2_000_000))).not.toThrow();
  expect(of(`"${'[{:'.repeat(400_000)}",`)).not.toThrow();
});

it('takes any bytes, for others to say what they are', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', 'u', '\n', 'model') }),
      (text) => {
        expect([{ status: 400 }, undefined]).toContainEqual(refusalOf(text));
      },
    ),
  );
});

/** Its status; undefined where the text was taken. Throws what is no refusal. */
function refusalOf(text: string): { readonly status: number } | undefined {
  try {
    topLevelRanges(Buffer.from(text));
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status };
    throw error;
  }
}
