// Spans, scopes and resources as OTLP/JSON, from what is read of them.
import type { Span } from '#contract/trace';
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject, member, textMember } from '../json.ts';

/** An entry of a request without its list of scopes. */
export function resourceJson(attributes: Json | undefined): JsonObject {
  return { resource: { attributes: keyValues(attributes) } };
}

/** An entry of a resource without its list of spans. */
export function scopeJson(scope: Json | undefined): JsonObject {
  const { name, version, ...attributes } = isObject(scope) ? scope : {};
  return {
    scope: {
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes: keyValues(attributes) }),
    },
  };
}

/** The attribute that holds what a source says beyond this: {span?, resource?, scope?}, see otlp-exact.ts. */
export const exactKey = 'atelier.otlp';

const aside = new Set([
  'otel.events',
  'otel.links',
  'otel.status',
  'otel.kind',
  'otel.trace_state',
  'otel.scope',
  'otel.resource',
  exactKey,
]);
const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

export function spanJson(traceId: string, span: Span): Json {
  const { attributes } = span;
  const own = Object.fromEntries(Object.entries(attributes).filter(([key]) => !aside.has(key)));
  const kind = kinds.indexOf(textMember(attributes, 'otel.kind') ?? '');
  const events = attributes['otel.events'];
  const links = attributes['otel.links'];
  return {
    traceId,
    spanId: span.id,
    ...(span.parent === undefined ? {} : { parentSpanId: span.parent }),
    ...(attributes['otel.trace_state'] === undefined ? {} : { traceState: attributes['otel.trace_state'] }),
    name: span.name,
    ...(kind < 0 ? {} : { kind }),
    ...timeJson('startTimeUnixNano', span.startedAt),
    ...timeJson('endTimeUnixNano', span.endedAt),
    attributes: keyValues(own),
    ...(isArray(events) ? { events: events.map(eventJson) } : {}),
    ...(isArray(links) ? { links: links.map(linkJson) } : {}),
    ...(attributes['otel.status'] === undefined ? {} : { status: attributes['otel.status'] }),
  };
}

function eventJson(event: Json): Json {
  const at = member(event, 'at');
  return {
    ...timeJson('timeUnixNano', typeof at === 'number' ? at : undefined),
    name: member(event, 'name') ?? '',
    attributes: keyValues(member(event, 'attributes')),
  };
}

function linkJson(link: Json): Json {
  return {
    traceId: member(link, 'traceId') ?? null,
    spanId: member(link, 'spanId') ?? null,
    attributes: keyValues(member(link, 'attributes')),
  };
}

function timeJson(name: string, ms: number | undefined): JsonObject {
  if (ms === undefined) return {};
  const whole = Math.floor(ms);
  return { [name]: String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6))) };
}

function keyValues(attributes: Json | undefined): Json {
  if (!isObject(attributes)) return [];
  return Object.entries(attributes).map(([key, value]): Json => ({ key, value: anyValueJson(value) }));
}

function anyValueJson(value: Json): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (isArray(value)) return { arrayValue: { values: value.map(anyValueJson) } };
  return isObject(value) ? { kvlistValue: { values: keyValues(value) } } : {};
}
