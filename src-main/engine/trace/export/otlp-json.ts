// A recorded trace as an OTLP/JSON export request, from its spans as they are stored.
import type { Span, TraceSummary } from '#contract/trace';
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject, member, textMember } from '../json.ts';

/** One request with the trace's spans, by resource and scope. */
export function otlpRequest(trace: TraceSummary, spans: readonly Span[]): Json {
  const resources = new Map<string, Map<string, Span[]>>();
  for (const span of spans) {
    const resource = JSON.stringify(span.attributes['otel.resource'] ?? {});
    const scope = JSON.stringify(span.attributes['otel.scope'] ?? {});
    const scopes = resources.get(resource) ?? new Map<string, Span[]>();
    resources.set(resource, scopes.set(scope, [...(scopes.get(scope) ?? []), span]));
  }
  return {
    resourceSpans: [...resources.values()].map((scopes): Json => {
      const [first] = [...scopes.values()].flat();
      return {
        resource: { attributes: keyValues(first?.attributes['otel.resource']) },
        scopeSpans: [...scopes.values()].map((own): Json => ({
          scope: scopeJson(own[0]?.attributes['otel.scope']),
          spans: own.map((span) => spanJson(trace.id, span)),
        })),
      };
    }),
  };
}

function scopeJson(scope: Json | undefined): Json {
  const { name, version, ...attributes } = isObject(scope) ? scope : {};
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: keyValues(attributes) }),
  };
}

const aside = new Set([
  'otel.events',
  'otel.links',
  'otel.status',
  'otel.kind',
  'otel.trace_state',
  'otel.scope',
  'otel.resource',
]);
const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

function spanJson(traceId: string, span: Span): Json {
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
