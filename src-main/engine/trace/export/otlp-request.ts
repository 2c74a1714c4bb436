// A recorded trace as one OTLP/JSON export request, equal to what came in but for how it was spread over requests.
import type { Span } from '#contract/trace';
import type { Json } from '#contract/turn';
import { isObject, member } from '../json.ts';
import { exact } from '../otlp-exact.ts';
import { exactKey, resourceJson, scopeJson, spanJson } from './otlp-json.ts';

/** One request with the trace's spans (every attribute they came with), by resource and scope. */
export function otlpRequest(traceId: string, spans: readonly Span[]): Json {
  return {
    resourceSpans: grouped(spans, 'resource').map((ofResource): Json => {
      const [first] = ofResource;
      return {
        ...entry(exact(resourceJson(first?.attributes['otel.resource']), first, 'resource')),
        scopeSpans: grouped(ofResource, 'scope').map((own): Json => ({
          ...entry(exact(scopeJson(own[0]?.attributes['otel.scope']), own[0], 'scope')),
          spans: own.map((span) => exact(spanJson(traceId, span), span, 'span')),
        })),
      };
    }),
  };
}

/** Spans that say the same of what is around them, in the order they came. */
function grouped(spans: readonly Span[], name: 'resource' | 'scope'): readonly (readonly Span[])[] {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    const around = [span.attributes[`otel.${name}`] ?? {}, member(span.attributes[exactKey], name) ?? {}];
    const key = JSON.stringify(around);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [span]);
    else group.push(span);
  }
  return [...groups.values()];
}

function entry(value: Json): Readonly<Record<string, Json>> {
  return isObject(value) ? value : {};
}
