// OTLP/JSON spans as spans of a trace: kind, times, error, and every attribute as it was.
import type { Score, Span, SpanKind } from '#contract/trace';
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { isArray, isObject, member, numberMember, textMember } from '../json.ts';
import type { SpanEvent } from './otlp-messages.ts';
import { exactKey } from '../export/otlp-json.ts';
import { packedKey } from '../span-store.ts';
import { exactAround, withExact } from '../otlp-exact.ts';
import { anyValue, attributesOf, field, idField, listField, snakeCase, timeField } from './otlp-values.ts';

export interface ReadSpan {
  readonly traceId: string;
  readonly span: Span;
  readonly events: readonly SpanEvent[];
  readonly scores: readonly Score[];
}

/** Whether the value is an export request, in any of the spellings of exporters and stores. */
export function isOtlp(value: Json | undefined): boolean {
  return resourceLists.some((name) => isArray(field(value, name)));
}

const resourceLists = ['resourceSpans', 'batches'];
const scopeLists = ['scopeSpans', 'instrumentationLibrarySpans'];

/** The members but those of these names, in either spelling. */
function without(value: Json, names: readonly string[]): Json {
  const others = Object.entries(isObject(value) ? value : {}).filter(
    ([key]) => !names.some((name) => key === name || key === snakeCase(name)),
  );
  return Object.fromEntries(others);
}

/** The spans of a request, and what is wrong with those that cannot be read. Throws a Problem where it holds no spans at all. */
export function readSpans(request: Json): {
  readonly spans: readonly ReadSpan[];
  readonly problems: readonly string[];
} {
  if (!isOtlp(request)) throw noSpans(request);
  const spans: ReadSpan[] = [];
  const problems: string[] = [];
  for (const resource of resourceLists.flatMap((name) => listField(request, name))) {
    const scopes = scopeLists.flatMap((name) => listField(resource, name));
    const attributes = attributesOf(field(resource, 'resource'));
    for (const scope of scopes) {
      const read = { resource: attributes, scope: scopeOf(scope) };
      const around = {
        ...read,
        exact: exactAround(without(resource, scopeLists), without(scope, ['spans']), {
          'otel.resource': read.resource,
          'otel.scope': read.scope,
        }),
      };
      for (const span of listField(scope, 'spans')) {
        const read = readSpan(span, around);
        if (typeof read === 'string') problems.push(read);
        else spans.push(read);
      }
    }
  }
  return { spans, problems };
}

function noSpans(request: Json): Problem {
  const other = ['resourceLogs', 'resourceMetrics'].find((name) => field(request, name) !== undefined);
  if (other === undefined) return new Problem('BAD_INPUT', 'It has no list "resourceSpans".');
  const what = other === 'resourceLogs' ? 'log records' : 'metrics';
  return new Problem('BAD_INPUT', `It holds ${what}, not spans.`, 'Import the file the traces are exported to.');
}

interface Around {
  readonly resource: JsonObject;
  readonly scope: JsonObject;
  /** See `exactAround`. */
  readonly exact: JsonObject;
}

function scopeOf(scope: Json): JsonObject {
  const described = field(scope, 'scope') ?? field(scope, 'instrumentationLibrary');
  const name = textMember(described, 'name');
  const version = textMember(described, 'version');
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...attributesOf(described),
  };
}

