// Reads what is written as a literal: JSON values, and the members of objects, through constants and spreads of the same file.
import type { Expression, ObjectExpression, PropertyKey } from 'oxc-parser';
import type { Json } from '#contract/turn';
import { isArray } from '../trace/json.ts';
import type { ModuleScope } from './module-scope.ts';
import type { Span } from './source-text.ts';

export interface Member {
  readonly name: string;
  readonly value: Expression;
  /** Of the whole property, and of its name. */
  readonly span: Span;
  readonly nameSpan: Span;
}

export interface Members {
  /** By name, in the order in which the running file would have them; where a name comes twice, the last. */
  readonly list: readonly Member[];
  /** Names that one literal gives twice. */
  readonly twice: readonly Member[];
  /** What only the running file knows: spreads of something else, computed names, getters. */
  readonly unread: readonly Span[];
}

/** Constants may be made of one another many times over: so much is looked at for one value, and nested so deep. */
interface Effort {
  left: number;
}
const mostLooks = 200_000;
const deepest = 64;

export function membersOf(
  object: ObjectExpression,
  scope: ModuleScope,
  effort: Effort = { left: mostLooks },
  deep = 0,
): Members {
  const found = new Map<string, Member>();
  const twice: Member[] = [];
  const unread: Span[] = [];
  const read = (literal: ObjectExpression, depth: number): void => {
    const own = new Set<string>();
    for (const property of literal.properties) {
      effort.left -= 1;
      if (property.type === 'SpreadElement') {
        const spread = scope.resolve(property.argument);
        if (spread.type === 'ObjectExpression' && depth < deepest && effort.left > 0) read(spread, depth + 1);
        else unread.push(property);
        continue;
      }
      const name = nameOf(property.key, property.computed, scope, effort, depth);
      if (name === undefined || property.kind !== 'init') {
        unread.push(property);
        continue;
      }
      const member = { name, value: property.value, span: property, nameSpan: property.key };
      if (own.has(name)) twice.push(member);
      own.add(name);
      found.set(name, member);
    }
  };
  read(object, deep);
  return { list: inKeyOrder([...found.values()]), twice, unread };
}

/** JavaScript puts names that are array indexes first, by number. */
function inKeyOrder(members: readonly Member[]): readonly Member[] {
  const isIndex = ({ name }: Member): boolean => /^(?:0|[1-9]\d{0,9})$/u.test(name) && Number(name) < 2 ** 32 - 1;
  const indexes = members.filter((member) => isIndex(member));
  if (indexes.length === 0) return members;
  const sorted = indexes.toSorted((one, two) => Number(one.name) - Number(two.name));
  return [...sorted, ...members.filter((member) => !isIndex(member))];
}

function nameOf(
  key: PropertyKey,
  computed: boolean,
  scope: ModuleScope,
  effort: Effort,
  depth: number,
): string | undefined {
  if (key.type === 'PrivateIdentifier') return undefined;
  if (!computed && key.type === 'Identifier') return key.name;
  const name = valueOf(key, scope, effort, depth + 1);
  return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined;
}

/** The value of an expression that is a literal, or made of literals of this file; undefined where it is not. */
export function jsonOf(expression: Expression, scope: ModuleScope): Json | undefined {
  return valueOf(expression, scope, { left: mostLooks }, 0);
}

function valueOf(expression: Expression, scope: ModuleScope, effort: Effort, depth: number): Json | undefined {
  effort.left -= 1;
  if (depth > deepest || effort.left < 0) return undefined;
  const at = scope.resolve(expression);
  if (at.type === 'Literal') return 'regex' in at || typeof at.value === 'bigint' ? undefined : scalarOf(at.value);
  if (at.type === 'TemplateLiteral') return textOf(at, scope, effort, depth);
  if (at.type === 'UnaryExpression') {
    const value = valueOf(at.argument, scope, effort, depth + 1);
    if (typeof value !== 'number') return undefined;
    return at.operator === '-' ? -value : at.operator === '+' ? value : undefined;
  }
  if (at.type === 'BinaryExpression') return computed(at.operator, at.left, at.right, scope, effort, depth);
  if (at.type === 'ArrayExpression') return arrayOf(at.elements, scope, effort, depth);
  if (at.type === 'ObjectExpression') return objectOf(at, scope, effort, depth);
  if (at.type === 'MemberExpression') return memberOf(at, scope, effort, depth);
  return undefined;
}

function scalarOf(value: unknown): Json | undefined {
  const known = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  return known ? (value as Json) : undefined;
}

function textOf(
  at: Extract<Expression, { type: 'TemplateLiteral' }>,
  scope: ModuleScope,
  effort: Effort,
  depth: number,
): Json | undefined {
  const pieces: string[] = [];
  for (const [index, quasi] of at.quasis.entries()) {
    if (quasi.value.cooked === null) return undefined;
    pieces.push(quasi.value.cooked);
    const inside = at.expressions[index];
    if (inside === undefined) continue;
    const value = valueOf(inside, scope, effort, depth + 1);
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    pieces.push(String(value));
  }
  return pieces.join('');
}

function computed(
  operator: string,
  one: Expression | { readonly type: 'PrivateIdentifier' },
  two: Expression,
  scope: ModuleScope,
  effort: Effort,
  depth: number,
): Json | undefined {
  if (one.type === 'PrivateIdentifier') return undefined;
  const left = valueOf(one, scope, effort, depth + 1);
  const right = valueOf(two, scope, effort, depth + 1);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  return operator === '/' && right !== 0 ? left / right : undefined;
}

function arrayOf(
  elements: Extract<Expression, { type: 'ArrayExpression' }>['elements'],
  scope: ModuleScope,
  effort: Effort,
  depth: number,
): Json | undefined {
  const values: Json[] = [];
  for (const element of elements) {
    if (element === null) return undefined;
    const value = valueOf(element.type === 'SpreadElement' ? element.argument : element, scope, effort, depth + 1);
    if (value === undefined) return undefined;
    if (element.type !== 'SpreadElement') values.push(value);
    else if (isArray(value)) for (const one of value) values.push(one);
    else return undefined;
  }
  return values;
}

function objectOf(object: ObjectExpression, scope: ModuleScope, effort: Effort, depth: number): Json | undefined {
  const { list, unread } = membersOf(object, scope, effort, depth);
  if (unread.length > 0) return undefined;
  const entries: [string, Json][] = [];
  for (const { name, value } of list) {
    const read = valueOf(value, scope, effort, depth + 1);
    if (read === undefined) return undefined;
    entries.push([name, read]);
  }
  return Object.fromEntries(entries);
}

/** `models.fast`, where `models` is an object literal of this file. */
function memberOf(
  at: Extract<Expression, { type: 'MemberExpression' }>,
  scope: ModuleScope,
  effort: Effort,
  depth: number,
): Json | undefined {
  const object = scope.resolve(at.object);
  if (object.type !== 'ObjectExpression' || at.property.type === 'PrivateIdentifier') return undefined;
  const name = nameOf(at.property, at.computed, scope, effort, depth);
  const member = membersOf(object, scope, effort, depth).list.find((one) => one.name === name);
  return member === undefined ? undefined : valueOf(member.value, scope, effort, depth + 1);
}
