// TRL, preference data in standard form: three strings, for models without a chat template.
// Format: https://huggingface.co/docs/trl/dataset_formats (Preference, standard, explicit prompt).
//
// The rendering: every turn is an empty line, a mark, a colon and the words, in the manner of HH-RLHF:
//   System: system prompt | Tools: JSON list of schemas | Human: user | Assistant: assistant | Call: JSON of one tool call | Result: tool result
// The prompt ends in "\n\nAssistant:" where both sides begin with the assistant, and the sides then with a space.
import type { Json, Message } from '#contract/turn';
import { isObject } from '../../../trace/json.ts';
import { parsedJson, stringOf } from './chat-json.ts';
import {
  dropNames,
  dropReasoning,
  dropToolErrors,
  everyMessage,
  leadingSystem,
  numbered,
  oneOfEach,
  resultsInOrder,
  skipEmptyPrompt,
  skipEqualSides,
  skipUnreadable,
  textOf,
  textPart,
  unparsedAsText,
  wellFormed,
} from './steps.ts';
import type { Step, TargetFormat } from './target.ts';
import { trlUsage } from './trl-dpo.ts';

const marks = 'System|Tools|Human|Assistant|Call|Result';
const opening = '\n\nAssistant:';

const skipMarked: Step = {
  kind: 'skip',
  what: 'Rows whose text holds a turn mark of this rendering (an empty line, then “Human:” or the like)',
  applies: (example) =>
    everyMessage(example).some((message) => new RegExp(`\\n\\n(?:${marks}):`).test(`\n${textOf(message)}`)),
};

const toolsAsText: Step = {
  kind: 'note',
  what: 'Tool schemas, calls and results, written as text',
  effect: 'changed',
  applies: (example) =>
    everyMessage(example).some(
      (message) =>
        message.role === 'tool' ||
        (message.role === 'context' && message.tools.length > 0) ||
        (message.role === 'assistant' && (message.toolCalls ?? []).length > 0),
    ),
};

export const trlDpoStandard: TargetFormat = {
  target: 'trl-dpo-standard',
  title: 'TRL DPO, standard',
  formats: ['jsonl', 'parquet'],
  columns: [
    { name: 'prompt', type: 'text' },
    { name: 'chosen', type: 'text' },
    { name: 'rejected', type: 'text' },
  ],
  rows: 'pairs',
  steps: [
    skipUnreadable,
    wellFormed,
    leadingSystem,
    skipEmptyPrompt,
    dropReasoning,
    oneOfEach,
    unparsedAsText,
    dropToolErrors,
    dropNames,
    resultsInOrder,
    skipMarked,
    toolsAsText,
    skipEqualSides,
  ],
  encode({ prompt, sides }) {
    const rendered = render(prompt);
    const [chosen = '', rejected = ''] = sides.map(render);
    if (!chosen.startsWith(opening) || !rejected.startsWith(opening)) return { prompt: rendered, chosen, rejected };
    return {
      prompt: rendered + opening,
      chosen: chosen.slice(opening.length),
      rejected: rejected.slice(opening.length),
    };
  },
  decode(row) {
    if (!isObject(row)) throw new Error('the row is no object');
    const stray = Object.keys(row).find((key) => !['prompt', 'chosen', 'rejected'].includes(key));
    if (stray !== undefined) throw new Error(`there is a stray field “${stray}”`);
    const text = stringOf(row['prompt'], undefined, 'prompt');
    const opened = text.endsWith(opening);
    const prompt = numbered(withContext(parse(opened ? text.slice(0, -opening.length) : text)), {
      calls: 0,
      results: 0,
    });
    const sides = ['chosen', 'rejected'].map((name) => {
      const side = parse((opened ? opening : '') + stringOf(row[name], undefined, name));
      return numbered(side.map(asTurn), { ...prompt.after }).messages;
    });
    return { prompt: prompt.messages, sides };
  },
  usage: ({ train, test }) => trlUsage('DPOTrainer', train, test),
};

function render(messages: readonly Message[]): string {
  return messages.map(renderMessage).join('');
}

function renderMessage(message: Message): string {
  const text = textOf(message);
  switch (message.role) {
    case 'context': {
      const tools = message.tools.length === 0 ? '' : `\n\nTools: ${JSON.stringify(message.tools)}`;
      return `${text === '' ? '' : `\n\nSystem: ${text}`}${tools}`;
    }
    case 'system':
      return `\n\nSystem: ${text}`;
    case 'user':
      return `\n\nHuman: ${text}`;
    case 'tool':
      return `\n\nResult: ${text}`;
    case 'assistant': {
      const calls = (message.toolCalls ?? []).map(({ name, arguments: given }) =>
        JSON.stringify({ name, arguments: given }),
      );
      return `${opening} ${text}${calls.map((call) => `\n\nCall: ${call}`).join('')}`;
    }
  }
}

interface Block {
  readonly mark: string;
  readonly text: string;
  readonly calls: readonly string[];
}

/** Blocks in order; calls stand with the assistant before them. */
function parse(text: string): Block[] {
  const pieces = text.split(new RegExp(`\\n\\n(${marks}): `));
  if (pieces[0] !== '') throw new Error('the text does not begin with a turn mark');
  const blocks: { mark: string; text: string; calls: string[] }[] = [];
  for (let index = 1; index < pieces.length; index += 2) {
    const [mark = '', words = ''] = [pieces[index], pieces[index + 1]];
    const last = blocks.at(-1);
    if (mark !== 'Call') blocks.push({ mark, text: words, calls: [] });
    else if (last?.mark === 'Assistant') last.calls.push(words);
    else throw new Error('a call stands without an assistant turn');
  }
  return blocks;
}

function withContext(blocks: readonly Block[]): Message[] {
  const system = blocks[0]?.mark === 'System' ? blocks[0] : undefined;
  const afterSystem = blocks.slice(system === undefined ? 0 : 1);
  const tools = afterSystem[0]?.mark === 'Tools' ? afterSystem[0] : undefined;
  const turns = afterSystem.slice(tools === undefined ? 0 : 1);
  const schemas = tools === undefined ? [] : parsedJson(tools.text);
  if (!Array.isArray(schemas)) throw new Error('the tools are no JSON list');
  return [{ role: 'context', content: textPart(system?.text ?? ''), tools: schemas as Json[] }, ...turns.map(asTurn)];
}

function asTurn({ mark, text, calls }: Block): Message {
  const content = textPart(text);
  if (mark === 'System') return { role: 'system', content };
  if (mark === 'Human') return { role: 'user', content };
  if (mark === 'Result') return { role: 'tool', content };
  if (mark !== 'Assistant') throw new Error(`“${mark}” stands where a turn should`);
  if (calls.length === 0) return { role: 'assistant', content };
  const toolCalls = calls.map((call) => {
    const value = parsedJson(call);
    if (!isObject(value) || value['arguments'] === undefined) throw new Error('a call is not the JSON of a call');
    return { name: stringOf(value['name'], undefined, 'name'), arguments: value['arguments'] };
  });
  return { role: 'assistant', content, toolCalls };
}
