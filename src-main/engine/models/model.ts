// The port to models: what a provider is asked and what it answers. The scripted model is one; real ones are others.
import type { Json, JsonObject, Message } from '#contract/turn';
import type { Usage } from '#contract/journal';

export interface ModelCall {
  /** The model's name within its provider: "scripted/triage" is asked for as "triage". */
  readonly model: string;
  /** A context first. */
  readonly messages: readonly Message[];
  /**
   * temperature, maxTokens, schema (JSON Schema), topP, stop, seed, toolChoice, parallelToolCalls, reasoning, logprobs, user, where given: as
   * WireParameters has them (models/wire/wire.ts).
   */
  readonly parameters: JsonObject;
  /** Draws that the provider makes come from it; the same for the same call of the same run. */
  readonly seed: number;
  /** Which try of its node asks, from 1: the number after '#' in the effect's key. */
  readonly try: number;
  readonly signal: AbortSignal;
  /** What is said as it is said. */
  readonly onText: (channel: 'text' | 'reasoning', text: string) => void;
  /** The run on whose behalf: budgets, the ledger and the list of calls name it. */
  readonly run?: string;
}

export interface ModelReply {
  readonly message: Message & { readonly role: 'assistant' };
  /** 'end', 'tools', 'length', 'refusal' or what the provider calls it. */
  readonly stop: string;
  /** As the provider names what answered. */
  readonly model: string;
  readonly usage: Usage;
  /** Where they were asked for, as the provider gives them. */
  readonly logprobs?: Json;
  /** What of the request the provider's dialect could not say and was left out, as it changes nothing of what was asked; absent where nothing was. */
  readonly omitted?: readonly string[];
}

export interface EmbedCall {
  /** As in ModelCall. */
  readonly model: string;
  readonly texts: readonly string[];
  readonly signal: AbortSignal;
  readonly run?: string;
}

export interface Embeddings {
  /** One for each text, in their order. */
  readonly vectors: readonly Float32Array[];
  readonly model: string;
  readonly usage: Usage;
}

export interface ModelProvider {
  /** The part of a model's name before the first '/'. */
  readonly name: string;
  /** Throws ModelError; AbortError when the signal said so. */
  call(call: ModelCall): Promise<ModelReply>;
  /** As `call`; absent where the provider has none. */
  embed?(call: EmbedCall): Promise<Embeddings>;
}

/** A model that did not answer. `name` becomes the RunError's: "ModelError 429". */
export class ModelError extends Error {
  readonly status: number | undefined;
  readonly hint: string | undefined;
  /** In how many ms it may be asked again, where that was said. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status?: number, hint?: string, retryAfterMs?: number) {
    super(message);
    this.name = status === undefined ? 'ModelError' : `ModelError ${status}`;
    this.status = status;
    this.hint = hint;
    this.retryAfterMs = retryAfterMs;
  }
}
