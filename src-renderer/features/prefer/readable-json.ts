// JSON as text, laid out as the transcript shows it, so that its words can be compared.
import type { ToolCall } from '#contract/turn';
import { inlineText, isInline, nodeOf, parseJsonText, type JsonNode } from '../../ui/transcript/json-node.ts';

/** Longer text is compared as it is: a tree of it would be slow and no easier to read. */
const treeLimit = 400_000;

/** Short values on one line, others one member a line. */
export function readableJson(node: JsonNode, depth = 0): string {
  if (node.type === 'string' || node.type === 'literal' || isInline(node)) return inlineText(node);
  const indent = '  '.repeat(Math.min(depth + 1, 20));
  const lines =
    node.type === 'object'
      ? node.members.map(([key, value]) => `${indent}${shownKey(key)}: ${readableJson(value, depth + 1)}`)
      : node.items.map((item) => `${indent}${readableJson(item, depth + 1)}`);
  const [open, close] = node.type === 'object' ? ['{', '}'] : ['[', ']'];
  return `${open}\n${lines.join(',\n')}\n${'  '.repeat(Math.min(depth, 20))}${close}`;
}

export function readableArguments(call: ToolCall): string {
  return call.unparsed === true && typeof call.arguments === 'string'
    ? call.arguments
    : readableJson(nodeOf(call.arguments));
}

/** A tool's answer: laid out where it is JSON, else as it came. */
export function readableResult(text: string): string {
  const node = text.length <= treeLimit ? parseJsonText(text) : undefined;
  return node === undefined ? text : readableJson(node);
}

function shownKey(key: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(key) ? key : JSON.stringify(key);
}
