// Reads the state of an agent: its keys, and how updates change them.
import type { Expression } from 'oxc-parser';
import { z } from 'zod';
import type { GraphKey } from '#contract/agent';
import type { Member } from './literals.ts';
import { nearest } from '../nearest.ts';
import type { Reading } from './reading.ts';

type Channel = GraphKey['channel'];

/** Constructor of a channel → what it makes, and whether it takes a schema. */
const channels: Readonly<
  Record<string, { readonly channel: Channel; readonly takes: 'schema' | 'options' | 'nothing' }>
> = {
  input: { channel: 'input', takes: 'schema' },
  append: { channel: 'append', takes: 'schema' },
  merge: { channel: 'merge', takes: 'schema' },
  sum: { channel: 'sum', takes: 'nothing' },
  messages: { channel: 'append', takes: 'nothing' },
  reduce: { channel: 'reduce', takes: 'options' },
};
const zodNames: ReadonlySet<string> = new Set(Object.keys(z));

/** Keys in their order; `whole`: none is hidden in something that cannot be read. */
export function readState(
  reading: Reading,
  expression: Expression,
): { readonly keys: readonly GraphKey[]; readonly whole: boolean } {
  const state = reading.object(
    expression,
    'the state',
    'Write it as an object: `state: { question: input(z.string()) }`.',
  );
  if (state === undefined) return { keys: [], whole: false };
  return { keys: state.list.map((member) => readKey(reading, member)), whole: state.whole };
}

function readKey(reading: Reading, { name, value, span }: Member): GraphKey {
  const range = reading.range(span);
  const at = reading.scope.resolve(value);
  if (at.type === 'CallExpression') {
    const made = channels[reading.scope.nameIn('atelier', at.callee) ?? ''];
    if (made !== undefined) {
      checkArgument(reading, name, at, made.takes);
      return { name, channel: made.channel, range };
    }
  }
  checkSchema(reading, value, `The key "${name}"`);
  return { name, channel: 'last', range };
}

function checkArgument(
  reading: Reading,
  name: string,
  call: Extract<Expression, { type: 'CallExpression' }>,
  takes: 'schema' | 'options' | 'nothing',
): void {
  const [first] = call.arguments;
  const made = reading.source.slice(call.callee);
  if (takes === 'nothing') return;
  if (first === undefined || first.type === 'SpreadElement') {
    const example = takes === 'schema' ? `${made}(z.string())` : `${made}({ value, update, initial, reducer })`;
    reading.report('bad-schema', call, `The key "${name}" has a reducer without a schema.`, `Write \`${example}\`.`);
  } else if (takes === 'schema') checkSchema(reading, first, `The reducer of "${name}"`);
}

/** Reports what cannot be a zod schema, whatever the running file would make of it. */
export function checkSchema(reading: Reading, expression: Expression, what: string): void {
  const wrong = notASchema(reading, expression);
  if (wrong === undefined) return;
  reading.report('bad-schema', expression, `${what} has no zod schema: ${wrong.cause}.`, wrong.suggestion);
}

interface Wrong {
  readonly cause: string;
  readonly suggestion: string;
}

function notASchema(reading: Reading, expression: Expression): Wrong | undefined {
  const { scope, source } = reading;
  const at = scope.resolve(expression);
  const written = source.slice(expression).slice(0, 60);
  switch (at.type) {
    case 'Literal':
    case 'TemplateLiteral':
      return { cause: `${written} is a value`, suggestion: `Write its type: \`${typeSuggestion(at)}\`.` };
    case 'ObjectExpression':
      return { cause: 'an object literal is a value', suggestion: 'Write `z.object({ … })`.' };
    case 'ArrayExpression':
      return {
        cause: 'an array literal is a value',
        suggestion: 'Write `z.array(…)`, or `append(…)` for a list that grows.',
      };
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return { cause: 'a function is no schema', suggestion: 'Write a schema such as `z.string()`.' };
    case 'Identifier':
      return identifierWrong(at.name, reading);
    case 'MemberExpression': {
      const name = isZod(at.object, reading) && at.property.type === 'Identifier' ? at.property.name : undefined;
      if (name === undefined || at.computed) return undefined;
      return unknownZod(name) ?? { cause: `${written} is not called`, suggestion: `Write \`${written}()\`.` };
    }
    case 'CallExpression':
      return calledWrong(at, reading);
    default:
      return undefined;
  }
}

function identifierWrong(name: string, { scope }: Reading): Wrong | undefined {
  if (['String', 'Number', 'Boolean', 'Object', 'Array', 'Date'].includes(name) && !scope.imports.has(name))
    return { cause: `${name} is not a schema`, suggestion: `Write \`z.${name.toLowerCase()}()\`.` };
  if (name === 'undefined') return { cause: 'it is undefined', suggestion: 'Write a schema such as `z.string()`.' };
  const from = scope.imports.get(name);
  if (from?.module === 'atelier' && channels[from.name] !== undefined)
    return { cause: `${name} is not called`, suggestion: `Write \`${name}(z.string())\`.` };
  return undefined;
}

/** `z.strng().optional()`: the first name after `z` is looked at. */
function calledWrong(call: Extract<Expression, { type: 'CallExpression' }>, reading: Reading): Wrong | undefined {
  let at: Expression = call;
  for (let step = 0; step < 1000; step++) {
    if (at.type === 'CallExpression') {
      const from = reading.scope.nameIn('atelier', at.callee);
      if (from !== undefined && channels[from] === undefined)
        return { cause: `\`${from}\` makes no schema`, suggestion: 'Write a schema such as `z.string()`.' };
      at = at.callee;
    } else if (at.type === 'MemberExpression') {
      if (isZod(at.object, reading) && !at.computed && at.property.type === 'Identifier')
        return unknownZod(at.property.name);
      at = at.object;
    } else return undefined;
  }
  return undefined;
}

/** `import { z }`, `import * as z`, `import z`. */
function isZod(expression: Expression, { scope }: Reading): boolean {
  const from = expression.type === 'Identifier' ? scope.imports.get(expression.name) : undefined;
  return from?.module === 'zod' && ['z', '*', 'default'].includes(from.name);
}

function unknownZod(name: string): Wrong | undefined {
  if (zodNames.has(name)) return undefined;
  const near = nearest(name, zodNames);
  const suggestion = near === undefined ? 'See the documentation of zod.' : `Did you mean \`z.${near}\`?`;
  return { cause: `zod has no \`${name}\``, suggestion };
}

function typeSuggestion(at: Extract<Expression, { type: 'Literal' | 'TemplateLiteral' }>): string {
  if (at.type === 'TemplateLiteral' || typeof at.value === 'string') return 'z.string()';
  if (typeof at.value === 'number') return 'z.number()';
  return typeof at.value === 'boolean' ? 'z.boolean()' : 'z.unknown()';
}