function readSpan(source: Json, around: Around): ReadSpan | string {
  const traceId = idField(source, 'traceId', 16);
  const id = idField(source, 'spanId', 8);
  const name = textMember(source, 'name') ?? 'unnamed';
  if (traceId === undefined || id === undefined)
    return `The span "${name}" has no valid ${traceId === undefined ? 'trace' : 'span'} id.`;
  const own = foreign(attributesOf(source));
  const events = listField(source, 'events');
  const parent = idField(source, 'parentSpanId', 8);
  const startedAt = timeField(source, 'startTimeUnixNano');
  const endedAt = timeField(source, 'endTimeUnixNano');
  const error = errorOf(source, own, events);
  const span: Span = {
    id,
    name,
    kind: kindOf(own, name),
    attributes: { ...own, ...rest(source, events, around) },
    ...(parent === undefined ? {} : { parent }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(error === undefined ? {} : { error }),
  };
  const plain = events.map((event) => ({ name: textMember(event, 'name') ?? '', attributes: attributesOf(event) }));
  return {
    traceId,
    span: withExact(traceId, span, source, around.exact),
    events: plain,
    scores: plain.flatMap(scoreOf),
  };
}

/** Without attributes that bear the names of Atelier's own bookkeeping. */
function foreign(attributes: JsonObject): JsonObject {
  if (!(packedKey in attributes) && !(exactKey in attributes)) return attributes;
  const { [packedKey]: _packed, [exactKey]: _exact, ...others } = attributes;
  return others;
}

/** What stands beside the attributes, under the names OpenTelemetry gives it where a backend has attributes only. */
function rest(source: Json, events: readonly Json[], around: Around): JsonObject {
  const status = field(source, 'status');
  const links = listField(source, 'links').map((link): Json => ({
    traceId: field(link, 'traceId') ?? null,
    spanId: field(link, 'spanId') ?? null,
    attributes: attributesOf(link),
  }));
  const kind = field(source, 'kind');
  const state = textMember(source, 'traceState');
  return {
    ...(events.length === 0 ? {} : { 'otel.events': events.map(eventOf) }),
    ...(links.length === 0 ? {} : { 'otel.links': links }),
    ...(isObject(status) && Object.keys(status).length > 0 ? { 'otel.status': status } : {}),
    ...(kind === undefined ? {} : { 'otel.kind': spanKind(kind) }),
    ...(state === undefined || state === '' ? {} : { 'otel.trace_state': state }),
    ...(Object.keys(around.scope).length === 0 ? {} : { 'otel.scope': around.scope }),
    ...(Object.keys(around.resource).length === 0 ? {} : { 'otel.resource': around.resource }),
  };
}

function eventOf(event: Json): Json {
  const at = timeField(event, 'timeUnixNano');
  return {
    name: textMember(event, 'name') ?? '',
    ...(at === undefined ? {} : { at }),
    attributes: attributesOf(event),
  };
}

const kindNames = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

function spanKind(kind: Json): Json {
  return typeof kind === 'number'
    ? (kindNames[kind] ?? kind)
    : typeof kind === 'string'
      ? kind.replace('SPAN_KIND_', '')
      : anyValue(kind);
}

function errorOf(source: Json, attributes: JsonObject, events: readonly Json[]): string | undefined {
  const status = field(source, 'status');
  const code = member(status, 'code');
  const type = textMember(attributes, 'error.type');
  if (code !== 2 && code !== 'STATUS_CODE_ERROR' && code !== 'ERROR' && type === undefined) return undefined;
  const exception = events.find((event) => textMember(event, 'name') === 'exception');
  const thrown = exception === undefined ? undefined : textMember(attributesOf(exception), 'exception.message');
  const message = textMember(status, 'message');
  return [message, thrown, type].find((text) => text !== undefined && text !== '') ?? 'The span ended in an error.';
}

const inferenceKinds: Readonly<Record<string, SpanKind>> = {
  LLM: 'model',
  TOOL: 'tool',
  RETRIEVER: 'retrieval',
  RERANKER: 'retrieval',
  EMBEDDING: 'retrieval',
};
const operationKinds: Readonly<Record<string, SpanKind>> = {
  chat: 'model',
  text_completion: 'model',
  generate_content: 'model',
  completion: 'model',
  execute_tool: 'tool',
  embeddings: 'retrieval',
  retrieval: 'retrieval',
};

const vendorKinds: Readonly<Record<string, SpanKind>> = {
  generation: 'model',
  llm: 'model',
  tool: 'tool',
  retriever: 'retrieval',
  embedding: 'retrieval',
};

/** By the Vercel AI SDK's operation, whose outer spans repeat those of the provider calls in them, or Langfuse's and LangSmith's types. */
function vendorKind(attributes: JsonObject): SpanKind | undefined {
  const operation = textMember(attributes, 'ai.operationId');
  if (operation !== undefined) {
    if (/\.do(?:Generate|Stream)$/.test(operation)) return 'model';
    if (operation === 'ai.toolCall') return 'tool';
    return /^ai\.(?:embed|rerank)/.test(operation) ? 'retrieval' : 'code';
  }
  const type =
    textMember(attributes, 'langfuse.observation.type') ?? textMember(attributes, 'langsmith.span.kind') ?? '';
  return vendorKinds[type.toLowerCase()];
}

/** By OpenInference's span kind, the GenAI operation, vendors' own types, OpenLLMetry's kinds, or what only a model span has. */
function kindOf(attributes: JsonObject, name: string): SpanKind {
  const inferred = textMember(attributes, 'openinference.span.kind');
  if (inferred !== undefined) return inferenceKinds[inferred.toUpperCase()] ?? 'code';
  const operation = textMember(attributes, 'gen_ai.operation.name');
  if (operation !== undefined) return operationKinds[operation] ?? 'code';
  const vendor = vendorKind(attributes);
  if (vendor !== undefined) return vendor;
  if (textMember(attributes, 'traceloop.span.kind') === 'tool' || attributes['gen_ai.tool.name'] !== undefined)
    return 'tool';
  const request = textMember(attributes, 'llm.request.type');
  if (request === 'embedding' || request === 'rerank') return 'retrieval';
  const isModel =
    request !== undefined ||
    ['gen_ai.request.model', 'gen_ai.response.model', 'llm.model_name'].some((key) => key in attributes);
  if (isModel) return 'model';
  return /^(?:human|approval)\b/i.test(name) ? 'human' : 'code';
}

function scoreOf({ name, attributes }: SpanEvent): Score[] {
  const value = numberMember(attributes, 'gen_ai.evaluation.score.value');
  if (name !== 'gen_ai.evaluation.result' || value === undefined) return [];
  const comment =
    textMember(attributes, 'gen_ai.evaluation.explanation') ?? textMember(attributes, 'gen_ai.evaluation.score.label');
  const score = { name: textMember(attributes, 'gen_ai.evaluation.name') ?? 'evaluation', value };
  return [comment === undefined ? score : { ...score, comment }];
}
