// Templates of the scripted model: text with {{holes}} that are filled from the conversation.
import type { Json } from '#contract/turn';
import { at, parsePath, type JsonPath } from './json-path.ts';

/** What a hole can be filled from. Each gives undefined where there is nothing of the kind. */
export interface Sources {
  last(): string | undefined;
  user(): string | undefined;
  system(): string | undefined;
  /** From 0, the context; negative from the end. */
  message(index: number): string | undefined;
  /** Of the pattern that matched: its number or name. */
  group(name: string): string | undefined;
  /** The last message, read as JSON. */
  json(): Json | undefined;
  /** What the tool gave last, read as JSON where it is JSON. */
  tool(name: string): Json | undefined;
  item(list: string): string | undefined;
}

type Hole =
  | { readonly kind: 'last' | 'user' | 'system' }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'message'; readonly index: number }
  | { readonly kind: 'group' | 'item'; readonly name: string }
  | { readonly kind: 'json'; readonly path: JsonPath }
  | { readonly kind: 'tool'; readonly name: string; readonly path: JsonPath };

interface Slot {
  readonly source: string;
  readonly hole: Hole;
  /** Put where there is nothing to fill the hole with. */
  readonly otherwise: Json | undefined;
}

type Template = readonly (string | Slot)[];

/** What is wrong with a template, or what there was nothing to fill it with. */
export class TemplateError extends Error {}

/** `onList` hears the name of every list that is drawn from. Throws TemplateError. */
export function checkTemplate(text: string, onList: (name: string) => void): void {
  for (const part of parse(text)) if (typeof part !== 'string' && part.hole.kind === 'item') onList(part.hole.name);
}

/** The text with its holes filled; JSON values as JSON text. Throws TemplateError where one cannot be filled and says nothing else. */
export function fillText(text: string, sources: Sources): string {
  return parse(text)
    .map((part) => (typeof part === 'string' ? part : textOf(fill(part, sources))))
    .join('');
}

/** Fills every text within a value; a text that is one hole and nothing else becomes the value itself: a number stays one. */
export function fillJson(value: Json, sources: Sources): Json {
  if (typeof value === 'string') {
    const parts = parse(value);
    const [only] = parts;
    return parts.length === 1 && typeof only === 'object' ? fill(only, sources) : fillText(value, sources);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => fillJson(item, sources));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, sources)]));
}

/** Every text within a value. */
export function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item: Json) => textsIn(item));
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fill({ source, hole, otherwise }: Slot, sources: Sources): Json {
  const found = valueOf(hole, sources) ?? otherwise;
  if (found === undefined) throw new TemplateError(`there is nothing to fill {{${source}}} with`);
  return found;
}

function valueOf(hole: Hole, sources: Sources): Json | undefined {
  switch (hole.kind) {
    case 'last':
    case 'user':
    case 'system':
      return sources[hole.kind]();
    case 'literal':
      return hole.text;
    case 'message':
      return sources.message(hole.index);
    case 'group':
    case 'item':
      return sources[hole.kind](hole.name);
    case 'json':
      return at(sources.json(), hole.path);
    case 'tool':
      return at(sources.tool(hole.name), hole.path);
  }
}

const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const holePattern = new RegExp(String.raw`\{\{((?:${quoted}|[^"{}])*)\}\}`, 'gu');

function parse(text: string): Template {
  const parts: (string | Slot)[] = [];
  let from = 0;
  for (const match of text.matchAll(holePattern)) {
    parts.push(...plain(text.slice(from, match.index)), slotOf((match[1] ?? '').trim()));
    from = match.index + match[0].length;
  }
  parts.push(...plain(text.slice(from)));
  return parts;
}

function plain(text: string): string[] {
  if (text.includes('{{')) {
    throw new TemplateError(
      `"{{" in ${JSON.stringify(text.slice(0, 80))} is not closed; to say it as it is, write {{"{{"}}`,
    );
  }
  return text === '' ? [] : [text];
}

function slotOf(source: string): Slot {
  const [, body = '', otherwise] = /^(.*?)\s*(?:\?\?\s*(.*))?$/su.exec(source) ?? [];
  return {
    source,
    hole: holeOf(body, source),
    otherwise: otherwise === undefined ? undefined : literal(otherwise, source),
  };
}

function literal(text: string, source: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new TemplateError(`what stands after ?? in {{${source}}} must be JSON: a text is written "…"`, {
      cause: error,
    });
  }
}

function holeOf(body: string, source: string): Hole {
  if (body === 'last' || body === 'user' || body === 'system') return { kind: body };
  if (body.startsWith('"')) return { kind: 'literal', text: textOf(literal(body, source)) };
  const group = /^\$(\w+)$/u.exec(body)?.[1];
  if (group !== undefined) return { kind: 'group', name: group };
  const [, word, rest = ''] = /^(\w+)\s*(.*)$/su.exec(body) ?? [];
  if (word === 'message' && /^-?\d{1,9}$/u.test(rest)) return { kind: 'message', index: Number(rest) };
  if (word === 'item' && /^[\w-]+$/u.test(rest)) return { kind: 'item', name: rest };
  if (word === 'json') return { kind: 'json', path: pathOf(rest, source) };
  const [, tool, path = ''] = /^([\w-]+)\s*(.*)$/su.exec(rest) ?? [];
  if (word === 'tool' && tool !== undefined) return { kind: 'tool', name: tool, path: pathOf(path, source) };
  throw new TemplateError(
    `{{${source}}} is no hole; write {{last}}, {{user}}, {{system}}, {{message 1}}, {{$1}}, {{json a.b[0]}}, {{tool name a.b}} or {{item list}}`,
  );
}

/** `a.b[0]["odd key"]`, also with `.0` for an index. Throws TemplateError. */
function pathOf(text: string, source: string): JsonPath {
  try {
    return parsePath(text);
  } catch (error) {
    throw new TemplateError(`the path in {{${source}}} cannot be read; write it as in a.b[0]["odd key"]`, {
      cause: error,
    });
  }
}
