// One short call to see whether a model answers, told as it goes.
import type { TrialEvent } from '#contract/model';
import { maskedSpeech } from '../masked-speech.ts';
import { Problem, sentenceOf } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import { ModelError, type ModelCall } from './model.ts';
import type { Models } from './models.ts';
import { isAbortError, type Timing } from './timing.ts';

/** Ends with 'done' or 'failed', or when the signal aborts; leaving it cancels the call. No fallback is asked. */
export function trial(
  models: Models,
  timing: Timing,
  redactor: Redactor,
  { model, prompt, signal }: { readonly model: string; readonly prompt: string; readonly signal: AbortSignal },
): AsyncGenerator<TrialEvent, void, void> {
  const leaving = new AbortController();
  const events = told(models, timing, redactor, { model, prompt, signal: AbortSignal.any([signal, leaving.signal]) });
  // A generator that waits hears of being left only once something comes.
  const leave = events.return.bind(events);
  events.return = (value) => {
    leaving.abort();
    return leave(value);
  };
  return events;
}

async function* told(
  models: Models,
  timing: Timing,
  redactor: Redactor,
  { model, prompt, signal }: { readonly model: string; readonly prompt: string; readonly signal: AbortSignal },
): AsyncGenerator<TrialEvent, void, void> {
  const waiting: TrialEvent[] = [];
  let ring = (): void => {};
  const tell = (event: TrialEvent): void => {
    waiting.push(event);
    ring();
  };
  const at = timing.now();
  let firstTokenMs: number | undefined;
  const speech = maskedSpeech(redactor, (channel, text) => tell({ type: 'text', channel, text }));
  const onText: ModelCall['onText'] = (channel, text) => {
    firstTokenMs ??= timing.now() - at;
    speech.say(channel, text);
  };
  void models
    .callOnly(model, {
      messages: [
        { role: 'context', content: [], tools: [] },
        { role: 'user', content: [{ type: 'text', text: prompt }] },
      ],
      parameters: {},
      seed: 0,
      try: 1,
      signal,
      onText,
    })
    .then(
      ({ model: answered, stop, usage }) => {
        speech.end();
        return tell({
          type: 'done',
          model: redactor.text(answered),
          stop,
          ms: timing.now() - at,
          inputTokens: usage.inputTokens,
          outputTokens: usage.outputTokens,
          ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
          ...(usage.costUsd === undefined ? {} : { costUsd: usage.costUsd }),
        });
      },
      (error: unknown) => tell(failed(error)),
    );
  for (;;) {
    const event = waiting.shift();
    if (event === undefined) {
      await new Promise<void>((resolve) => (ring = resolve));
      continue;
    }
    yield event;
    if (event.type !== 'text') return;
  }
}

function failed(error: unknown): TrialEvent {
  if (isAbortError(error)) return { type: 'failed', sentence: 'It was cancelled.' };
  const hint = error instanceof ModelError || error instanceof Problem ? error.hint : undefined;
  return { type: 'failed', sentence: sentenceOf(error), ...(hint === undefined ? {} : { hint }) };
}
