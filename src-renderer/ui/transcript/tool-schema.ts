// What a tool's schema says it is called and does.
import type { Json } from '#contract/turn';

/** Name and description in either of the two usual shapes of a tool schema: {name …} and {type, function: {name …}}. */
export function describeTool(tool: Json): { readonly name?: string; readonly description?: string } {
  const outer = asObject(tool);
  if (outer === undefined) return {};
  const inner = asObject(outer['function']) ?? outer;
  const { name, description } = inner;
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

function asObject(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, Json>>;
}
