// What OTLP/JSON says beyond a span as it is read (number types, nanoseconds, flags, counts, trace states), kept to give it back.
import type { Span } from '#contract/trace';
import type { Json, JsonObject } from '#contract/turn';
import { applyPatch, diffJson, type Patch } from '../turns/residue.ts';
import { exactKey, resourceJson, scopeJson, spanJson } from './export/otlp-json.ts';
import { isArray, member, orderedLike } from './json.ts';

/** A span's patch may be so long, characters; a longer one repeats what the span says, in a spelling of somebody's own. */
const longest = 4096;

/** What to keep of the entries of a request around a span: they are given without the lists in them. */
export function exactAround(resource: Json, scope: Json, read: JsonObject): JsonObject {
  const ofResource = difference(resourceJson(read['otel.resource']), resource);
  const ofScope = difference(scopeJson(read['otel.scope']), scope);
  return {
    ...(ofResource === undefined ? {} : { resource: ofResource }),
    ...(ofScope === undefined ? {} : { scope: ofScope }),
  };
}

/** The span with what to keep of its source; unchanged where nothing is lost, or the source is no plain OTLP/JSON. */
export function withExact(traceId: string, span: Span, source: Json, around: JsonObject): Span {
  const plain = member(source, 'spanId') !== undefined && isArray(member(source, 'attributes') ?? []);
  const own = plain ? difference(spanJson(traceId, span), source) : undefined;
  const kept: JsonObject = {
    ...(own === undefined || JSON.stringify(own).length > longest ? {} : { span: own }),
    ...around,
  };
  return Object.keys(kept).length === 0 ? span : { ...span, attributes: { ...span.attributes, [exactKey]: kept } };
}

/** What was kept under a name, applied to what would be written without it. */
export function exact(written: Json, span: Span | undefined, name: 'span' | 'resource' | 'scope'): Json {
  const patch = member(span?.attributes[exactKey], name);
  // It was made by diffJson and stored as it was.
  return patch === undefined ? written : applyPatch(written, patch as unknown as Patch);
}

/** The order of members is no difference. */
function difference(written: Json, source: Json): Json | undefined {
  const patch = diffJson(written, orderedLike(source, written));
  // A patch is JSON by its making.
  return patch === undefined ? undefined : (patch as Json);
}
