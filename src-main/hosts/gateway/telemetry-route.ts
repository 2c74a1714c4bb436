// What sends traces and scores of its own: OTLP over HTTP (POST /v1/traces) and scores (POST /v1/scores).
import type { Topic } from '#contract/workspace';
import type { Clock, Store } from '#engine/ports';
import type { CallStore } from '#engine/network-ports';
import type { Redactor } from '#engine/redactor';
import type { Route } from './route.ts';

export interface TelemetryParts {
  readonly store: Store & { readonly calls: CallStore };
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly changed: (...topics: Topic[]) => void;
  /** What went through the gateway so far is in the store when it resolves: a score may be of a call that has just ended. */
  readonly flush: () => Promise<void>;
}

/** One route a path; all need the scope "telemetry". */
export function telemetryRoutes(_parts: TelemetryParts): readonly Route[] {
  return [];
}
