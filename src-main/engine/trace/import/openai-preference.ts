// OpenAI preference fine-tuning records: {"input": {"messages", "tools"?, …}, "preferred_output", "non_preferred_output"}.
// Format: https://developers.openai.com/api/docs/guides/direct-preference-optimization
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { at, isArray, member, put } from '../json.ts';
import { decisive, type ConversationFormat, type SourceSide, type SplitRecord } from './format.ts';
import { isLead, openaiDialect } from './openai-dialect.ts';
import { preferenceFacts } from './preference.ts';

const ends = [
  { column: 'preferred_output', side: 'chosen' },
  { column: 'non_preferred_output', side: 'rejected' },
] as const;
const promptPath = ['input', 'messages'];
const toolsPath = ['input', 'tools'];

export const openaiPreference: ConversationFormat = {
  id: 'openai-preference',
  dialect: openaiDialect,
  recognise: (record) => (isPreference(record) ? 2 * decisive : 0),
  split(record) {
    if (!isPreference(record)) {
      const hint =
        'An OpenAI preference is {"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}.';
      throw new Problem('BAD_INPUT', 'It has no input with messages and a list for each of the two outputs.', hint);
    }
    const prompt = listAt(record, promptPath);
    const tools = at(record, toolsPath);
    const head: JsonObject = isArray(tools) ? { tools } : {};
    const sides = ends.map(({ column, side }): SourceSide => {
      const messages = [...prompt, ...listAt(record, [column])];
      return { side, head: { lead: isLead(messages[0]), ...head }, messages };
    });
    return { frame: { prompt: prompt.length, record: emptied(record) }, sides };
  },
  join,
  blank([first]) {
    const hasTools = member(first?.head, 'tools') !== undefined;
    const input = { messages: null, ...(hasTools ? { tools: null, parallel_tool_calls: true } : {}) };
    return { prompt: 1, record: { input, preferred_output: null, non_preferred_output: null } };
  },
  facts: preferenceFacts,
};

function isPreference(record: Json): boolean {
  return [promptPath, ...ends.map(({ column }) => [column])].every((path) => isArray(at(record, path)));
}

function emptied(record: Json): Json {
  let rest = put(record, promptPath, null);
  for (const { column } of ends) rest = put(rest, [column], null);
  return isArray(at(record, toolsPath)) ? put(rest, toolsPath, null) : rest;
}

function join({ frame, sides }: SplitRecord): Json {
  const prompt = typeof frame['prompt'] === 'number' ? frame['prompt'] : 0;
  let record: Json = frame['record'] ?? null;
  for (const [index, { column }] of ends.entries())
    record = put(record, [column], sides[index]?.messages.slice(prompt) ?? []);
  const tools = member(sides[0]?.head, 'tools');
  if (tools !== undefined) record = put(record, toolsPath, tools);
  return put(record, promptPath, sides[0]?.messages.slice(0, prompt) ?? []);
}

function listAt(record: Json, path: readonly string[]): readonly Json[] {
  const value = at(record, path);
  return isArray(value) ? value : [];
}
