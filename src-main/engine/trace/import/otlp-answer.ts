// What an OTLP receiver answers, as JSON and as protobuf: ExportTraceServiceResponse and google.rpc.Status.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
import type { JsonObject } from '#contract/turn';
import { PbfWriter } from 'pbf';
import type { Received } from '../receive.ts';

/** Empty where nothing is to be said. */
export function responseJson({ rejected, message }: Received): JsonObject {
  if (rejected === 0 && message === '') return {};
  return { partialSuccess: { rejectedSpans: String(rejected), errorMessage: message } };
}

export function responseProtobuf({ rejected, message }: Received): Uint8Array {
  const pbf = new PbfWriter();
  if (rejected > 0 || message !== '') {
    const partial = (_: undefined, inner: PbfWriter): void => {
      if (rejected > 0) inner.writeVarintField(1, rejected);
      inner.writeStringField(2, message);
    };
    pbf.writeMessage(1, partial, undefined);
  }
  return pbf.finish();
}

/** `code` as google.rpc.Code has it: 3 for a bad request, 8 for one that is too large, 13 for a fault of ours. */
export function statusProtobuf(code: number, message: string): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, code);
  pbf.writeStringField(2, message);
  return pbf.finish();
}
