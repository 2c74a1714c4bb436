// Whole requests and answers in one attribute, as Langfuse and LangSmith write them, as OpenAI chat messages.
// Formats: https://langfuse.com/integrations/native/opentelemetry, https://docs.langchain.com/langsmith/trace-with-opentelemetry
import type { Json, JsonObject } from '#contract/turn';
import { at, isArray, isObject, member, textMember } from '../json.ts';
import { opened, openedList, some, type SpanMessages } from './otlp-opened.ts';

export function langfuseMessages(attributes: JsonObject): SpanMessages | undefined {
  return wholeMessages(attributes['langfuse.observation.input'], attributes['langfuse.observation.output']);
}

/** Only where the prompt is a request or LangChain's own messages; a plain list of messages is OpenLLMetry's too. */
export function langSmithMessages(attributes: JsonObject): SpanMessages | undefined {
  const prompt = opened(attributes['gen_ai.prompt']);
  const answer = opened(attributes['gen_ai.completion']);
  const isRequest = isArray(member(prompt, 'messages')) || textMember(prompt, 'prompt') !== undefined;
  const isAnswer = ['choices', 'generations', 'messages', 'output'].some((key) => member(answer, key) !== undefined);
  return isRequest || isAnswer ? wholeMessages(prompt, answer) : undefined;
}

function wholeMessages(request: Json | undefined, answer: Json | undefined): SpanMessages | undefined {
  const asked = opened(request);
  return some(asking(asked), answering(opened(answer)), openedList(member(asked, 'tools')));
}

function asking(request: Json | undefined): readonly Json[] {
  const listed = member(request, 'messages') ?? request;
  const system = isObject(request) ? textMember(request, 'system') : undefined;
  const before = system === undefined ? [] : [{ role: 'system', content: system }];
  if (isArray(listed)) return [...before, ...flat(listed).map((message) => chat(message, 'user'))];
  if (isMessage(request)) return [chat(request, 'user')];
  return [...before, ...said(member(request, 'prompt') ?? member(request, 'input') ?? request, 'user')];
}

/** Of a list, the last message is the answer: LangGraph gives the conversation up to it as well. */
function answering(answer: Json | undefined): readonly Json[] {
  const choices = member(answer, 'choices');
  if (isArray(choices)) return choices.map((choice) => chat(member(choice, 'message') ?? choice, 'assistant'));
  const generations = member(answer, 'generations');
  if (isArray(generations))
    return flat(generations).map((one) => chat(member(one, 'message') ?? member(one, 'text') ?? one, 'assistant'));
  const listed = member(answer, 'messages') ?? answer;
  if (isArray(listed))
    return flat(listed)
      .map((message) => chat(message, 'assistant'))
      .slice(-1);
  if (isMessage(answer)) return [chat(answer, 'assistant')];
  return said(member(answer, 'output') ?? answer, 'assistant');
}

/** LangChain batches: a list of messages a prompt. */
function flat(list: readonly Json[]): readonly Json[] {
  return list.flatMap((item) => (isArray(item) ? item : [item]));
}

function isMessage(value: Json | undefined): value is Json {
  return ['role', 'kwargs', 'tool_calls'].some((key) => member(value, key) !== undefined);
}

const speakers: Readonly<Record<string, string>> = {
  human: 'user',
  ai: 'assistant',
  system: 'system',
  tool: 'tool',
  function: 'tool',
};

/** A message as it is, or one of LangChain's: {"lc", "id": […, "HumanMessage"], "kwargs"} or {"type": "human", "data"?}. */
function chat(message: Json, role: string): Json {
  if (!isObject(message)) return { role, content: typeof message === 'string' ? message : JSON.stringify(message) };
  const body = member(message, 'kwargs') ?? member(message, 'data') ?? message;
  const last = isArray(message['id']) ? message['id'].at(-1) : undefined;
  const kind = typeof last === 'string' ? last.replace(/Message(?:Chunk)?$/, '') : textMember(message, 'type');
  const spoken = textMember(body, 'role') ?? speakers[(kind ?? '').toLowerCase()] ?? role;
  const calls = member(body, 'tool_calls') ?? at(body, ['additional_kwargs', 'tool_calls']);
  const id = member(body, 'tool_call_id');
  const listed = isArray(calls) ? calls.filter(isObject) : [];
  return {
    role: spoken,
    content: member(body, 'content') ?? null,
    ...(listed.length === 0 ? {} : { tool_calls: listed.map(callOf) }),
    ...(id === undefined ? {} : { tool_call_id: id }),
  };
}

function callOf(call: JsonObject): Json {
  if (isObject(call['function'])) return call;
  return {
    id: call['id'] ?? '',
    function: { name: textMember(call, 'name') ?? 'unknown', arguments: call['args'] ?? {} },
  };
}

function said(value: Json | undefined, role: string): readonly Json[] {
  if (value === undefined || value === null || value === '') return [];
  return [{ role, content: typeof value === 'string' ? value : JSON.stringify(value) }];
}
