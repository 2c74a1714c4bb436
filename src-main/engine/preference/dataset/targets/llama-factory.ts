// LLaMA-Factory, ranking data in sharegpt form with its entry for dataset_info.json.
// Format: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md (Sharegpt, Preference Dataset); as read by
// src/llamafactory/data/converter.py (SharegptDatasetConverter): human and observation at odd places, gpt and function_call at even ones, an odd
// number of messages before the answers, one message a side; others are dropped there without a word. A function_call is the JSON of
// one call or of a list (formatter.py), with `<think>` text before it at most; tools are JSON text.
import type { Json, JsonObject, Message, ToolCall } from '#contract/turn';
import { isObject } from '../../../trace/json.ts';
import { parsedJson, stringOf } from './chat-json.ts';
import {
  dropNames,
  dropToolErrors,
  eachMessage,
  firstMessageOnly,
  leadingSystem,
  oneOfEach,
  resultsInOrder,
  skipEqualSides,
  skipOtherStart,
  skipUnreadable,
  textOf,
  textPart,
  toolsAsFunctions,
  unparsedAsText,
  wellFormed,
} from './steps.ts';
import type { Example, Step, TargetFormat } from './target.ts';

/** What LLaMA-Factory itself puts between the results of calls made at once (OpenAIDatasetConverter). */
const betweenResults = '\n</tool_response>\n<tool_response>\n';

/** Words beside calls have no place; reasoning has one, before them. */
const dropTextBesideCalls: Step = {
  kind: 'change',
  what: 'Text beside tool calls',
  effect: 'dropped',
  apply: (example) =>
    eachMessage(example, (message) => {
      if (message.role !== 'assistant' || (message.toolCalls ?? []).length === 0 || textOf(message) === '')
        return message;
      return { ...message, content: message.content.filter((part) => part.type === 'reasoning') };
    }),
};

const inlineReasoning: Step = {
  kind: 'change',
  what: 'Reasoning, written into the text between <think> and </think>',
  effect: 'changed',
  apply: (example) =>
    eachMessage(example, (message) => {
      const [first] = message.content;
      if (first?.type !== 'reasoning') return message;
      return { ...message, content: textPart(`<think>\n${first.text}\n</think>\n\n${textOf(message)}`) };
    }),
};

const joinResults: Step = {
  kind: 'change',
  what: 'Results of tool calls made at once, joined into one observation',
  effect: 'changed',
  apply: (example) => joinRuns(example, 'tool', betweenResults),
};

/** An observation answers the calls right before it; that is all the format says. */
const linkResults: Step = {
  kind: 'change',
  what: resultsInOrder.what,
  effect: 'dropped',
  apply: (example) => {
    const prompt = linked(example.prompt);
    return prompt === example.prompt ? example : { ...example, prompt };
  },
};

function linked(prompt: readonly Message[]): readonly Message[] {
  let calls = 0;
  const next = prompt.map((message, index): Message => {
    if (message.role === 'assistant') calls += message.toolCalls?.length ?? 0;
    if (message.role !== 'tool') return message;
    const before = prompt[index - 1];
    const made = before?.role === 'assistant' ? (before.toolCalls?.length ?? 0) : 0;
    const call = made === 0 ? undefined : calls - made;
    if (message.call === call && message.name === undefined) return message;
    const { call: _, name: __, ...rest } = message;
    return call === undefined ? rest : { ...rest, call };
  });
  return next.some((message, index) => message !== prompt[index]) ? next : prompt;
}

const joinUserTurns: Step = {
  kind: 'change',
  what: 'User turns in a row, joined by an empty line',
  effect: 'changed',
  apply: (example) => joinRuns(example, 'user', '\n\n'),
};

function joinRuns(example: Example, role: 'tool' | 'user', between: string): Example {
  const prompt: Message[] = [];
  for (const message of example.prompt) {
    const last = prompt.at(-1);
    if (message.role !== role || last?.role !== role) prompt.push(message);
    else prompt[prompt.length - 1] = { ...last, content: textPart(textOf(last) + between + textOf(message)) };
  }
  return prompt.length === example.prompt.length ? example : { ...example, prompt };
}

const skipDisorder: Step = {
  kind: 'skip',
  what: 'Rows whose turns do not alternate between user or tool and assistant, which LLaMA-Factory drops without a word',
  applies: ({ prompt }) => {
    const turns = prompt.slice(1);
    return turns.length % 2 === 0 || turns.some((message, index) => isAsking(message) !== (index % 2 === 0));
  },
};

function isAsking(message: Message): boolean | undefined {
  if (message.role === 'user' || message.role === 'tool') return true;
  return message.role === 'assistant' ? false : undefined;
}

