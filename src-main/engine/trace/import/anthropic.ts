// Anthropic Messages records: {"system"?, "messages": […], "tools"?, …}, also with the response.
import type { Json } from '#contract/turn';
import { at, isArray, isObject, member, textMember } from '../json.ts';
import { anthropicDialect } from './anthropic-dialect.ts';
import { factsOf } from './facts.ts';
import { decisive, type ConversationFormat } from './format.ts';
import { blankRequest, joinRequest, messagesPath, replyPath, splitRequest, type RequestShape } from './request.ts';

export const anthropicShape: RequestShape = {
  isMessage,
  headKeys: [
    { key: 'system', fits: (value) => typeof value === 'string' || isArray(value) },
    { key: 'tools', fits: isArray },
  ],
  replyPaths: [['response'], ['response', 'body'], ['result', 'message'], ['output']],
  isReply: (value) => textMember(value, 'role') === 'assistant' && isArray(member(value, 'content')),
  example: 'An Anthropic record is {"system": …, "messages": [{"role": …, "content": …}, …]}.',
};

export const anthropic: ConversationFormat = {
  id: 'anthropic',
  dialect: anthropicDialect,
  recognise(record) {
    const path = messagesPath(record, anthropicShape);
    const messages = path === undefined ? undefined : at(record, path);
    if (path === undefined || !isArray(messages) || !messages.every(isMessage)) return 0;
    return isOwn(at(record, path.slice(0, -1)), messages) || replyPath(record, anthropicShape) !== undefined
      ? decisive
      : 0.5;
  },
  split: (record) => splitRequest(record, anthropicShape),
  join: (split) => joinRequest(split, anthropicShape),
  blank: (sides) => blankRequest(sides, anthropicShape),
  facts: (record) => factsOf(record),
};

function isMessage(value: Json | undefined): boolean {
  const role = textMember(value, 'role');
  return role === 'user' || role === 'assistant';
}

/** Whether something is there that only this API has. */
function isOwn(request: Json | undefined, messages: readonly Json[]): boolean {
  if (messages.some((message) => member(message, 'tool_calls') !== undefined)) return false;
  const tools = member(request, 'tools');
  return (
    messages.some(hasOwnBlock) ||
    member(request, 'system') !== undefined ||
    member(request, 'anthropic_version') !== undefined ||
    textMember(request, 'model')?.includes('claude') === true ||
    (isArray(tools) && tools.some((tool) => member(tool, 'input_schema') !== undefined))
  );
}

const ownBlocks = new Set<unknown>(['tool_use', 'tool_result', 'thinking', 'redacted_thinking']);

function hasOwnBlock(message: Json): boolean {
  const content = member(message, 'content');
  if (!isArray(content)) return false;
  return content.some((block) => ownBlocks.has(member(block, 'type')) || isObject(member(block, 'source')));
}
