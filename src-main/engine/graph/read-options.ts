// Reads the options of a node: literals for its face, keys and tools it names, values that make no sense.
import type { Expression } from 'oxc-parser';
import type { NodeKind } from '#contract/agent';
import type { Json } from '#contract/turn';
import { functionOf, impuritiesOf, returnedBy, type Returned } from './functions.ts';
import { jsonOf, type Member } from './literals.ts';
import { didYouMean } from './did-you-mean.ts';
import { kindOptions, type OptionTable } from './node-options.ts';
import type { Reading } from './reading.ts';
import type { Span } from './source-text.ts';

export interface ReadOptions {
  /** Those that are literals. */
  readonly literals: Readonly<Record<string, Json>>;
  readonly members: ReadonlyMap<string, Member>;
}

const nothing: ReadOptions = { literals: {}, members: new Map() };

/** `call`: where to point when an option is missing. */
export function readOptions(
  reading: Reading,
  kind: NodeKind,
  expression: Expression | undefined,
  name: string,
  call: Span,
): ReadOptions {
  const { options, needed } = kindOptions[kind];
  if (expression === undefined) {
    reportMissing(reading, name, needed, new Map(), call);
    return nothing;
  }
  const object = reading.object(expression, `the options of "${name}"`, 'Write them as an object: `{ … }`.');
  if (object === undefined) return nothing;
  const members = new Map(object.list.map((member) => [member.name, member]));
  if (object.whole) reportMissing(reading, name, needed, members, call);
  checkMembers(reading, object.list, options, `"${name}"`);
  const literals: [string, Json][] = [];
  for (const [option, member] of members) {
    const value = options[option] === undefined ? undefined : jsonOf(member.value, reading.scope);
    if (value !== undefined) literals.push([option, value]);
  }
  return { literals: Object.fromEntries(literals), members };
}

function reportMissing(
  reading: Reading,
  name: string,
  needed: readonly (string | readonly string[])[],
  members: ReadonlyMap<string, Member>,
  span: Span,
): void {
  for (const one of needed) {
    const ways = typeof one === 'string' ? [one] : one;
    if (ways.some((way) => members.has(way))) continue;
    const said = ways.map((way) => `\`${way}\``).join(' or ');
    reading.report('missing-option', span, `"${name}" has no ${said}.`, `Add ${said} to its options.`);
  }
}

/** Also of the agent itself: its budget. */
export function checkMembers(reading: Reading, members: readonly Member[], table: OptionTable, of: string): void {
  for (const { name, value, span, nameSpan } of members) {
    const check = Object.hasOwn(table, name) ? table[name] : undefined;
    if (check === undefined) {
      const known = didYouMean(name, Object.keys(table), 'It takes no options.');
      reading.report('unknown-option', nameSpan, `${of} does not know the option \`${name}\`.`, known);
      continue;
    }
    const at = reading.scope.resolve(value);
    if (typeof check === 'object') {
      if (at.type === 'ObjectExpression') {
        const inner = reading.object(at, `the ${name} of ${of}`, 'Write it as an object.');
        if (inner !== undefined) checkMembers(reading, inner.list, check, `The ${name} of ${of}`);
        continue;
      }
      const literal = jsonOf(at, reading.scope);
      if (literal !== undefined)
        reading.report('bad-option', span, `The ${name} of ${of} is not an object.`, undefined);
      continue;
    }
    const literal = jsonOf(value, reading.scope);
    const wrong = literal === undefined ? undefined : check(literal);
    if (wrong === undefined) continue;
    const [cause, suggestion] = wrong.split('; ');
    const written = reading.source.slice(value).slice(0, 60);
    const hint = suggestion === undefined ? undefined : `${suggestion.charAt(0).toUpperCase()}${suggestion.slice(1)}.`;
    reading.report(
      'bad-option',
      value,
      `\`${name}\` of ${of.replace(/^The /u, 'the ')}: ${written} ${cause ?? ''}.`,
      hint,
    );
  }
}

/** A key of the state that a node names (`to`, `over`). */
export function checkKey(reading: Reading, key: Json | undefined, span: Span, node: string): void {
  if (typeof key !== 'string' || reading.keys === undefined || reading.keys.has(key)) return;
  const known = didYouMean(key, [...reading.keys.keys()], 'The state has no keys: add it there.');
  reading.report('unknown-key', span, `"${node}" names the key "${key}", which the state does not have.`, known);
}

/** Tools that a node names. */
export function checkTools(reading: Reading, names: Json | undefined, span: Span, node: string): void {
  const { tools } = reading;
  if (tools === undefined) return;
  for (const name of Array.isArray(names) ? names : [names]) {
    if (typeof name !== 'string' || tools.has(name)) continue;
    const known = didYouMean(name, [...tools], 'The agent has no tools: import one from tools/ and add it to `tools`.');
    reading.report('unknown-tool', span, `"${node}" calls the tool "${name}", which the agent does not have.`, known);
  }
}

/** A function that gives a patch: its keys are checked and returned. Undefined where it is not written in this file. */
export function readPatch(reading: Reading, expression: Expression, node: string): Returned | undefined {
  const run = functionOf(expression, reading.scope);
  if (run === undefined) return undefined;
  const returned = returnedBy(run, reading.scope);
  for (const { member } of returned.members) {
    if (reading.keys === undefined || reading.keys.has(member.name)) continue;
    const known = didYouMean(member.name, [...reading.keys.keys()], 'The state has no keys: add it there.');
    const cause = `"${node}" gives the key "${member.name}", which the state does not have.`;
    reading.report('unknown-key', member.nameSpan, cause, known);
  }
  return returned;
}

/** Warns of what a function does past the journal. */
export function checkPurity(reading: Reading, expression: Expression, node: string): void {
  const run = functionOf(expression, reading.scope);
  if (run === undefined) return;
  for (const { span, what, instead } of impuritiesOf(run, reading.scope))
    reading.report('impure-code', span, `"${node}" uses \`${what}\`, which the journal does not see.`, instead);
}
