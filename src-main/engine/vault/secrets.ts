// How the rest of the engine is given a secret: for one binding, for one purpose, at the last moment.
import type { Binding } from '#contract/vault';

/** Where a value goes. */
export interface ReleaseTo {
  /** The provider that asks, if one does; a secret bound to its name must be bound to `origin` with it. */
  readonly provider?: string;
  /** "https://api.openai.com". */
  readonly origin: string;
  readonly tool?: string;
  /** What for, in words for the audit: "model openai/gpt-5 for run 1f3a…". */
  readonly purpose: string;
}

export interface Released {
  readonly value: string;
  /** Of a secret that is being rotated: the other value, once the first was refused (401, 403). undefined where there is none. */
  readonly other: (() => Promise<Released | undefined>) | undefined;
}

export interface Secrets {
  /**
   * Throws a Problem: NOT_FOUND (no such secret, or the guard has no value for it), REFUSED (bound to something else, or the vault is
   * locked). Every release and refusal is put into the audit first.
   */
  release(name: string, to: ReleaseTo): Promise<Released>;
  /** Without releasing anything. */
  standing(name: string, binding: Binding): 'ready' | 'locked' | 'missing' | 'unbound';
}
