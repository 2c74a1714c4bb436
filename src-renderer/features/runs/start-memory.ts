// The last input of each agent, so that starting it again begins with it.
import type { JsonObject } from '#contract/turn';
import { jsonSchema } from '#contract/turn';
import { isObject } from '../../lib/json-kinds.ts';
import { keep, readKept } from '../../lib/kept.ts';

const nameOf = (workspace: string, file: string): string => `atelier.runs.input.${workspace}.${file}`;

export function lastInput(workspace: string, file: string): JsonObject | undefined {
  const parsed = jsonSchema.safeParse(readKept(localStorage, nameOf(workspace, file)));
  return parsed.success && isObject(parsed.data) ? parsed.data : undefined;
}

/** A full drawer is no reason not to start. */
export function keepInput(workspace: string, file: string, input: JsonObject): void {
  try {
    keep(localStorage, nameOf(workspace, file), input);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
