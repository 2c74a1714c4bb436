// Reads the file of a scripted model, and says of one that is wrong where, why and what to write instead.
import type { z } from 'zod';
import { jsonFault } from '../json-fault.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import {
  failSchema,
  fileSchema,
  replySchema,
  ruleSchema,
  streamSchema,
  textTestSchema,
  whenSchema,
  type ScriptFile,
} from './scripted-file.ts';

const longestFile = 1024 * 1024;

/** What to write, by the member that is wrong. */
const examples: Readonly<Record<string, string>> = {
  rules: '"rules": [{ "when": { "contains": "refund" }, "reply": { "text": "…" } }]',
  role: '"role": "user", or tool, assistant, system, context',
  contains: '"contains": "refund", or several: ["refund", "order"]',
  matches: '"matches": "order (\\\\d+)"',
  json: '"json": { "order.total": { "atLeast": 50 }, "order.status": "sent" }',
  tool: '"tool": "findOrder"',
  user: '"user": { "contains": "refund" }',
  system: '"system": { "contains": "You sort mail" }',
  messages: '"messages": 1, or { "atLeast": 3 }',
  answers: '"answers": 0, or { "atMost": 2 }',
  tools: '"tools": true, or the names of the tools that must be offered',
  parameters: '"parameters": { "temperature": 0 }',
  try: '"try": 1, or { "atMost": 2 }',
  chance: '"chance": 0.1',
  stream: '"stream": { "firstTokenMs": 200, "tokensPerSecond": 50 }',
  firstTokenMs: '"firstTokenMs": 200, or [100, 400]',
  reply: '"reply": { "text": "…" }, or "json", or "calls"',
  text: '"text": "Order {{$1}} is on its way."',
  calls: '"calls": [{ "name": "findOrder", "arguments": { "id": "{{$1}}" } }]',
  fail: '"fail": { "status": 429 }, beside a reply { "after": 20 }',
  status: '"status": 429, a number from 400 to 599',
  usage: '"usage": { "inputTokens": 100, "outputTokens": 20 }',
  price: '"price": { "input": 3, "output": 15 }, US dollars for a million tokens',
  lists: '"lists": { "greeting": ["Hello", "Good day"] }',
};

/** `path` is the file's, for sentences. Throws BAD_INPUT that names the file, the place in it, what is wrong and what to write. */
export function parseScript(path: string, text: string): ScriptFile {
  if (text.length > longestFile) {
    throw new Problem('BAD_INPUT', `${path} is over 1 MB long.`, 'Divide it into several models.');
  }
  const parsed = fileSchema.safeParse(parseJson(path, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? new Problem('BAD_INPUT', `${path} is no scripted model.`) : problemOf(path, issue);
}

function parseJson(path: string, text: string): unknown {
  const plain = text.replace(/^\uFEFF/u, '');
  const fault = jsonFault(plain);
  if (fault !== undefined) {
    throw new Problem(
      'BAD_INPUT',
      `${path}:${fault.line}:${fault.column} is not JSON: ${fault.what}.`,
      'Put it right there.',
    );
  }
  if (depthOf(plain) > 200) {
    throw new Problem('BAD_INPUT', `${path} is nested over 200 deep.`, 'Write it flatter.');
  }
  return JSON.parse(plain);
}

/** How many brackets are open at once at most; those in texts count too, which only makes the limit a little stricter. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of text.match(/[[\]{}]/gu) ?? []) {
    depth += sign === '[' || sign === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

type Issue = z.core.$ZodIssue;

function problemOf(path: string, whole: Issue): Problem {
  const { issue, at } = innermost(whole, whole.path);
  const place = at.length === 0 ? '' : ` at ${shown(at)}`;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = membersAt(at);
    const near = nearest(key, known);
    const hint = `${near === undefined ? 'There are' : `Did you mean "${near}"? There are`}: ${known.join(', ')}.`;
    return new Problem('BAD_INPUT', `${path}${place} has "${key}", which is not known there.`, hint);
  }
  const member = at.findLast((step) => typeof step === 'string' && step in examples);
  const example = typeof member === 'string' ? examples[member] : examples['rules'];
  const said = issue.message.replace(/^Invalid input: /u, '').replace(/\.$/u, '');
  return new Problem('BAD_INPUT', `${path}${place}: ${said}.`, `Write ${example}.`);
}

/** Of a union that nothing fitted, the complaint of the way that came furthest. */
function innermost(
  issue: Issue,
  at: readonly PropertyKey[],
): { readonly issue: Issue; readonly at: readonly PropertyKey[] } {
  if (issue.code !== 'invalid_union') return { issue, at };
  const ways = issue.errors.flatMap(([first]) =>
    first === undefined ? [] : [innermost(first, [...at, ...first.path])],
  );
  const best = ways.toSorted((one, two) => two.at.length - one.at.length)[0];
  const deeper = best !== undefined && (best.at.length > at.length || best.issue.code === 'unrecognized_keys');
  return deeper ? best : { issue, at };
}

function shown(at: readonly PropertyKey[]): string {
  return at
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./u, '');
}

const shapes: Readonly<Record<string, z.ZodObject>> = {
  when: whenSchema,
  reply: replySchema,
  fail: failSchema,
  stream: streamSchema,
  user: textTestSchema,
  system: textTestSchema,
};

/** The names that are known where an unknown one stands. */
function membersAt(at: readonly PropertyKey[]): string[] {
  const last = at.findLast((step) => typeof step === 'string');
  if (at.length === 0) return Object.keys(fileSchema.shape);
  if (typeof at.at(-1) === 'number')
    return at.includes('calls') ? ['name', 'arguments'] : Object.keys(ruleSchema.shape);
  const shape = typeof last === 'string' ? shapes[last] : undefined;
  if (shape !== undefined) return Object.keys(shape.shape);
  if (last === 'usage') return ['inputTokens', 'outputTokens', 'costUsd'];
  if (last === 'price') return ['input', 'output'];
  if (last === 'messages' || last === 'answers' || last === 'try') return ['atLeast', 'atMost'];
  return ['atLeast', 'atMost', 'exists', 'oneOf'];
}
