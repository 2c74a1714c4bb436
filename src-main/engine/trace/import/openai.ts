// OpenAI chat records: {"messages": […], "tools"?: […], …}, requests with their response, batch lines, bare message lists.
import type { Json } from '#contract/turn';
import { at, isArray, member, textMember } from '../json.ts';
import { factsOf } from './facts.ts';
import { decisive, type ConversationFormat } from './format.ts';
import { isLead, isOpenaiMessage, openaiDialect } from './openai-dialect.ts';
import { blankRequest, joinRequest, messagesPath, splitRequest, type RequestShape } from './request.ts';

export const openaiShape: RequestShape = {
  isMessage: isOpenaiMessage,
  headKeys: [
    { key: 'tools', fits: isArray },
    { key: 'functions', fits: isArray },
  ],
  replyPaths: [
    ['response', 'choices', 0, 'message'],
    ['response', 'body', 'choices', 0, 'message'],
    ['choices', 0, 'message'],
  ],
  isReply: isOpenaiMessage,
  isLead,
  example: 'An OpenAI chat record is {"messages": [{"role": …, "content": …}, …]}.',
};

export const openai: ConversationFormat = {
  id: 'openai-chat',
  dialect: openaiDialect,
  recognise(record) {
    const path = messagesPath(record, openaiShape);
    const messages = path === undefined ? undefined : at(record, path);
    if (!isArray(messages)) return 0;
    if (!messages.every(isOpenaiMessage)) return 0.1;
    return messages.some(isOwn) ? decisive : 1;
  },
  split: (record) => splitRequest(record, openaiShape),
  join: (split) => joinRequest(split, openaiShape),
  blank: (sides) => blankRequest(sides, openaiShape),
  facts: (record) => factsOf(record),
};

/** Whether a message has something that only this API has. */
function isOwn(message: Json): boolean {
  const role = textMember(message, 'role');
  return role === 'tool' || role === 'function' || role === 'system' || isArray(member(message, 'tool_calls'));
}