export const llamaFactory: TargetFormat = {
  target: 'llama-factory',
  title: 'LLaMA-Factory sharegpt ranking',
  formats: ['jsonl'],
  columns: [
    { name: 'conversations', type: 'messages' },
    { name: 'chosen', type: 'message' },
    { name: 'rejected', type: 'message' },
    { name: 'system', type: 'text' },
    { name: 'tools', type: 'text' },
  ],
  rows: 'pairs',
  steps: [
    skipUnreadable,
    wellFormed,
    skipOtherStart,
    firstMessageOnly,
    leadingSystem,
    oneOfEach,
    unparsedAsText,
    toolsAsFunctions,
    dropToolErrors,
    dropNames,
    dropTextBesideCalls,
    inlineReasoning,
    joinResults,
    linkResults,
    joinUserTurns,
    skipDisorder,
    skipEqualSides,
  ],
  encode({ prompt, sides }) {
    const [context, ...turns] = prompt;
    const [chosen, rejected] = sides.map((side) => (side[0] === undefined ? {} : encode(side[0])));
    const tools = context?.role === 'context' ? context.tools : [];
    return {
      conversations: turns.map(encode),
      chosen: chosen ?? {},
      rejected: rejected ?? {},
      system: context === undefined ? '' : textOf(context),
      tools: tools.length === 0 ? '' : JSON.stringify(tools),
    };
  },
  decode(row) {
    if (!isObject(row) || !Array.isArray(row['conversations'])) throw new Error('the row has no conversations');
    const stray = Object.keys(row).find(
      (key) => !['conversations', 'chosen', 'rejected', 'system', 'tools'].includes(key),
    );
    if (stray !== undefined) throw new Error(`there is a stray field “${stray}”`);
    const toolText = stringOf(row['tools'], undefined, 'tools');
    const tools = toolText === '' ? [] : parsedJson(toolText);
    if (!Array.isArray(tools)) throw new Error('tools is no JSON list');
    const content = textPart(stringOf(row['system'], undefined, 'system'));
    const turns = (row['conversations'] as readonly Json[]).map(decode);
    if (turns.length % 2 === 0) throw new Error('the number of messages before the answers is even');
    if (turns.some((message, index) => isAsking(message) !== (index % 2 === 0)))
      throw new Error('the messages do not alternate');
    const sides = ['chosen', 'rejected'].map((name) => {
      const message = decode(row[name]);
      if (message.role !== 'assistant') throw new Error(`${name} is no answer`);
      return [message];
    });
    const context: Message = { role: 'context', content, tools: tools as Json[] };
    return { prompt: linked([context, ...turns]), sides };
  },
  usage: ({ train }) =>
    [
      'Copy the entry of `dataset_info.json` into the one in your `dataset_dir` (or point `dataset_dir` here), then:',
      '',
      '```yaml',
      'stage: dpo',
      `dataset: ${entryName(train)}`,
      '```',
    ].join('\n'),
  extras: ({ train, test }) => ({
    'dataset_info.json': `${JSON.stringify(
      Object.fromEntries([train, ...(test === undefined ? [] : [test])].map((file) => [entryName(file), entry(file)])),
      undefined,
      2,
    )}\n`,
  }),
};

function entryName(file: string): string {
  return `atelier_${file.replace(/\.jsonl$/, '')}`;
}

function entry(file: string): JsonObject {
  return {
    file_name: file,
    formatting: 'sharegpt',
    ranking: true,
    columns: { messages: 'conversations', chosen: 'chosen', rejected: 'rejected', system: 'system', tools: 'tools' },
    tags: {
      role_tag: 'from',
      content_tag: 'value',
      user_tag: 'human',
      assistant_tag: 'gpt',
      observation_tag: 'observation',
      function_tag: 'function_call',
      system_tag: 'system',
    },
  };
}

function encode(message: Message): JsonObject {
  const value = textOf(message);
  if (message.role === 'tool') return { from: 'observation', value };
  if (message.role !== 'assistant') return { from: 'human', value };
  const calls = message.toolCalls ?? [];
  if (calls.length === 0) return { from: 'gpt', value };
  const given = calls.map(({ name, arguments: values }) => ({ name, arguments: values }));
  return { from: 'function_call', value: value + JSON.stringify(given.length === 1 ? given[0] : given) };
}

function decode(row: Json | undefined): Message {
  if (!isObject(row) || Object.keys(row).toSorted().join(' ') !== 'from value')
    throw new Error('a message is not just from and value');
  const value = stringOf(row['value'], undefined, 'value');
  const { from } = row;
  if (from === 'human') return { role: 'user', content: textPart(value) };
  if (from === 'observation') return { role: 'tool', content: textPart(value) };
  if (from === 'gpt') return { role: 'assistant', content: textPart(value) };
  if (from !== 'function_call') throw new Error(`a message is from ${JSON.stringify(from)}`);
  // Greedy: the JSON after it holds no line break of its own.
  const think = /^<think>\n.*\n<\/think>\n\n(?=[[{])/s.exec(value)?.[0] ?? '';
  const calls = parsedJson(value.slice(think.length));
  const list = Array.isArray(calls) ? (calls as readonly Json[]) : calls === undefined ? [] : [calls];
  if (list.length === 0) throw new Error('a function_call is not the JSON of a call');
  return { role: 'assistant', content: textPart(think), toolCalls: list.map(decodeCall) };
}

function decodeCall(call: Json): ToolCall {
  if (!isObject(call) || call['arguments'] === undefined) throw new Error('a function_call has no arguments');
  return { name: stringOf(call['name'], undefined, 'name'), arguments: call['arguments'] };
}
