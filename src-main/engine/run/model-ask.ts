// From what a node asks a model to what main is asked, and from the answer to what the node is given.
import { messageSchema, type Json, type JsonObject, type Message, type Part } from '#contract/turn';
import type { ModelAnswer, ModelAsk, ToolDefinition } from '../graph/definition.ts';
import { issuesOf } from './channels.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { toJson } from './plain-json.ts';
import { modelResultSchema, type ModelResult } from './protocol.ts';
import { failure } from './run-failure.ts';

export interface ModelQuestion {
  readonly model: string;
  /** A ModelRequest as JSON: a context first. */
  readonly request: Json;
  /** Without the context. */
  readonly messages: readonly Message[];
}

/** Throws a RunFailure where something is asked that no model could be. */
export function modelQuestion(
  ask: ModelAsk,
  toolsOfAgent: Readonly<Record<string, ToolDefinition>>,
  node: string,
): ModelQuestion {
  if (typeof ask.model !== 'string' || ask.model === '') {
    throw failure('BadAsk', `"${node}" asks no model by name.`, "Name one: `model: 'scripted/triage'`.");
  }
  const messages = messagesOf(ask, node);
  const tools = (ask.tools ?? []).map((name) => {
    const tool = toolsOfAgent[name];
    if (tool === undefined)
      throw failure('UnknownTool', `"${node}" offers the tool "${name}", which the agent does not name.`);
    return offered(name, tool);
  });
  const context: Message = { content: textParts(ask.system), role: 'context', tools };
  const { temperature, maxTokens, schema } = ask;
  const parameters = {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(schema === undefined ? {} : { schema: jsonSchemaOf(schema) }),
    ...(temperature === undefined ? {} : { temperature }),
  };
  const request = toJson({ messages: [context, ...messages], parameters }, `What "${node}" asks a model`);
  return { model: ask.model, request, messages };
}

function messagesOf(ask: ModelAsk, node: string): Message[] {
  const messages = (ask.messages ?? []).map((message, index) => {
    const parsed = messageSchema.safeParse(message);
    if (!parsed.success) throw failure('BadAsk', `Message ${index} of "${node}" is none: ${issuesOf(parsed.error)}`);
    if (parsed.data.role === 'context') {
      throw failure('BadAsk', `Message ${index} of "${node}" is a context.`, 'Give the system prompt as `system`.');
    }
    return parsed.data;
  });
  if (ask.prompt !== undefined && ask.prompt !== '') messages.push({ content: textParts(ask.prompt), role: 'user' });
  if (messages.length > 0) return messages;
  throw failure('BadAsk', `"${node}" asks a model nothing.`, 'Give `prompt` or `messages`.');
}

function textParts(text: unknown): Part[] {
  if (text === undefined || text === '') return [];
  if (typeof text !== 'string') throw failure('BadAsk', `A prompt must be text, not ${typeof text}.`);
  return [{ text, type: 'text' }];
}

function offered(name: string, { description, input }: ToolDefinition): JsonObject {
  const { $schema: _, ...parameters } = jsonSchemaOf(input);
  return { function: { description, name, parameters }, type: 'function' };
}

/** Throws a RunFailure "SchemaError" where the answer is not of the shape that was asked for. */
export function modelAnswer(ask: ModelAsk, question: ModelQuestion, result: ModelResult, node: string): ModelAnswer {
  const { message, usage } = result;
  if (message.role !== 'assistant')
    throw failure('ModelError', `The model "${ask.model}" answered as ${message.role}.`);
  const text = message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const { inputTokens, outputTokens, costUsd } = usage;
  return {
    message,
    text,
    value: ask.schema === undefined ? undefined : shaped(ask.schema, text, node),
    messages: [...question.messages, message],
    usage: { inputTokens, outputTokens, ...(costUsd === undefined ? {} : { costUsd }) },
  };
}

/** What main says that a model answered. */
export function modelResult(result: Json, model: string): ModelResult {
  const parsed = modelResultSchema.safeParse(result);
  if (!parsed.success)
    throw failure('ModelError', `The answer of "${model}" cannot be read: ${issuesOf(parsed.error)}`);
  const { message, stop, model: name, usage } = parsed.data;
  const { inputTokens, outputTokens, costUsd } = usage;
  return {
    message,
    stop,
    model: name,
    usage: { inputTokens, outputTokens, ...(costUsd === undefined ? {} : { costUsd }) },
  };
}

function shaped(schema: NonNullable<ModelAsk['schema']>, text: string, node: string): unknown {
  const found = /^\s*```(?:json)?\s*\n(?<inner>[\s\S]*?)\n\s*```\s*$/u.exec(text);
  let value: unknown;
  try {
    value = JSON.parse(found?.groups?.inner ?? text);
  } catch {
    throw failure('SchemaError', `The model's answer in "${node}" is not JSON: ${text.slice(0, 200)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw failure('SchemaError', `The model's answer in "${node}" does not fit its schema: ${issuesOf(parsed.error)}`);
}
