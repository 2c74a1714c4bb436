// How a program writes JSON into text, so that the text can be kept as its value and the style.
import type { Json, JsonObject } from '#contract/turn';
import { parsePlainJson } from '../exact-json.ts';

/** compact: as JSON.stringify. python: as json.dumps. python-utf8: as json.dumps with ensure_ascii=False. */
export const textStyles = ['compact', 'python', 'python-utf8'] as const;
export type TextStyle = (typeof textStyles)[number];

/** The text's value and style, if writing the value in that style gives the text back; `first` is tried first. */
export function openText(text: string, first: TextStyle): readonly [TextStyle, Json] | undefined {
  const value = parsePlainJson(text);
  if (value === undefined) return undefined;
  if (writeText(value, first) === text) return [first, value];
  const style = textStyles.find((one) => one !== first && writeText(value, one) === text);
  return style === undefined ? undefined : [style, value];
}

export function writeText(value: Json, style: TextStyle): string {
  if (style === 'compact') return JSON.stringify(value);
  const text = spaced(value);
  return style === 'python' ? text.replaceAll(/[\u007f-\uffff]/g, escapeUnit) : text;
}

export function isTextStyle(value: Json | undefined): value is TextStyle {
  return value === 'compact' || value === 'python' || value === 'python-utf8';
}

function spaced(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => spaced(item)).join(', ')}]`;
  const members = Object.entries(value as JsonObject).map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`);
  return `{${members.join(', ')}}`;
}

function escapeUnit(unit: string): string {
  // DEL is ASCII to Python and stays.
  return unit === '\u007f' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value kept so that JSON inside text can be compared: text of no known style as it is, all else with its style. */
export function openValue(value: Json, first: TextStyle): Json {
  return typeof value === 'string' ? (openText(value, first) ?? value) : ['value', value];
}

/** What `openValue` was made of. */
export function closeValue(opened: Json): Json {
  if (!Array.isArray(opened)) return opened;
  const [style, value] = opened as readonly Json[];
  return isTextStyle(style) ? writeText(value ?? null, style) : (value ?? null);
}
