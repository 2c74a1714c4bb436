// Canonical JSON (RFC 8785) and the content-addressed id of a turn.
import { hash } from 'node:crypto';
import type { Json, JsonObject, Message, TurnId } from '#contract/turn';

/**
 * JSON text with keys in UTF-16 code unit order and no white space, RFC 8785 §3.2.
 * `undefined` members are left out. Lone surrogates stay as \uXXXX escapes (RFC 8785 would refuse them; logs hold them).
 */
export function canonicalJson(value: Json | object): string {
  // Messages are made with their keys in order, so that the built-in writer usually does.
  return isInOrder(value) ? JSON.stringify(value) : written(value);
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) if (!isInOrder(item)) return false;
    return true;
  }
  const object = value as JsonObject;
  let before = '';
  for (const key of Object.keys(object)) {
    if (key < before || !isInOrder(object[key])) return false;
    before = key;
  }
  return true;
}

function written(value: Json | object): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => written(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as JsonObject;
  const members: string[] = [];
  for (const key of Object.keys(object).toSorted(byCodeUnit)) {
    const member = object[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${written(member)}`);
  }
  return `{${members.join(',')}}`;
}

function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** turn.id = sha256(parent.id ‖ canonical(message)); a root has the empty string for a parent. */
export function turnId(parent: TurnId | undefined, message: Message): TurnId {
  return turnIdOf(parent, canonicalJson(message));
}

/** The same where the canonical text is at hand already. */
export function turnIdOf(parent: TurnId | undefined, canonicalMessage: string): TurnId {
  return sha256((parent ?? '') + canonicalMessage);
}
