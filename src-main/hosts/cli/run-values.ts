// Reads what commands for runs are given: inputs, states, answers.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { jsonSchema, type Json, type JsonObject } from '#contract/turn';
import type { OpenInterrupt } from '#contract/run';
import { Problem, sentenceOf } from '#engine/problem';
import { nodeNames, pathOfKey } from '#engine/run/path';
import { isObject } from '#engine/trace/json';
import { usage } from './values.ts';

/** JSON, or with "@" before it a file that holds JSON. */
export function inputOf(text: string | undefined, cwd: string): JsonObject {
  if (text === undefined) return {};
  const source = text.startsWith('@') ? readInput(resolve(cwd, text.slice(1))) : text;
  const value = jsonOf(source);
  if (isObject(value)) return value;
  throw usage(
    text.startsWith('@')
      ? `${text.slice(1)} must hold a JSON object.`
      : `--input takes a JSON object or @FILE, not "${text.slice(0, 80)}".`,
  );
}

/** More than that is no input but a mistake: every event may have 16 MiB. */
const longestInput = 100 * 1024 * 1024;

function readInput(path: string): string {
  try {
    const info = statSync(path);
    // Files, and pipes as in @<(command); /dev/zero has no end.
    if (!info.isFile() && !info.isFIFO()) throw new Error('it is no file');
    if (info.size > longestInput) throw new Error(`it has ${info.size} bytes, and ${longestInput} are the most`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Problem('NOT_FOUND', `The input ${path} cannot be read: ${sentenceOf(error)}.`, 'Check its name.', {
      cause: error,
    });
  }
}

/** "key=value" pairs; a value that is JSON is taken as such, anything else is text. */
export function settingsOf(pairs: readonly string[] | undefined, option: string): JsonObject {
  const members: Record<string, Json> = {};
  for (const pair of pairs ?? []) {
    const [key, value] = pairOf(pair, option);
    members[key] = jsonOf(value) ?? value;
  }
  return members;
}

/** What stands before and after the first "=". */
export function pairOf(pair: string, option: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw usage(`--${option} takes NAME=VALUE, not "${pair.slice(0, 80)}".`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Which open interrupt is meant and what is answered: by its id, or by the name of its node where that is one only. */
export function answerOf(
  pair: string,
  open: readonly OpenInterrupt[],
): { readonly interrupt: string; readonly value: Json } {
  const [name, text] = pairOf(pair, 'answer');
  const meant = open.filter(({ id }) => id === name);
  const named = meant.length > 0 ? meant : open.filter(({ id }) => isOfNode(id, name));
  const [found, second] = named;
  if (found === undefined) {
    const ids = open.map(({ id }) => `"${id}"`).join(', ');
    throw new Problem(
      'NOT_FOUND',
      `The run waits for no answer "${name}".`,
      ids === '' ? 'It waits for nobody.' : `It waits for ${ids}.`,
    );
  }
  if (second !== undefined) throw usage(`More than one question is asked by "${name}": give its whole id.`);
  return { interrupt: found.id, value: jsonOf(text) ?? text };
}

/** Whether the question is asked by the node: by all its names, or by its own alone. An approval's id holds the try and the effect as well. */
function isOfNode(id: string, name: string): boolean {
  const names = nodeNames(pathOfKey(id));
  return names === name || names.endsWith(`/${name}`);
}

function jsonOf(text: string): Json | undefined {
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
