// Writes protobuf by hand, so that what reads it is held against the specification and not against itself.
// https://protobuf.dev/programming-guides/encoding/

export function varint(value: bigint | number): Buffer {
  let left = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(left & 0x7fn);
    left >>= 7n;
    bytes.push(left === 0n ? low : low | 0x80);
  } while (left !== 0n);
  return Buffer.from(bytes);
}

function tag(field: number, type: number): Buffer {
  return varint(field * 8 + type);
}

export function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([tag(field, 2), varint(value.length), value]);
}

export function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

export function message(field: number, ...parts: readonly Uint8Array[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

export function number(field: number, value: bigint | number): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)]);
}

export function fixed64(field: number, value: bigint): Buffer {
  const body = Buffer.alloc(8);
  body.writeBigUInt64LE(value);
  return Buffer.concat([tag(field, 1), body]);
}

export function fixed32(field: number, value: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32LE(value);
  return Buffer.concat([tag(field, 5), body]);
}

export function double(field: number, value: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeDoubleLE(value);
  return Buffer.concat([tag(field, 1), body]);
}

/** A field header alone: for wire types that nothing should use. */
export function header(field: number, type: number): Buffer {
  return tag(field, type);
}

export const traceId = '5b8efff798038103d269b633813fc60c';

/** An ExportTraceServiceRequest of one resource and scope; `spans`: the bodies of its spans. */
export function exportRequest(...spans: readonly Uint8Array[]): Buffer {
  const resource = message(1, message(1, text(1, 'service.name'), message(2, text(1, 'shop'))));
  const scope = message(1, text(1, 'by.hand'), text(2, '1.2.3'));
  return message(1, resource, message(2, scope, ...spans.map((span) => message(2, span))));
}

export function spanBody(id: string, name: string, ...more: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    bytes(1, Buffer.from(traceId, 'hex')),
    bytes(2, Buffer.from(id, 'hex')),
    text(5, name),
    fixed64(7, 1_719_000_000_123_456_789n),
    fixed64(8, 1_719_000_001_000_000_001n),
    ...more,
  ]);
}

export function attribute(key: string, value: Uint8Array): Buffer {
  return message(9, text(1, key), bytes(2, value));
}
