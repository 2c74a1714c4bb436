// Attributes of a run's spans, by OpenTelemetry's conventions for GenAI; what they have no word for is under "atelier.".
import type { RunError, RunEvent } from '#contract/journal';
import type { Json, JsonObject } from '#contract/turn';
import { member, numberMember, textMember } from '../json.ts';

/** A value in an attribute is at most so many characters of JSON; the journal has it whole. */
const longestValue = 4000;
const longestError = 1000;

type Finished = Extract<RunEvent, { type: 'effect.finished' }>;

/** The value itself, or the beginning of its JSON text where that is too long. */
export function bounded(value: Json): Json {
  const text = JSON.stringify(value);
  return text.length <= longestValue ? value : `${text.slice(0, longestValue - 1)}…`;
}

export function errorText(error: RunError): string {
  return `${error.name}: ${error.message}`.slice(0, longestError);
}

/** `result` and `usage` of what answered; without one, of a call that did not come to its end. */
export function modelAttributes(name: string, request: Json, ended: Finished | undefined): JsonObject {
  const parameters = member(request, 'parameters');
  const [temperature, maxTokens] = [numberMember(parameters, 'temperature'), numberMember(parameters, 'maxTokens')];
  const answered = textMember(ended?.result, 'model');
  const stop = textMember(ended?.result, 'stop');
  const usage = ended?.usage;
  const omitted = member(ended?.result ?? null, 'omitted');
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': name.split('/', 1)[0] ?? name,
    'gen_ai.request.model': name,
    ...(temperature === undefined ? {} : { 'gen_ai.request.temperature': temperature }),
    ...(maxTokens === undefined ? {} : { 'gen_ai.request.max_tokens': maxTokens }),
    ...(member(parameters, 'schema') === undefined ? {} : { 'gen_ai.output.type': 'json' }),
    ...(answered === undefined ? {} : { 'gen_ai.response.model': answered }),
    ...(stop === undefined ? {} : { 'gen_ai.response.finish_reasons': [stop] }),
    ...(omitted === undefined ? {} : { 'atelier.not_carried': omitted }),
    ...(usage === undefined
      ? {}
      : {
          'gen_ai.usage.input_tokens': usage.inputTokens,
          'gen_ai.usage.output_tokens': usage.outputTokens,
          ...(usage.costUsd === undefined ? {} : { 'atelier.cost_usd': usage.costUsd }),
        }),
    ...endAttributes(ended),
  };
}

/** `name` is `${file}#${tool}`. */
export function toolAttributes(name: string, request: Json, ended: Finished | undefined): JsonObject {
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': toolName(name),
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.arguments': bounded(request),
    ...(ended?.result === undefined ? {} : { 'gen_ai.tool.call.result': bounded(ended.result) }),
    ...endAttributes(ended),
  };
}

export function toolName(name: string): string {
  return name.slice(name.indexOf('#') + 1);
}

/** Which error it was, and the journal it was served from where it did not go out into the world. */
function endAttributes(ended: Finished | undefined): JsonObject {
  return {
    ...(ended?.error === undefined ? {} : { 'error.type': ended.error.name }),
    ...(ended?.from === undefined ? {} : { 'atelier.from_run': ended.from }),
  };
}
