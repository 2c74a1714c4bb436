// What the gateway's server tells of each request, and where it gets recorded answers: between hosts/gateway and the capture.
import type { CassetteMode, GatewayCall } from '#contract/gateway';
import type { Json } from '#contract/turn';
import type { WireUsage } from '../models/wire/wire.ts';
import type { HttpHeader, WireDialect } from '../network-ports.ts';

/** A request of a client, its body read. */
export interface Asked {
  /** Also the call's. */
  readonly id: string;
  /** Id of the key. */
  readonly key: string;
  readonly at: number;
  readonly endpoint: string;
  readonly dialect: WireDialect;
  readonly stream: boolean;
  readonly body: Json;
  /** `traceparent`, `x-atelier-session`, `x-atelier-task`, where they were sent and are well-formed. */
  readonly trace: { readonly parent?: string; readonly session?: string; readonly task?: string };
  readonly provider?: string;
  /** As the upstream is asked for it. */
  readonly model?: string;
}

/** How it came out. */
export interface Answered {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly status: number;
  readonly headers: readonly HttpHeader[];
  /** As the client got it, decoded (no `content-encoding`); what had come where it was cut off. */
  readonly body: Uint8Array;
  readonly from: 'upstream' | 'record';
  readonly firstByteMs?: number;
  readonly ms: number;
  /** What the provider said that it used, where the body that the client got has no place for it. */
  readonly used?: WireUsage;
  readonly problem?: string;
}

/** A recorded answer, or why there is none. */
export type Lookup =
  | {
      readonly kind: 'hit';
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      readonly body: Uint8Array;
    }
  | { readonly kind: 'miss'; readonly sentence: string; readonly hint?: string; readonly nearest?: Json };

/** Puts what goes through the gateway into the tree and the traces, and looks recorded answers up. Never throws for what a client sent. */
export interface Recorder {
  /** Returns at once; a trace of the request appears soon after. */
  begin(asked: Asked): Recording;
  /** For a request of the same dialect and wish for a stream. */
  find(asked: Asked, mode: CassetteMode): Lookup;
  /** Calls under way and done, newest first. */
  calls(filter: { readonly key?: string }, limit: number): readonly GatewayCall[];
  /** All that was begun or ended so far is on disk when it resolves. */
  flush(): Promise<void>;
}

export interface Recording {
  readonly traceId: string | undefined;
  /** The head of the answer has come. */
  streaming(status: number): void;
  finish(answered: Answered): void;
}
