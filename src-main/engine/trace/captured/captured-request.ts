// What a request of a client became: its turns, and what gives the request back.
import type { JsonObject, Turn } from '#contract/turn';
import type { Store } from '../../ports.ts';

export interface CapturedRequest {
  /** The turn that it ends in. */
  readonly read: Turn;
  /** The request with null in the places of its messages and tools, or how many turns each message made where that is not as usual. */
  readonly rest: JsonObject;
  /** Last link of the chain of residues that, with the turns, gives these back. */
  readonly residue: string | undefined;
  /** The first words of the first user. */
  readonly title: string | undefined;
  readonly messageCount: number;
  readonly callCount: number;
  /** From the last to the root. */
  turns(): Iterable<Turn>;
  /** Puts what is not known to be stored, inside the caller's transaction. */
  put(store: Store): void;
  /** To be called once that is on disk. */
  stored(): void;
}
