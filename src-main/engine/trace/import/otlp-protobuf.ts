// OTLP's protobuf encoding of spans, decoded into the JSON that OTLP/JSON would be: hex ids, 64-bit integers as digits.
// Messages: https://github.com/open-telemetry/opentelemetry-proto (trace.proto, common.proto, resource.proto, version 1).
import type { Json } from '#contract/turn';
import { PbfReader } from 'pbf';
import { Problem } from '../../problem.ts';

/** Deeper nesting of messages is refused; a span's own depth is 5. */
const deepest = 100;
/** So many messages are read of one request: an empty one takes two bytes there and many more here. */
const mostMessages = 1_000_000;

type Scalar = 'string' | 'bool' | 'int64' | 'uint32' | 'fixed32' | 'fixed64' | 'double' | 'bytes' | 'hex' | 'enum';

interface Field {
  readonly name: string;
  /** What it holds; of a function, messages of that shape. */
  readonly type: Scalar | (() => Shape);
  readonly many?: true;
  /** One of several of which the last one counts. */
  readonly oneOf?: true;
}

type Shape = ReadonlyMap<number, Field>;

const many = true;
const oneOf = true;

const anyValue: Shape = new Map<number, Field>([
  [1, { name: 'stringValue', type: 'string', oneOf }],
  [2, { name: 'boolValue', type: 'bool', oneOf }],
  [3, { name: 'intValue', type: 'int64', oneOf }],
  [4, { name: 'doubleValue', type: 'double', oneOf }],
  [5, { name: 'arrayValue', type: () => arrayValue, oneOf }],
  [6, { name: 'kvlistValue', type: () => keyValueList, oneOf }],
  [7, { name: 'bytesValue', type: 'bytes', oneOf }],
]);
const arrayValue: Shape = new Map<number, Field>([[1, { name: 'values', type: () => anyValue, many }]]);
const keyValueList: Shape = new Map<number, Field>([[1, { name: 'values', type: () => keyValue, many }]]);
const keyValue: Shape = new Map<number, Field>([
  [1, { name: 'key', type: 'string' }],
  [2, { name: 'value', type: () => anyValue }],
]);
const entity: Shape = new Map<number, Field>([
  [1, { name: 'schemaUrl', type: 'string' }],
  [2, { name: 'type', type: 'string' }],
  [3, { name: 'idKeys', type: 'string', many }],
  [4, { name: 'descriptionKeys', type: 'string', many }],
]);
const resource: Shape = new Map<number, Field>([
  [1, { name: 'attributes', type: () => keyValue, many }],
  [2, { name: 'droppedAttributesCount', type: 'uint32' }],
  [3, { name: 'entityRefs', type: () => entity, many }],
]);
const scope: Shape = new Map<number, Field>([
  [1, { name: 'name', type: 'string' }],
  [2, { name: 'version', type: 'string' }],
  [3, { name: 'attributes', type: () => keyValue, many }],
  [4, { name: 'droppedAttributesCount', type: 'uint32' }],
]);
const event: Shape = new Map<number, Field>([
  [1, { name: 'timeUnixNano', type: 'fixed64' }],
  [2, { name: 'name', type: 'string' }],
  [3, { name: 'attributes', type: () => keyValue, many }],
  [4, { name: 'droppedAttributesCount', type: 'uint32' }],
]);
const link: Shape = new Map<number, Field>([
  [1, { name: 'traceId', type: 'hex' }],
  [2, { name: 'spanId', type: 'hex' }],
  [3, { name: 'traceState', type: 'string' }],
  [4, { name: 'attributes', type: () => keyValue, many }],
  [5, { name: 'droppedAttributesCount', type: 'uint32' }],
  [6, { name: 'flags', type: 'fixed32' }],
]);
const status: Shape = new Map<number, Field>([
  [2, { name: 'message', type: 'string' }],
  [3, { name: 'code', type: 'enum' }],
]);
const span: Shape = new Map<number, Field>([
  [1, { name: 'traceId', type: 'hex' }],
  [2, { name: 'spanId', type: 'hex' }],
  [3, { name: 'traceState', type: 'string' }],
  [4, { name: 'parentSpanId', type: 'hex' }],
  [5, { name: 'name', type: 'string' }],
  [6, { name: 'kind', type: 'enum' }],
  [7, { name: 'startTimeUnixNano', type: 'fixed64' }],
  [8, { name: 'endTimeUnixNano', type: 'fixed64' }],
  [9, { name: 'attributes', type: () => keyValue, many }],
  [10, { name: 'droppedAttributesCount', type: 'uint32' }],
  [11, { name: 'events', type: () => event, many }],
  [12, { name: 'droppedEventsCount', type: 'uint32' }],
  [13, { name: 'links', type: () => link, many }],
  [14, { name: 'droppedLinksCount', type: 'uint32' }],
  [15, { name: 'status', type: () => status }],
  [16, { name: 'flags', type: 'fixed32' }],
]);
const scopeSpans: Shape = new Map<number, Field>([
  [1, { name: 'scope', type: () => scope }],
  [2, { name: 'spans', type: () => span, many }],
  [3, { name: 'schemaUrl', type: 'string' }],
]);
const resourceSpans: Shape = new Map<number, Field>([
  [1, { name: 'resource', type: () => resource }],
  [2, { name: 'scopeSpans', type: () => scopeSpans, many }],
  [3, { name: 'schemaUrl', type: 'string' }],
]);
const exportRequest: Shape = new Map<number, Field>([[1, { name: 'resourceSpans', type: () => resourceSpans, many }]]);

