// Spans as they are stored: the messages in their attributes repeat from span to span, so only what changes is kept.
import type { Span } from '#contract/trace';
import type { Json, JsonObject } from '#contract/turn';
import { applyPatch, diffJson, type Patch } from '../turns/residue.ts';
import { exactKey } from './export/otlp-json.ts';
import { closeValue, openValue } from './import/text-style.ts';
import { isArray, isObject, member, textMember } from './json.ts';

/** Where a packed span keeps the attributes that hold messages: {patch, base?: id of the span it is a patch of, at: their places, events: those of the events}. */
export const packedKey = 'atelier.messages';
const eventsKey = 'otel.events';

const messageKey =
  /^(?:gen_ai\.(?:input|output)\.messages$|gen_ai\.system_instructions$|gen_ai\.tool\.definitions$|gen_ai\.(?:prompt|completion)(?:\.|$)|llm\.(?:input_messages|output_messages|tools|prompts|request\.functions)(?:\.|$)|(?:input|output)\.value$|ai\.prompt(?:\.messages|\.tools)?$|ai\.(?:response|result)\.(?:text|reasoning|object|toolCalls)$|langfuse\.observation\.(?:input|output)$)/;
const messageEvent = /^gen_ai\.(?:\w+\.message|choice|content\.\w+|client\.inference\.operation\.details)$/;

/** Packs spans one after the other; each is kept as what differs from the one of its kind before it. */
export class SpanPacker {
  readonly #before = new Map<string, { readonly id: string; readonly heavy: JsonObject }>();

  /** `mayServe`: whether the span is stored as it is here, so that a later one may be a patch of it. */
  pack(span: Span, mayServe: boolean): Span {
    const { light, heavy } = parted(span.attributes);
    if (Object.keys(heavy).length === 0) return span;
    const base = this.#before.get(span.kind);
    const patch = diffJson(base?.heavy ?? {}, heavy);
    if (mayServe) this.#before.set(span.kind, { id: span.id, heavy });
    const packed: JsonObject = {
      ...(base === undefined ? {} : { base: base.id }),
      // A patch is JSON by its making.
      ...(patch === undefined ? {} : { patch: patch as Json }),
      at: placesOf(span.attributes, light, heavy),
      ...(eventsKey in light && eventsKey in heavy ? { events: spokenAt(span.attributes[eventsKey]) } : {}),
    };
    return { ...span, attributes: { ...light, [packedKey]: packed } };
  }
}

/** The spans of one trace with every attribute they came with. */
export function unpackSpans(spans: readonly Span[]): Span[] {
  const unpack = unpacker(spans);
  return spans.map(unpack);
}

/** The same, but of a span that stands on turns without the messages the turns show. */
export function shownSpans(spans: readonly Span[]): Span[] {
  const unpack = unpacker(spans);
  return spans.map((span) => {
    const shown = span.read === undefined && span.wrote === undefined ? unpack(span) : span;
    if (!(packedKey in shown.attributes) && !(exactKey in shown.attributes)) return shown;
    const { [packedKey]: _packed, [exactKey]: _exact, ...attributes } = shown.attributes;
    return { ...shown, attributes };
  });
}

function unpacker(spans: readonly Span[]): (span: Span) => Span {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const known = new Map<string, Json>();

  /** From the nearest span whose messages are known already, forward. */
  function heavyOf(span: Span): Json {
    const chain: Span[] = [];
    let here: Span | undefined = span;
    while (here !== undefined && !known.has(here.id) && chain.length < spans.length) {
      chain.push(here);
      const base: string | undefined = textMember(here.attributes[packedKey], 'base');
      here = base === undefined ? undefined : byId.get(base);
    }
    let heavy: Json = here === undefined ? {} : (known.get(here.id) ?? {});
    for (const one of chain.toReversed()) {
      heavy = applyPatch(heavy, patchOf(one));
      known.set(one.id, heavy);
    }
    return heavy;
  }

  return (span) => {
    if (!(packedKey in span.attributes)) return span;
    const { [packedKey]: packed, ...light } = span.attributes;
    const heavy = heavyOf(span);
    return { ...span, attributes: joined(light, isObject(heavy) ? heavy : {}, packed) };
  };
}

function patchOf(span: Span): Patch | undefined {
  const patch = member(span.attributes[packedKey], 'patch');
  // It was made by diffJson and stored as it was.
  return patch === undefined ? undefined : (patch as unknown as Patch);
}

function parted(attributes: Span['attributes']): { readonly light: JsonObject; readonly heavy: JsonObject } {
  const light: [string, Json][] = [];
  const heavy: [string, Json][] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (messageKey.test(key)) heavy.push([key, openValue(value, 'compact')]);
    else if (key === eventsKey && isArray(value)) {
      const spoken = value.filter(isMessageEvent);
      const other = value.filter((event) => !isMessageEvent(event));
      if (spoken.length > 0) heavy.push([key, ['value', spoken]]);
      if (other.length > 0) light.push([key, other]);
    } else light.push([key, value]);
  }
  return { light: Object.fromEntries(light), heavy: Object.fromEntries(heavy) };
}

function isMessageEvent(event: Json): boolean {
  return messageEvent.test(textMember(event, 'name') ?? '');
}

/** Where among all the attributes those stand that are kept apart. */
function placesOf(all: JsonObject, light: JsonObject, heavy: JsonObject): number[] {
  const order = Object.keys(all);
  return Object.keys(heavy).flatMap((key) => (key in light ? [] : order.indexOf(key)));
}

/** The places of the events that hold messages among all events. */
function spokenAt(events: Json | undefined): number[] {
  return isArray(events) ? events.flatMap((event, index) => (isMessageEvent(event) ? index : [])) : [];
}

function joined(light: JsonObject, heavy: JsonObject, packed: Json | undefined): JsonObject {
  const closed = Object.entries(heavy).map(([key, value]) => [key, closeValue(value)] as const);
  const at = member(packed, 'at');
  const merged = placed(light, Object.fromEntries(closed), isArray(at) ? at : []);
  const other = light[eventsKey];
  const spoken = merged[eventsKey];
  if (!(eventsKey in heavy) || !isArray(other) || !isArray(spoken)) return merged;
  const places = member(packed, 'events');
  if (!isArray(places)) return { ...merged, [eventsKey]: [...spoken, ...other].toSorted(byTime) };
  const events = [...other];
  for (const [index, one] of spoken.entries()) events.splice(Number(places[index]), 0, one);
  return { ...merged, [eventsKey]: events };
}

/** All attributes in the order they came in; a span packed without places has the heavy ones last. */
function placed(light: JsonObject, heavy: JsonObject, at: readonly Json[]): JsonObject {
  const apart = Object.entries(heavy).filter(([key]) => !(key in light));
  if (at.length !== apart.length) return { ...light, ...heavy };
  const members = Object.entries(light);
  for (const [index, one] of apart.entries()) members.splice(Number(at[index]), 0, one);
  return { ...Object.fromEntries(members), ...heavy };
}

function byTime(left: Json, right: Json): number {
  const [one, other] = [member(left, 'at'), member(right, 'at')];
  return typeof one === 'number' && typeof other === 'number' ? one - other : 0;
}
