// What can be known of the user's functions without running them: keys of the patches they give, and what no journal sees.
import type { ArrowFunctionExpression, Expression, Function as FunctionNode, Node } from 'oxc-parser';
import type { ModuleScope } from './module-scope.ts';
import { membersOf, type Member } from './literals.ts';
import { walk } from './walk.ts';
import type { Span } from './source-text.ts';

export type AnyFunction = ArrowFunctionExpression | FunctionNode;

/** A function written in this file, by itself or by its name; undefined where it is something else. */
export function functionOf(expression: Expression, scope: ModuleScope): AnyFunction | undefined {
  const at = scope.resolve(expression);
  if (at.type === 'ArrowFunctionExpression' || at.type === 'FunctionExpression') return at;
  return at.type === 'Identifier' ? scope.functions.get(at.name) : undefined;
}

/** Ways of one conditional expression that are told apart. */
const mostOutcomes = 256;

export interface Returned {
  /** Members of the object literals that it returns, with whether all of its returns have them. */
  readonly members: readonly { readonly member: Member; readonly always: boolean }[];
  /** It may also return what cannot be read. */
  readonly more: boolean;
}

export function returnedBy(run: AnyFunction, scope: ModuleScope): Returned {
  const values: (Expression | undefined)[] = [];
  const { body } = run;
  if (body === null) return { members: [], more: true };
  if (body.type !== 'BlockStatement') values.push(body);
  else {
    walk(body, (node) => {
      if (isFunction(node)) return false;
      if (node.type === 'ReturnStatement') values.push(node.argument ?? undefined);
      return true;
    });
    // Nothing may be returned at its end either.
    if (body.body.at(-1)?.type !== 'ReturnStatement') values.push(undefined);
  }
  const objects = values.flatMap((value) => (value === undefined ? [undefined] : outcomes(value, scope)));
  const found = new Map<string, { member: Member; times: number }>();
  let more = false;
  for (const value of objects) {
    if (value === undefined || (value !== 'unknown' && isNothing(value))) continue;
    if (value === 'unknown' || value.type !== 'ObjectExpression') {
      more = true;
      continue;
    }
    const { list, unread } = membersOf(value, scope);
    if (unread.length > 0) more = true;
    for (const member of list) {
      const before = found.get(member.name);
      if (before === undefined) found.set(member.name, { member, times: 1 });
      else before.times += 1;
    }
  }
  const members = [...found.values()].map(({ member, times }) => ({ member, always: times === objects.length }));
  return { members, more };
}

/** What a conditional expression may be, each of its ways. */
function outcomes(value: Expression, scope: ModuleScope): (Expression | 'unknown')[] {
  const found: (Expression | 'unknown')[] = [];
  const left = [value];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const resolved = scope.resolve(at);
    // A constant may be made of itself.
    if (found.length + left.length > mostOutcomes) return ['unknown'];
    if (resolved.type === 'ConditionalExpression') left.push(resolved.alternate, resolved.consequent);
    else found.push(resolved.type === 'AwaitExpression' ? scope.resolve(resolved.argument) : resolved);
  }
  return found;
}

function isNothing(value: Expression): boolean {
  return (
    (value.type === 'Identifier' && value.name === 'undefined') ||
    (value.type === 'UnaryExpression' && value.operator === 'void')
  );
}

export interface Impurity {
  readonly span: Span;
  /** As written: "Date.now()". */
  readonly what: string;
  readonly instead: string;
}

const clock = 'Take `now()` from what the node is given: the journal keeps it, and a replay sees the same.';
const chance = 'Take `random()` or `id()` from what the node is given: they come from the seed of the run.';
const outside =
  'Make it a tool in `tools/`, so that it is journaled, asked of the policy and not repeated after a crash.';
const globals: Readonly<Record<string, string>> = {
  'Math.random': chance,
  'crypto.randomUUID': chance,
  'crypto.getRandomValues': chance,
  'Date.now': clock,
  'performance.now': clock,
  fetch: outside,
  process: outside,
  XMLHttpRequest: outside,
  WebSocket: outside,
};

/** Reads of the clock, of chance and of the world in a function, but what the file declares under such a name itself. */
export function impuritiesOf(run: AnyFunction, scope: ModuleScope): Impurity[] {
  const found: Impurity[] = [];
  const own = new Set<string>();
  const isGlobal = (name: string): boolean =>
    !own.has(name) && !scope.imports.has(name) && !scope.consts.has(name) && !scope.functions.has(name);
  const found1 = (span: Span, what: string, instead: string | undefined): boolean => {
    const [first = ''] = what.split(/[.( ]/u);
    if (instead === undefined || !isGlobal(first)) return false;
    found.push({ span, what, instead });
    return true;
  };
  for (const parameter of run.params) declared(parameter, own);
  walk(run, (node) => {
    if (node.type === 'VariableDeclarator') declared(node.id, own);
    return true;
  });
  walk(run, (node) => {
    if (node.type === 'MemberExpression' && node.object.type === 'Identifier') {
      const { object, property } = node;
      const name = `${object.name}.${property.type === 'Identifier' ? property.name : ''}`;
      return !(found1(node, name, globals[name]) || found1(node, object.name, globals[object.name]));
    }
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier')
      return !found1(node.callee, `${node.callee.name}(…)`, globals[node.callee.name]);
    if (node.type === 'NewExpression' && node.callee.type === 'Identifier') {
      const { name } = node.callee;
      if (name === 'Date' && node.arguments.length === 0 && isGlobal('Date'))
        found.push({
          span: node,
          what: 'new Date()',
          instead: clock.replace('`now()`', '`new Date(now())`, with `now`'),
        });
      else return !found1(node.callee, name, globals[name]);
    }
    return true;
  });
  return found;
}

/** Names that a pattern binds. */
function declared(pattern: Node, names: Set<string>): void {
  walk(pattern, (node) => {
    if (node.type === 'Identifier') names.add(node.name);
    return !isFunction(node);
  });
}

function isFunction(node: Node): boolean {
  return (
    node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration'
  );
}
