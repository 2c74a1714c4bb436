// Talks through a capture as the gateway's server does, with requests and answers as providers write them.
import type { Json, JsonObject } from '#contract/turn';
import { Capture, type CaptureParts } from '#engine/gateway/capture';
import type { Answered, Asked, Recording } from '#engine/gateway/recorder';
import type { WireDialect } from '#engine/network-ports';
import { noRedaction } from '#engine/redactor';
import type { Store } from '#engine/ports';
import { temporaryStore } from './store.ts';

export interface CaptureWorld {
  readonly store: Store;
  readonly capture: Capture;
  readonly changed: string[];
  /** Begins a call of the chat API with the key "agent", unless said otherwise. */
  readonly begin: (body: JsonObject, asked?: Partial<Asked>) => Recording;
  /** A whole call, on disk when it resolves; returns what the gateway answered with, as far as the capture says it. */
  readonly call: (
    body: JsonObject,
    answer: Json | string,
    asked?: Partial<Asked>,
    answered?: Partial<Answered>,
  ) => Promise<Called>;
}

export interface Called {
  readonly id: string;
  readonly traceId: string;
}

export function captureWorld(parts: Partial<CaptureParts> = {}): CaptureWorld {
  const store = parts.store ?? temporaryStore();
  const changed: string[] = [];
  let now = 1_750_000_000_000;
  const clock = parts.clock ?? { now: () => (now += 10) };
  const capture = new Capture({
    store,
    clock,
    redactor: noRedaction,
    costOf: (_provider, _model, { inputTokens, outputTokens }) => (inputTokens + 2 * outputTokens) / 1000,
    changed: (...topics) => void changed.push(...topics),
    ...parts,
  });
  const begin: CaptureWorld['begin'] = (body, asked = {}) => capture.begin(askedOf(body, clock.now(), asked));
  return {
    store,
    capture,
    changed,
    begin,
    async call(body, answer, asked = {}, answered = {}) {
      const whole = askedOf(body, clock.now(), asked);
      const recording = capture.begin(whole);
      recording.finish(answeredWith(answer, answered));
      await capture.flush();
      return { id: whole.id, traceId: recording.traceId ?? '' };
    },
  };
}

export function askedOf(body: JsonObject, at: number, asked: Partial<Asked> = {}): Asked {
  const dialect: WireDialect = asked.dialect ?? 'openai-chat';
  // A test may send what is no object.
  const model = (body as JsonObject | null)?.['model'];
  return {
    id: crypto.randomUUID(),
    key: 'agent',
    at,
    endpoint: 'POST /v1/chat/completions',
    dialect,
    stream: (body as JsonObject | null)?.['stream'] === true,
    body,
    trace: {},
    provider: 'openai',
    ...(typeof model === 'string' ? { model } : {}),
    ...asked,
  };
}

/** A text is the body of a stream. */
export function answeredWith(answer: Json | string, more: Partial<Answered> = {}): Answered {
  const isStream = typeof answer === 'string';
  return {
    state: 'done',
    status: 200,
    headers: [['Content-Type', isStream ? 'text/event-stream' : 'application/json']],
    body: Buffer.from(isStream ? answer : JSON.stringify(answer)),
    from: 'upstream',
    firstByteMs: 3,
    ms: 5,
    ...more,
  };
}

/** As OpenAI's chat API answers. */
export function completion(message: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_750_000_000,
    model: 'gpt-5-2025-08-07',
    choices: [
      { index: 0, message: { role: 'assistant', refusal: null, ...message }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
    ...more,
  };
}

/** The same streamed: the content in two pieces. */
export function chunks(content: string, more: readonly JsonObject[] = []): string {
  const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    id: 'chatcmpl-2',
    object: 'chat.completion.chunk',
    created: 1_750_000_000,
    model: 'gpt-5-2025-08-07',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const half = Math.ceil(content.length / 2);
  const all = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: content.slice(0, half) }),
    chunk({ content: content.slice(half) }),
    chunk({}, 'stop'),
    ...more,
  ];
  return `${all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`;
}

export function request(messages: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { model: 'gpt-5', messages, temperature: 0.5, ...more };
}

export const system: JsonObject = { role: 'system', content: 'You plan trips.' };

export function user(content: string): JsonObject {
  return { role: 'user', content };
}

export function assistant(content: string): JsonObject {
  return { role: 'assistant', content };
}
