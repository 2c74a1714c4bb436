// Finds nodes that run in one step and write one key that has no reducer.
import type { GraphEdge, GraphKey } from '#contract/agent';
import type { Reading, ReadNode } from './reading.ts';

type How = 'always' | 'sometimes';
interface Fan {
  /** Taken in any case. */
  readonly plain: Set<string>;
  /** Taken together where their condition holds; by statement. */
  readonly cases: Map<number, Case>;
}

interface Case {
  readonly condition: string;
  readonly isOtherwise: boolean;
  readonly to: Set<string>;
}

/** Steps and edges that are followed after a fan-out: enough for real graphs, and an end for those that would take for ever. */
const mostSteps = 64;
const mostVisits = 400_000;

/**
 * Errors are certain: targets of one fan-out, and what plain edges make of them in the same number of steps. Targets of two conditions that
 * may hold both, and keys that are written only now and then, are warnings. Ways of a branch or of weights exclude one another. What meets by other
 * ways is found by the run itself.
 */
export function checkWriters(
  reading: Reading,
  nodes: readonly ReadNode[],
  keys: readonly GraphKey[],
  edges: readonly GraphEdge[],
): void {
  const single = new Set(
    keys.flatMap(({ name, channel }) => (channel === 'last' || channel === 'input' ? [name] : [])),
  );
  const writes = new Map<string, ReadonlyMap<string, How>>();
  const ranges = new Map(nodes.map(({ node }) => [node.name, node]));
  for (const { node, writes: own } of nodes) {
    const kept = [...own.keys].filter(([key]) => single.has(key));
    if (kept.length > 0) writes.set(node.name, new Map(kept));
  }
  const said = new Set<string>();
  const order = new Map(nodes.map(({ node }, at) => [node.name, at]));
  const tell = (one: string, two: string, key: string, isSure: boolean): void => {
    const [first, second] = (order.get(one) ?? 0) < (order.get(two) ?? 0) ? [one, two] : [two, one];
    const pair = JSON.stringify([first, second, key]);
    const node = ranges.get(second);
    if (said.has(pair) || node === undefined) return;
    said.add(pair);
    const can = isSure ? 'run in one step and both write' : 'may run in one step and both write';
    const cause = `"${first}" and "${second}" ${can} "${key}", which has no reducer.`;
    const suggestion = `Give "${key}" a reducer (\`append(…)\`, \`merge(…)\`, \`sum()\`), or let one node come after the other.`;
    const severity = isSure ? 'error' : 'warning';
    reading.findings.push(reading.source.finding('two-writers', node.range, cause, suggestion, severity));
  };
  const fans = fansOf(edges);
  let visits = 0;
  for (const fan of fans.values()) {
    for (const group of groupsOf(fan)) {
      let step: ReadonlySet<string> = group;
      const seen = new Set<string>();
      for (let steps = 0; step.size > 1 && steps < mostSteps && visits < mostVisits; steps++) {
        compare(step, writes, tell);
        const next = new Set<string>();
        for (const name of step) {
          for (const to of fans.get(name)?.plain ?? []) {
            next.add(to);
            visits += 1;
          }
        }
        const key = next.size < 64 ? [...next].toSorted().join('\n') : '';
        if (key !== '' && seen.has(key)) break;
        seen.add(key);
        step = next;
      }
    }
    compareCases(fan, writes, tell);
  }
}

function fansOf(edges: readonly GraphEdge[]): Map<string, Fan> {
  const fans = new Map<string, Fan>();
  for (const { from, to, kind, label = '', statement = -1 } of edges) {
    if (to === 'end' || !['plain', 'when', 'otherwise'].includes(kind)) continue;
    const fan: Fan = fans.get(from) ?? { plain: new Set(), cases: new Map() };
    fans.set(from, fan);
    if (kind === 'plain') fan.plain.add(to);
    else {
      const isOtherwise = kind === 'otherwise';
      const one: Case = fan.cases.get(statement) ?? { condition: label, isOtherwise, to: new Set() };
      one.to.add(to);
      fan.cases.set(statement, one);
    }
  }
  return fans;
}

/** Sets of nodes that certainly run in one step, if any of them does. */
function groupsOf({ plain, cases }: Fan): ReadonlySet<string>[] {
  // `otherwise` is taken where nothing else is: never with a plain edge.
  return [plain, ...[...cases.values()].map(({ to, isOtherwise }) => (isOtherwise ? to : new Set([...plain, ...to])))];
}

type Tell = (one: string, two: string, key: string, isSure: boolean) => void;

function compare(step: ReadonlySet<string>, writes: ReadonlyMap<string, ReadonlyMap<string, How>>, tell: Tell): void {
  const first = new Map<string, { readonly name: string; readonly how: How }>();
  for (const name of step) {
    for (const [key, how] of writes.get(name) ?? []) {
      const before = first.get(key);
      if (before === undefined) first.set(key, { name, how });
      else tell(before.name, name, key, before.how === 'always' && how === 'always');
    }
  }
}

/** Two conditions of one node may hold both, unless their texts exclude one another. */
function compareCases({ cases }: Fan, writes: ReadonlyMap<string, ReadonlyMap<string, How>>, tell: Tell): void {
  const conditions = [...cases.values()].filter(({ isOtherwise }) => !isOtherwise).slice(0, 100);
  for (const [at, one] of conditions.entries()) {
    for (const two of conditions.slice(at + 1)) {
      if (exclude(one.condition, two.condition)) continue;
      for (const left of one.to)
        for (const right of two.to)
          for (const key of left === right ? [] : (writes.get(left)?.keys() ?? []))
            if (writes.get(right)?.has(key) === true) tell(left, right, key, false);
    }
  }
}

/** Whether two conditions can be seen never to hold both: `a` and `!a`, `a === 1` and `a === 2`, `a < 3` and `a >= 3`. */
export function exclude(one: string, two: string): boolean {
  if (negates(one, two) || negates(two, one)) return true;
  const left = comparison(one);
  const right = comparison(two);
  if (left === undefined || right === undefined || left.of !== right.of) return false;
  if (left.sign === '=' && right.sign === '=')
    return left.than !== right.than && isLiteral(left.than) && isLiteral(right.than);
  if (left.than !== right.than) return false;
  return ['=≠', '=<', '=>', '<>', '<≥', '>≤'].some(
    (pair) => pair.includes(left.sign) && pair.includes(right.sign) && left.sign !== right.sign,
  );
}

function negates(one: string, two: string): boolean {
  return one === `!${two}` || one === `!(${two})`;
}

function comparison(text: string): { readonly of: string; readonly sign: string; readonly than: string } | undefined {
  const match = /^([\w$.?![\]'"]+) ?(===?|!==?|<=|>=|<|>) ?([^&|?<>=]+)$/u.exec(text.trim());
  if (match === null) return undefined;
  const [, of = '', sign = '', than = ''] = match;
  const signs: Readonly<Record<string, string>> = {
    '==': '=',
    '===': '=',
    '!=': '≠',
    '!==': '≠',
    '<=': '≤',
    '>=': '≥',
  };
  return { of, sign: signs[sign] ?? sign, than: than.trim() };
}

function isLiteral(text: string): boolean {
  return /^(?:'[^']*'|"[^"]*"|-?[\d.]+|true|false|undefined|null)$/u.test(text);
}
