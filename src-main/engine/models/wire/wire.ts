// The wire form of a dialect and the internal one, both ways: what each module in this folder gives.
import type { Json, JsonObject, Message } from '#contract/turn';
import type { Usage } from '#contract/journal';

export type ChatDialect = 'openai-chat' | 'openai-responses' | 'anthropic';

/** A request in the internal form. */
export interface WireRequest {
  readonly model: string;
  /** A context first (system prompt, tools as OpenAI's chat API writes them). */
  readonly messages: readonly Message[];
  readonly parameters: WireParameters;
  readonly stream: boolean;
}

/** What can be said in every dialect, or is refused by name where it cannot. */
export interface WireParameters {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  /** JSON Schema of the answer; `{"type": "object"}` alone: any JSON object. */
  readonly schema?: JsonObject;
  /** What the schema is called, and whether the provider must hold to it; for dialects that ask. */
  readonly schemaName?: string;
  readonly strictSchema?: boolean;
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string };
  readonly parallelToolCalls?: boolean;
  /** How much to think, or for how many tokens. */
  readonly reasoning?: Effort | number;
  /** How many alternatives of each token to tell the log probabilities of; 0: of the token alone. */
  readonly logprobs?: number;
  readonly user?: string;
}

export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

export type AssistantMessage = Message & { readonly role: 'assistant' };

/**
 * What ties a piece of an answer to who gave it (Anthropic's signature, OpenAI's encrypted reasoning): that provider wants it back, nobody
 * else can read it. It is no part of the message, so that an answer is the same turn as in a log; `withTies` (ties.ts) puts it there.
 */
export interface Tie {
  /** It follows this many parts of the message's content. */
  readonly at: number;
  readonly value: { readonly dialect: ChatDialect } & JsonObject;
}

export interface WireReply {
  readonly message: AssistantMessage;
  /** 'end', 'tools', 'length', 'refusal', or what the provider calls it. */
  readonly stop: string;
  readonly model: string;
  readonly usage: WireUsage;
  /** As the provider gave them. */
  readonly logprobs?: Json;
  /** Ids of the tool calls, by position; undefined where the source had none. */
  readonly callIds: readonly (string | undefined)[];
  readonly ties?: readonly Tie[];
}

export interface WireUsage extends Usage {
  /** Read from a cache; part of inputTokens, as is what was written to one. */
  readonly cachedTokens?: number;
  /** Part of outputTokens. */
  readonly reasoningTokens?: number;
}

/** One step of a streamed answer. */
export type WireEvent =
  | { readonly type: 'text'; readonly channel: 'text' | 'reasoning'; readonly text: string }
  /** A tool call begins; its arguments follow as pieces of JSON text. */
  | { readonly type: 'call'; readonly index: number; readonly name: string; readonly id?: string }
  | { readonly type: 'arguments'; readonly index: number; readonly text: string };

/** Reads a streamed answer, one server-sent event after the other. */
export interface StreamReader {
  /** `event` is the event's name where it had one. Throws ModelError for an error that comes in the stream. */
  take(event: string | undefined, data: string): readonly WireEvent[];
  /** Whether what ends a stream of this dialect has come. */
  readonly isDone: boolean;
  /** The whole. Throws ModelError where the stream was cut off before it said how it ended, unless `cutOff` asks for what there is. */
  reply(options?: { readonly cutOff: boolean }): WireReply;
}

/** Writes a streamed answer as server-sent events' text. */
export interface StreamWriter {
  start(): string;
  write(event: WireEvent): string;
  end(reply: WireReply): string;
  /** An error after the head has been sent. */
  fail(sentence: string): string;
}

/** Who says a written answer, and when. */
export interface ReplyFrame {
  readonly id: string;
  readonly model: string;
  /** Epoch ms. */
  readonly at: number;
  /** Of a chat stream: whether its last chunk tells the usage (`stream_options.include_usage`). */
  readonly includeUsage?: boolean;
  /** Is told what of the answer the dialect cannot say. */
  readonly omitted?: (what: string) => void;
}

export interface Wire {
  readonly dialect: ChatDialect;
  /** Below the provider's base URL: "/chat/completions". */
  readonly path: string;
  /**
   * The body to send. Throws ModelError (400) that names everything the dialect cannot say. With `omitted` it is told, and leaves out, what
   * does not change what is asked: reasoning that another provider gave, that a tool's result (whose text says so) is an error.
   */
  writeRequest(request: WireRequest, omitted?: (what: string) => void): JsonObject;
  /**
   * `left` names what has no place in the internal form, as "n", "messages[2].content[0].cache_control", and tools that only the provider
   * itself runs. Throws a Problem (BAD_INPUT) where it is no request of this dialect.
   */
  readRequest(body: Json): { readonly request: WireRequest; readonly left: readonly string[] };
  /** Throws ModelError where it is no answer; with the provider's own words where it is an error. */
  readReply(body: Json): WireReply;
  writeReply(reply: WireReply, frame: ReplyFrame): JsonObject;
  newReader(): StreamReader;
  newWriter(frame: ReplyFrame): StreamWriter;
  /** Of an error's body, in words; undefined where it is none of this dialect. */
  readError(body: Json): string | undefined;
  /** `type` as the dialect names it for the status. */
  writeError(status: number, sentence: string): JsonObject;
}
