// Performs one effect in the world: a model is asked, a tool is called.
import type { RunError, Usage } from '#contract/journal';
import { messageSchema, type Json, type JsonObject, type Message, type Turn, type TurnId } from '#contract/turn';
import { ModelError } from '../models/model.ts';
import type { Models } from '../models/models.ts';
import type { Bundle, TurnStore } from '../ports.ts';
import { Problem } from '../problem.ts';
import { maskedSpeech } from '../masked-speech.ts';
import { modelRequestSchema, modelResultSchema, type ModelRequest, type Settled } from '../run/protocol.ts';
import { toJson } from '../run/plain-json.ts';
import { RunFailure, runErrorOf } from '../run/run-failure.ts';
import type { Redactor } from '../redactor.ts';
import type { Runners } from '../runner/runners.ts';
import { sha256 } from '../turns/canonical.ts';
import { turnBelow, turnsOf } from '../turns/path.ts';
import type { LoadedTool } from './agent-files.ts';
import { maskedError } from './masking.ts';

/** What goes into the journal, and what must be in the store before it. */
export interface Outcome {
  readonly result?: Json;
  readonly error?: RunError;
  readonly usage?: Usage;
  readonly within?: () => void;
}

export interface PreparedModelCall {
  readonly request: JsonObject;
  readonly path: readonly Turn[];
  readonly ask: ModelRequest;
}

/** Of a tool where an agent names none: its default patience, ms. */
const toolPatience = 60_000;

/** What other code made of the same key, or an agent of the same name elsewhere, is not this node's result. */
export function cacheKey({ hash }: Bundle, key: string): string {
  return `${hash} ${key}`;
}

/** The turns that a model request reads. Throws where it is none. */
export function prepareModelCall(request: unknown): PreparedModelCall {
  const ask = modelRequestSchema.parse(request);
  const path = turnsOf(ask.messages);
  const read = path.at(-1)?.id ?? '';
  return { ask, path, request: { read, parameters: ask.parameters } };
}

/** The turn of an answer below what was read. Throws NOT_FOUND where that is unknown. */
export function turnOfAnswer(turns: TurnStore, read: TurnId, message: Message): Turn {
  const parent = turns.get(read);
  if (parent === undefined) throw new Problem('NOT_FOUND', `There is no turn ${read}.`);
  return turnBelow(parent, message);
}

export async function callModel(
  models: Models,
  turns: TurnStore,
  call: {
    readonly name: string;
    readonly key: string;
    readonly runSeed: number;
    readonly prepared: PreparedModelCall;
    readonly signal: AbortSignal;
    readonly onText: (channel: 'text' | 'reasoning', text: string) => void;
    readonly redactor: Redactor;
    readonly run: string;
  },
): Promise<Outcome> {
  const { ask, path } = call.prepared;
  const { redactor } = call;
  const speech = maskedSpeech(redactor, call.onText);
  try {
    const reply = await models.call(call.name, {
      messages: ask.messages,
      parameters: ask.parameters,
      seed: seedOf(call.runSeed, call.key),
      try: tryOf(call.key),
      signal: call.signal,
      onText: speech.say,
      run: call.run,
    });
    speech.end();
    const message = redactor.json(toJson(reply.message, 'The answer of the model'));
    const turn = turnBelow(path.at(-1), messageSchema.parse(message));
    return {
      result: {
        wrote: turn.id,
        message,
        stop: reply.stop,
        model: redactor.text(reply.model),
        ...(reply.omitted === undefined ? {} : { omitted: [...reply.omitted] }),
      },
      usage: reply.usage,
      within: () => turns.putPath([turn]),
    };
  } catch (error) {
    return { error: maskedError(modelErrorOf(error), redactor) };
  }
}

export async function callTool(
  runners: Runners,
  tool: LoadedTool,
  call: { readonly key: string; readonly input: Json; readonly signal: AbortSignal },
): Promise<Outcome> {
  const { bundle, face } = tool;
  const timeoutMs = face.timeoutMs ?? toolPatience;
  try {
    const result = await runners.callTool({ url: bundle.url, name: face.name, timeoutMs, ...call });
    return { result };
  } catch (error) {
    return { error: runErrorOf(error) };
  }
}

/** As the runner is told of it: a model's answer with its usage. */
export function settledOf(kind: 'model' | 'tool' | 'cache' | 'clock', outcome: Outcome): Settled {
  if (outcome.error !== undefined) return { error: outcome.error };
  if (kind !== 'model') return { result: outcome.result ?? null };
  const usage = outcome.usage ?? { inputTokens: 0, outputTokens: 0 };
  const { message, stop, model } = modelResultSchema.omit({ usage: true }).loose().parse(outcome.result);
  return { result: toJson({ message, stop, model, usage }, 'The answer of the model') };
}

/** Of a Problem on the way to an effect (no such tool, a policy that is not understood). */
export function errorOfProblem(thrown: unknown): RunError {
  if (!(thrown instanceof Problem)) return runErrorOf(thrown);
  const name = thrown.code === 'REFUSED' ? 'Refused' : 'ToolError';
  return { name, message: thrown.message, ...(thrown.hint === undefined ? {} : { hint: thrown.hint }) };
}

function modelErrorOf(thrown: unknown): RunError {
  if (thrown instanceof RunFailure) return thrown.error;
  if (thrown instanceof ModelError) {
    const { name, message, hint } = thrown;
    return { name, message, ...(hint === undefined ? {} : { hint }) };
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return { name: 'Cancelled', message: 'The call of the model was cancelled.' };
  }
  return runErrorOf(thrown);
}

/** 32 bits of the run's seed and the call's key. */
function seedOf(runSeed: number, key: string): number {
  return Number.parseInt(sha256(`${runSeed}\n${key}`).slice(0, 8), 16);
}

function tryOf(key: string): number {
  return Number(/#(\d+)\.\d+$/u.exec(key)?.[1] ?? 1);
}
