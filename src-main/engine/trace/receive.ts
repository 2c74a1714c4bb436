// Takes OpenTelemetry in as it is sent: each export request's spans into the traces, in slices that nobody feels.
import type { Json, JsonObject } from '#contract/turn';
import type { Clock, Store } from '../ports.ts';
import type { Redactor } from '../redactor.ts';
import { isArray, isObject, member } from './json.ts';
import { OtlpIntake } from './import/otlp.ts';
import { isOtlp, readSpans } from './import/otlp-spans.ts';
import { madeHere, madeHereId } from './captured/made-here.ts';

/** Spans read and written at once. */
const spansAtOnce = 200;
/** After so many the memory of earlier ones is let go. */
const remembered = 20_000;

export interface Received {
  readonly accepted: number;
  readonly rejected: number;
  /** What is wrong with the rejected ones, and with what came in all the same; empty where nothing is. */
  readonly message: string;
}

export interface ReceiverParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/** Traces that arrive in several requests are one; a span that is known already is left as it is. */
export class Receiver {
  readonly #parts: ReceiverParts;
  #intake: OtlpIntake | undefined;
  #taken = 0;
  /** One request after the other: two would write the same trace. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
  }

  /** `request` is an ExportTraceServiceRequest as JSON. Rejects with a Problem (BAD_INPUT) where it holds no spans but something else. */
  async receive(request: Json): Promise<Received> {
    const work = this.#last.then(
      () => this.#receive(request),
      () => this.#receive(request),
    );
    this.#last = work;
    return work;
  }

  async #receive(request: Json): Promise<Received> {
    const notes = new Set<string>();
    let accepted = 0;
    let rejected = 0;
    for (const part of partsOf(request)) {
      const masked = this.#parts.redactor.json(part);
      const read = readSpans(masked);
      const taken = this.#take(read, notes);
      accepted += taken;
      rejected += read.problems.length + read.spans.length - taken;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { accepted, rejected, message: [...notes].slice(0, 10).join(' ') };
  }

  #take(read: ReturnType<typeof readSpans>, notes: Set<string>): number {
    const { store, clock } = this.#parts;
    const intake = this.#intakeNow();
    try {
      const taken = intake.takeRead(read, clock.now(), { note: (cause) => notes.add(cause) });
      store.transaction(() => {
        madeHere(store, clock);
        intake.flush();
      });
      return taken;
    } catch (error) {
      // What was rolled back is not stored, whatever the intake believes.
      this.#intake = undefined;
      throw error;
    }
  }

  #intakeNow(): OtlpIntake {
    const { store, clock } = this.#parts;
    this.#taken += 1;
    if (this.#intake === undefined || this.#taken > remembered / spansAtOnce) {
      this.#intake = new OtlpIntake(store, clock, madeHereId);
      this.#taken = 0;
    }
    return this.#intake;
  }
}

/** The request in requests of not too many spans each; none where it is empty, as it may be. */
function* partsOf(request: Json): Generator<Json> {
  if (isObject(request) && Object.keys(request).length === 0) return;
  const resources = member(request, 'resourceSpans');
  if (!isArray(resources) || !isOtlp(request)) {
    yield request;
    return;
  }
  for (const resource of resources) {
    const scopes = member(resource, 'scopeSpans');
    if (!isArray(scopes) || !isObject(resource)) yield { resourceSpans: [resource] };
    else for (const scope of scopes) yield* piecesOf(resource, scope);
  }
}

function* piecesOf(resource: JsonObject, scope: Json): Generator<Json> {
  const spans = member(scope, 'spans');
  if (!isArray(spans) || !isObject(scope)) {
    yield { resourceSpans: [{ ...resource, scopeSpans: [scope] }] };
    return;
  }
  for (let from = 0; from < spans.length; from += spansAtOnce) {
    const some = { ...scope, spans: spans.slice(from, from + spansAtOnce) };
    yield { resourceSpans: [{ ...resource, scopeSpans: [some] }] };
  }
}