/**
 * An ExportTraceServiceRequest. Fields it does not know are passed over; NaN and infinities are the words OTLP/JSON has for them. Throws a
 * Problem (BAD_INPUT) where the bytes are no such message, are cut off, or hold more than fits.
 */
export function decodeOtlp(bytes: Uint8Array): Json {
  return new Decoder(bytes).read(exportRequest);
}

type Members = Record<string, Json>;

/** By what follows a field's number. */
const wire = { varint: 0, eight: 1, length: 2, four: 5 } as const;

const wireOf: Readonly<Record<Scalar, number>> = {
  string: wire.length,
  bytes: wire.length,
  hex: wire.length,
  bool: wire.varint,
  int64: wire.varint,
  uint32: wire.varint,
  enum: wire.varint,
  fixed32: wire.four,
  fixed64: wire.eight,
  double: wire.eight,
};

class Decoder {
  readonly #pbf: PbfReader;
  readonly #bytes: Buffer;
  #messages = 0;

  constructor(bytes: Uint8Array) {
    this.#pbf = new PbfReader(bytes);
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(shape: Shape): Json {
    const members: Members = {};
    this.#message(shape, members, this.#bytes.length, 0);
    return members;
  }

  /** Reads a message that ends before `end` into `members`: a message that comes in two parts is one. */
  #message(shape: Shape, members: Members, end: number, depth: number): void {
    this.#messages += 1;
    if (this.#messages > mostMessages)
      throw new Problem('BAD_INPUT', `The request holds over ${mostMessages.toLocaleString('en')} values.`, smaller);
    if (depth > deepest) throw new Problem('BAD_INPUT', `The request is nested over ${deepest} levels deep.`);
    const pbf = this.#pbf;
    while (pbf.pos < end) {
      const tag = this.#varint(end);
      const number = Math.floor(tag / 8);
      const type = tag % 8;
      if (number === 0 || number > 0x1fff_ffff) throw this.#damaged(`there is a field number ${number}`);
      const field = shape.get(number);
      if (field === undefined) this.#skip(type, end);
      else this.#field(field, type, members, end, depth);
    }
  }

  #field(field: Field, type: number, members: Members, end: number, depth: number): void {
    const expected = typeof field.type === 'string' ? wireOf[field.type] : wire.length;
    // Of another type it is another version's field: unknown, as every reader of protobuf has it.
    if (type !== expected) return this.#skip(type, end);
    if (field.oneOf === true) for (const name of Object.keys(members)) if (name !== field.name) delete members[name];
    if (typeof field.type !== 'string') return this.#inner(field, field.type(), members, end, depth);
    const value = this.#scalar(field.type, end);
    if (field.many === true) listIn(members, field.name).push(value);
    else members[field.name] = value;
  }

