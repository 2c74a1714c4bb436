// The port to runner processes, as those who order runs see it.
import type { RunError } from '#contract/journal';
import type { Json } from '#contract/turn';
import type { BatchItem, Description, RunOrder, ToRunner } from '../run/protocol.ts';

/** Whom the runners report to. */
export interface RunnerListener {
  batch(run: string, items: readonly BatchItem[]): void;
  /** It is no longer in a runner; its last event says why. */
  left(run: string): void;
  /** It could not be begun there; the journal is as it was. */
  refused(run: string, error: RunError): void;
  /**
   * Its runner died or was ended (no heartbeat, too much memory). `alone`: no other run was in it, so this one did it; otherwise it may
   * have been another's fault, and the run should be taken up again alone.
   */
  lost(run: string, error: RunError, alone: boolean): void;
  /** What the user's code printed past the log, at most 64 KiB a second, `dropped` bytes left out; without a run where it cannot be told whose. */
  output(run: string | undefined, text: string, dropped: number): void;
}

export type RunMessage = Extract<ToRunner, { readonly run: string }>;

export interface ToolCall {
  readonly url: string;
  readonly name: string;
  readonly key: string;
  readonly input: Json;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Runners {
  /** `alone`: in a runner of its own. The same bundle's runs share one otherwise. */
  run(order: RunOrder, alone: boolean): void;
  /** To the runner that has the run; nothing where none has. */
  send(message: RunMessage): void;
  has(run: string): boolean;
  /** What the loaded file says of itself. Throws a RunFailure with the user's error and position. */
  describe(url: string): Promise<Description>;
  /** Runs a tool in the process for tools. Throws what it threw as a RunFailure; "Timeout"; "Lost" where its process died. */
  callTool(call: ToolCall): Promise<Json>;
  /** Takes the run out of its runner at once, by ending that runner where it does not obey. Other runs in it are `lost`. */
  drop(run: string): void;
  /** Starts a runner before it is needed. */
  warm(): void;
  close(): Promise<void>;
}
