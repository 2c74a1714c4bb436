// Reads the edges of an agent.
import type { CallExpression, Expression } from 'oxc-parser';
import type { GraphEdge } from '#contract/agent';
import { jsonOf } from './literals.ts';
import type { ReadEdge, Reading } from './reading.ts';
import type { Span } from './source-text.ts';

export interface ReadEdges {
  readonly edges: readonly ReadEdge[];
  readonly whole: boolean;
}

type Ways = Pick<GraphEdge, 'kind' | 'label'>;
interface Name {
  readonly name: string;
  readonly span: Span;
}

const mostLists = 1000;
/** So much of a condition's text is a label. */
const longestLabel = 200;

export function readEdges(reading: Reading, expression: Expression): ReadEdges {
  const reader = new EdgeReader(reading);
  reader.list(expression, 0);
  return { edges: reader.edges, whole: reader.whole };
}

class EdgeReader {
  readonly edges: ReadEdge[] = [];
  whole = true;
  readonly #reading: Reading;
  #statement = 0;
  /** Lists that were followed: constants may be made of one another many times over. */
  #lists = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  list(expression: Expression, depth: number): void {
    const at = this.#reading.scope.resolve(expression);
    if (at.type !== 'ArrayExpression' || depth > 16 || this.#lists++ > mostLists) {
      const written = "Write them as a list: `edges: [start('a'), edge('a', 'b'), end('b')]`.";
      this.#unread(expression, 'The edges can only be known by running the file.', written);
      return;
    }
    for (const element of at.elements) {
      if (element === null) continue;
      if (element.type === 'SpreadElement') this.list(element.argument, depth + 1);
      else this.#statementOf(element);
    }
  }

  #statementOf(element: Expression): void {
    const { scope } = this.#reading;
    const call = scope.resolve(element);
    const made = call.type === 'CallExpression' ? scope.nameIn('atelier', call.callee) : undefined;
    const statement = this.#statement++;
    if (call.type !== 'CallExpression' || (made !== 'start' && made !== 'edge' && made !== 'end')) {
      const local = call.type === 'CallExpression' && call.callee.type === 'Identifier' ? call.callee.name : undefined;
      if (local !== undefined && ['start', 'edge', 'end'].includes(local) && !scope.imports.has(local))
        this.#unread(element, `\`${local}\` is not imported.`, `Write \`import { ${local} } from 'atelier'\`.`);
      else
        this.#unread(
          element,
          'This edge can only be known by running the file.',
          'Write `start(…)`, `edge(…)` or `end(…)`.',
        );
      return;
    }
    if (made === 'start') this.#start(call, element, statement);
    else if (made === 'end') this.#end(call, element, statement);
    else this.#edge(call, element, statement);
  }

  #start(call: CallExpression, span: Span, statement: number): void {
    if (call.arguments.length === 0)
      this.#reading.report('bad-edge', call, 'This start leads nowhere.', "Name the node that is first: `start('a')`.");
    for (const argument of call.arguments) {
      const spread = argument.type === 'SpreadElement';
      const names = this.#names(spread ? argument.argument : argument) ?? [];
      if (!spread) this.#refuseList(argument, names, 'start', `start(${quoted(names)})`);
      for (const to of names) this.#add('start', call, to, { kind: 'plain' }, span, statement);
    }
  }

  #end(call: CallExpression, span: Span, statement: number): void {
    const [from, condition] = plain(call);
    if (from === undefined) {
      this.#reading.report('bad-edge', call, 'This end belongs to no node.', "Name the last node: `end('a')`.");
      return;
    }
    const names = this.#names(from) ?? [];
    this.#refuseList(from, names, 'end', names.map((name) => `end(${quoted([name])})`).join(', '));
    for (const name of names)
      this.#addFrom(
        name,
        'end',
        call,
        condition === undefined ? { kind: 'plain' } : this.#condition(condition),
        span,
        statement,
      );
  }

  #edge(call: CallExpression, span: Span, statement: number): void {
    const [from, to, condition] = plain(call);
    if (from === undefined || to === undefined) {
      this.#reading.report('bad-edge', call, 'An edge goes from a node to a node.', "Write `edge('a', 'b')`.");
      return;
    }
    const sources = this.#names(from);
    const ways = condition === undefined ? undefined : this.#condition(condition);
    const target = this.#reading.scope.resolve(to);
    if (target.type === 'CallExpression' && this.#reading.scope.nameIn('atelier', target.callee) === 'weighted') {
      this.#weighted(target, sources, from, condition, span, statement);
      return;
    }
    const targets = this.#names(to);
    if (sources === undefined || targets === undefined) return;
    this.#refuseEnds(sources, targets);
    const joined = sources.length > 1;
    const how: Ways = joined
      ? { kind: 'join', ...(ways?.label === undefined ? {} : { label: ways.label }) }
      : (ways ?? { kind: 'plain' });
    for (const source of sources)
      for (const name of targets) this.#push(source.name, name.name, source.span, name.span, how, span, statement);
  }

  /** Ends take names, not lists of them. */
  #refuseList(expression: Expression, names: readonly Name[], made: 'start' | 'end', written: string): void {
    if (names.length === 0 || this.#reading.scope.resolve(expression).type !== 'ArrayExpression') return;
    this.#reading.report('bad-edge', expression, `\`${made}\` takes no list.`, `Write \`${written}\`.`);
  }

  #refuseEnds(sources: readonly Name[], targets: readonly Name[]): void {
    for (const { name, span } of [...sources, ...targets]) {
      if (name !== 'start' && name !== 'end') continue;
      const [to] = targets;
      const [from] = sources;
      const written = name === 'start' ? `start('${to?.name ?? 'a'}')` : `end('${from?.name ?? 'a'}')`;
      this.#reading.report('bad-edge', span, `"${name}" is no node.`, `Write \`${written}\`.`);
    }
  }

  #weighted(
    call: CallExpression,
    sources: readonly Name[] | undefined,
    from: Expression,
    condition: Expression | undefined,
    span: Span,
    statement: number,
  ): void {
    const [ways] = plain(call);
    const object =
      ways === undefined
        ? undefined
        : this.#reading.object(ways, 'the weights', 'Write them as an object: `weighted({ a: 3, b: 1 })`.');
    if (object === undefined || !object.whole) this.whole = false;
    const [source, second] = sources ?? [];
    if (second !== undefined)
      this.#reading.report('bad-edge', from, 'A weighted edge comes from one node.', 'Write one edge for each.');
    if (condition !== undefined)
      this.#reading.report('bad-edge', condition, 'A weighted edge has no condition.', 'Put a `branch` before it.');
    if (object?.whole === true && object.list.length === 0)
      this.#reading.report('bad-edge', call, 'There is no way to draw from.', 'Write `weighted({ a: 3, b: 1 })`.');
    for (const { name, value, nameSpan } of object?.list ?? []) {
      const weight = jsonOf(value, this.#reading.scope);
      if (weight !== undefined && !(typeof weight === 'number' && weight > 0))
        this.#reading.report(
          'bad-edge',
          value,
          `The weight of "${name}" is not a number above 0.`,
          'Leave the way out if it is never to be taken.',
        );
      const label =
        typeof weight === 'number' ? String(weight) : this.#reading.source.slice(value).slice(0, longestLabel);
      if (source !== undefined)
        this.#push(source.name, name, source.span, nameSpan, { kind: 'weighted', label }, span, statement);
    }
  }

  #condition(expression: Expression): Ways {
    const { scope, source } = this.#reading;
    if (scope.nameIn('atelier', expression) === 'otherwise') return { kind: 'otherwise' };
    const call = scope.resolve(expression);
    const isWhen = call.type === 'CallExpression' && scope.nameIn('atelier', call.callee) === 'when';
    const [test] = isWhen ? plain(call) : [];
    if (test === undefined) {
      const local = call.type === 'Identifier' && scope.imports.has(call.name);
      if (!local)
        this.#reading.report(
          'bad-edge',
          expression,
          'This is no condition.',
          'Write `when(({ state }) => …)` or `otherwise`.',
        );
      return { kind: 'when', label: source.slice(expression).slice(0, longestLabel) };
    }
    const written = scope.resolve(test);
    const body =
      written.type === 'ArrowFunctionExpression' && written.body.type !== 'BlockStatement' ? written.body : test;
    return { kind: 'when', label: source.slice(body).replaceAll(/\s+/gu, ' ').slice(0, longestLabel) };
  }

  /** One name or a list of them; undefined, with a finding, where they cannot be read. */
  #names(expression: Expression): readonly Name[] | undefined {
    const at = this.#reading.scope.resolve(expression);
    const value = jsonOf(at, this.#reading.scope);
    if (typeof value === 'string') return [{ name: value, span: expression }];
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
      this.#unread(
        expression,
        'Which node this is can only be known by running the file.',
        'Write its name as a text.',
      );
      return undefined;
    }
    if (value.length === 0)
      this.#reading.report('bad-edge', expression, 'No node is named here.', 'Name one or several.');
    const spans = at.type === 'ArrayExpression' && at.elements.length === value.length ? at.elements : [];
    return value.map((name, index) => ({ name, span: spans[index] ?? expression }));
  }

  #add(from: string, fromSpan: Span, to: Name, ways: Ways, span: Span, statement: number): void {
    this.#push(from, to.name, fromSpan, to.span, ways, span, statement);
  }

  #addFrom(from: Name, to: string, toSpan: Span, ways: Ways, span: Span, statement: number): void {
    this.#push(from.name, to, from.span, toSpan, ways, span, statement);
  }

  #push(from: string, to: string, fromSpan: Span, toSpan: Span, ways: Ways, span: Span, statement: number): void {
    this.edges.push({ edge: { from, to, ...ways, statement, range: this.#reading.range(span) }, fromSpan, toSpan });
  }

  #unread(span: Span, cause: string, suggestion: string): void {
    this.whole = false;
    this.#reading.report('unreadable', span, cause, suggestion);
  }
}

function quoted(names: readonly Name[]): string {
  return names.map(({ name }) => `'${name}'`).join(', ');
}

function plain(call: CallExpression): Expression[] {
  return call.arguments.flatMap((argument) => (argument.type === 'SpreadElement' ? [] : [argument]));
}
