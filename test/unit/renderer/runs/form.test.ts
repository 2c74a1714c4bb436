// Forms made from the schemas that zod writes, and what comes of what is typed into them.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import fc from 'fast-check';
import { jsonSchema, type Json, type JsonObject } from '#contract/turn';
import { draftOf, fill } from '../../../../src-renderer/features/runs/form-draft.ts';
import { formOf, type FormField } from '../../../../src-renderer/features/runs/form-model.ts';
import { isObject } from '../../../../src-renderer/lib/json-kinds.ts';

/** As the runner writes it. */
function schemaOf(type: z.ZodType): JsonObject {
  const parsed = jsonSchema.parse(JSON.parse(JSON.stringify(z.toJSONSchema(type, { io: 'input' }))));
  if (!isObject(parsed)) throw new Error('A schema is an object.');
  return parsed;
}

function memberOf(type: z.ZodObject, name: string): FormField | undefined {
  const form = formOf(schemaOf(type));
  return form.kind === 'group' ? form.members.find(([key]) => key === name)?.[1] : undefined;
}

describe('fields', () => {
  test('each type has its control', () => {
    const form = formOf(
      schemaOf(
        z.object({
          text: z.string(),
          mail: z.email(),
          count: z.int().min(1).max(9),
          share: z.number(),
          on: z.boolean(),
          kind: z.enum(['a', 'b']),
          tags: z.array(z.string()).max(3),
          customer: z.object({ name: z.string() }),
          anything: z.unknown(),
          map: z.record(z.string(), z.number()),
        }),
      ),
    );
    const kinds = form.kind === 'group' ? form.members.map(([name, { kind }]) => [name, kind]) : [];
    expect(Object.fromEntries(kinds)).toEqual({
      text: 'text',
      mail: 'text',
      count: 'number',
      share: 'number',
      on: 'boolean',
      kind: 'choice',
      tags: 'list',
      customer: 'group',
      anything: 'json',
      map: 'json',
    });
  });

  test('titles, descriptions and initial values are those of the schema; a name becomes words', () => {
    const type = z.object({
      orderId: z.string().default('W1').meta({ title: 'Order', description: 'Its number' }),
      shipTo: z.string(),
    });
    expect(memberOf(type, 'orderId')).toMatchObject({ label: 'Order', help: 'Its number', initial: 'W1' });
    expect(memberOf(type, 'shipTo')).toMatchObject({ label: 'Ship to', required: true });
  });

  test('null in a union makes it optional', () => {
    const field = memberOf(z.object({ order: z.string().nullable() }), 'order');
    expect(field).toMatchObject({ kind: 'text', required: false });
    const form = formOf(schemaOf(z.object({ order: z.string().nullable() })));
    expect(fill(form, draftOf(form))).toEqual({ ok: true, value: { order: null } });
  });

  test('a schema that leads to itself is JSON where it gets too deep', () => {
    const schema: JsonObject = {
      $ref: '#/$defs/tree',
      $defs: { tree: { type: 'object', properties: { next: { $ref: '#/$defs/tree' } } } },
    };
    expect(JSON.stringify(formOf(schema))).toContain('"kind":"json"');
  });

  test('limits of exact whole numbers are no news', () => {
    expect(memberOf(z.object({ count: z.int() }), 'count')).toMatchObject({ min: undefined, max: undefined });
  });
});

describe('filling', () => {
  const type = z.object({
    mail: z.string().min(1),
    note: z.string().optional(),
    copies: z.int().min(1).max(9).default(1),
    tags: z.array(z.string()).optional(),
    customer: z.object({ name: z.string(), vip: z.boolean().optional() }).optional(),
  });
  const form = formOf(schemaOf(type));

  test('what is wrong stands at its field', () => {
    const filled = fill(form, { mail: '', copies: '12', customer: { name: 'Ada', vip: undefined } });
    expect(filled.ok).toBe(false);
    expect(filled.ok ? [] : [...filled.errors]).toEqual([
      ['mail', 'This is needed.'],
      ['copies', 'At most 9.'],
    ]);
  });

  test('what is optional and empty is left out', () => {
    expect(fill(form, draftOf(form, { mail: 'hello' }))).toEqual({ ok: true, value: { mail: 'hello', copies: 1 } });
  });

  test('JSON that is none says in which line', () => {
    const json = formOf(schemaOf(z.object({ data: z.unknown() })));
    const filled = fill(json, { data: '{\n  "a": }' });
    expect(filled.ok ? undefined : filled.errors.get('data')).toContain('line 2');
  });

  test('a value that the schema takes comes out of its form as it went in', () => {
    const value = fc.record(
      {
        mail: fc.string({ minLength: 1 }),
        note: fc.string({ minLength: 1 }),
        copies: fc.integer({ min: 1, max: 9 }),
        tags: fc.array(fc.string(), { minLength: 1 }),
        customer: fc.record({ name: fc.string({ minLength: 1 }), vip: fc.boolean() }),
      },
      { requiredKeys: ['mail', 'copies'] },
    );
    fc.assert(
      fc.property(value, (input) => {
        const plain: Json = jsonSchema.parse(JSON.parse(JSON.stringify(input)));
        expect(fill(form, draftOf(form, plain))).toEqual({ ok: true, value: plain });
      }),
    );
  });
});