  #inner(field: Field, shape: Shape, members: Members, end: number, depth: number): void {
    const before = field.many === true ? undefined : members[field.name];
    const inner: Members = isMembers(before) ? before : {};
    this.#message(shape, inner, this.#lengthEnd(end), depth + 1);
    if (field.many === true) listIn(members, field.name).push(inner);
    else members[field.name] = inner;
  }

  #scalar(type: Scalar, end: number): Json {
    switch (type) {
      case 'string':
        return this.#bytesTo(this.#lengthEnd(end)).toString('utf8');
      case 'bytes':
        return this.#bytesTo(this.#lengthEnd(end)).toString('base64');
      case 'hex':
        return this.#bytesTo(this.#lengthEnd(end)).toString('hex');
      case 'bool':
        return this.#varint(end) !== 0;
      case 'enum':
      case 'uint32':
        return this.#varint(end) >>> 0;
      case 'int64':
        return this.#int64(end);
      case 'fixed32':
        this.#need(4, end);
        return this.#pbf.readFixed32();
      case 'fixed64':
        this.#need(8, end);
        return this.#bytesTo(this.#pbf.pos + 8)
          .readBigUInt64LE()
          .toString();
      case 'double':
        this.#need(8, end);
        return doubleJson(this.#pbf.readDouble());
    }
  }

  /** Digits of a signed integer of 64 bits. */
  #int64(end: number): string {
    const start = this.#pbf.pos;
    this.#endOfVarint(end);
    const near = this.#pbf.readVarint(true);
    if (Number.isSafeInteger(near)) return String(near);
    let whole = 0n;
    for (let at = start; at < this.#pbf.pos; at += 1)
      whole |= BigInt((this.#bytes[at] ?? 0) & 0x7f) << BigInt(7 * (at - start));
    return BigInt.asIntN(64, whole).toString();
  }

  #varint(end: number): number {
    this.#endOfVarint(end);
    return this.#pbf.readVarint();
  }

  /** Throws where no varint ends before `end`: the reader itself would read on. */
  #endOfVarint(end: number): void {
    const start = this.#pbf.pos;
    for (let at = start; at < end && at < start + 10; at += 1) if ((this.#bytes[at] ?? 0) < 0x80) return;
    throw this.#damaged(end - start < 10 ? 'it ends inside a number' : 'a number has more than ten bytes');
  }

  #lengthEnd(end: number): number {
    const length = this.#varint(end);
    this.#need(length, end);
    return this.#pbf.pos + length;
  }

  #need(length: number, end: number): void {
    if (length > end - this.#pbf.pos) throw this.#damaged(`${length} bytes should follow where it ends`);
  }

  #bytesTo(to: number): Buffer {
    const bytes = this.#bytes.subarray(this.#pbf.pos, to);
    this.#pbf.pos = to;
    return bytes;
  }

  #skip(type: number, end: number): void {
    switch (type) {
      case wire.varint:
        this.#varint(end);
        return;
      case wire.eight:
        this.#need(8, end);
        this.#pbf.pos += 8;
        return;
      case wire.length:
        this.#pbf.pos = this.#lengthEnd(end);
        return;
      case wire.four:
        this.#need(4, end);
        this.#pbf.pos += 4;
        return;
      default:
        throw this.#damaged(`wire type ${type} is not in use`);
    }
  }

  #damaged(why: string): Problem {
    const place = this.#pbf.pos.toLocaleString('en');
    const hint = 'Send an ExportTraceServiceRequest of OTLP 1, as application/x-protobuf.';
    return new Problem('BAD_INPUT', `It is no OTLP in protobuf: at byte ${place}, ${why}.`, hint);
  }
}

const smaller = 'Export smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE).';

function doubleJson(value: number): Json {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listIn(members: Members, name: string): Json[] {
  const before = members[name];
  if (Array.isArray(before)) return before as Json[];
  const list: Json[] = [];
  members[name] = list;
  return list;
}
