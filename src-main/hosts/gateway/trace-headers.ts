// Which trace a client says that its request belongs to. What is not well-formed says nothing.
import type { IncomingHttpHeaders } from 'node:http';
import type { Asked } from '#engine/gateway/recorder';

/** W3C Trace Context: no id of zeros alone, no version ff. */
const traceparent = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/u;
/** A name that a person can read, as a header can hold it. */
const name = /^[\u0020-\u007e\u00a0-\u00ff]{1,200}$/u;

export function traceOf(headers: IncomingHttpHeaders): Asked['trace'] {
  const parent = fitting(headers['traceparent'], traceparent);
  const session = fitting(headers['x-atelier-session'], name);
  const task = fitting(headers['x-atelier-task'], name);
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(session === undefined ? {} : { session }),
    ...(task === undefined ? {} : { task }),
  };
}

function fitting(value: string | readonly string[] | undefined, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined;
}
