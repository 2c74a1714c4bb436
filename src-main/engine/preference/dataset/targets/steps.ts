// What targets have in common: the things that a format cannot carry, each as one named step.
import type { Json, Message, Part } from '#contract/turn';
import { isObject } from '../../../trace/json.ts';
import { mapTexts } from '../rows.ts';
import { comparable, type Example, type Step } from './target.ts';

/** Applies `change` to every message; the same example where every message stayed the same object. */
export function eachMessage(example: Example, change: (message: Message) => Message): Example {
  const list = (messages: readonly Message[]): readonly Message[] => {
    const next = messages.map(change);
    return next.some((message, index) => message !== messages[index]) ? next : messages;
  };
  const prompt = list(example.prompt);
  const sides = example.sides.map(list);
  const same = prompt === example.prompt && sides.every((side, index) => side === example.sides[index]);
  return same ? example : { ...example, prompt, sides };
}

export function everyMessage(example: Example): readonly Message[] {
  return [...example.prompt, ...example.sides.flat()];
}

export function textOf(message: Message): string {
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

export function textPart(text: string): Part[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

/** Tokenizers refuse half a surrogate pair, and UTF-8 cannot hold it. */
export const wellFormed: Step = {
  kind: 'change',
  what: 'Broken characters (halves of surrogate pairs), replaced by �',
  effect: 'changed',
  apply: (example) =>
    eachMessage(example, (message) =>
      // JSON text shows them as escapes, which is far quicker to look for than string by string.
      /\\ud[89a-f]/.test(JSON.stringify(message)) ? mapTexts(message, (text) => text.toWellFormed()) : message,
    ),
};

/** Dropping an image would leave an answer to a question that is not there. */
export const skipUnreadable: Step = {
  kind: 'skip',
  what: 'Rows with images, files or other parts that are not text',
  applies: (example) =>
    everyMessage(example).some((message) =>
      message.content.some(
        (part) =>
          part.type === 'image' || part.type === 'other' || (part.type === 'reasoning' && message.role !== 'assistant'),
      ),
    ),
};

export const skipEmptyPrompt: Step = {
  kind: 'skip',
  what: 'Rows without a prompt: the sides share neither a system prompt nor a message',
  applies: ({ prompt }) => prompt.length === 1 && prompt[0] !== undefined && textOf(prompt[0]) === '',
};

/** For formats whose sides are one assistant message. */
export const skipOtherStart: Step = {
  kind: 'skip',
  what: 'Rows whose sides part at a user or tool turn, since a side is one assistant message here',
  applies: ({ sides }) => sides.some((side) => side[0]?.role !== 'assistant'),
};

export const firstMessageOnly: Step = {
  kind: 'change',
  what: 'What follows the first assistant message of a side',
  effect: 'dropped',
  apply: (example) =>
    example.sides.every((side) => side.length === 1)
      ? example
      : { ...example, sides: example.sides.map((side) => side.slice(0, 1)) },
};

/** Must come last: what is equal depends on what was taken away. */
export const skipEqualSides: Step = {
  kind: 'skip',
  what: 'Rows whose sides are equal without what this target drops',
  applies: ({ prompt, sides }) => {
    const [one, two] = sides.map((side) => comparable({ prompt, sides: [side] }));
    return two !== undefined && one === two;
  },
};

export const dropReasoning: Step = {
  kind: 'change',
  what: 'Reasoning',
  effect: 'dropped',
  apply: (example) =>
    eachMessage(example, (message) =>
      message.content.some((part) => part.type === 'reasoning')
        ? { ...message, content: message.content.filter((part) => part.type !== 'reasoning') }
        : message,
    ),
};

/** At most one reasoning part, then at most one text part: formats with a field for each know no order among them. */
export const oneOfEach: Step = {
  kind: 'change',
  what: 'Text or reasoning in several parts, joined by line breaks, reasoning first',
  effect: 'changed',
  apply: (example) =>
    eachMessage(example, (message) => {
      const kinds = message.content.map((part) => part.type).join(' ');
      if (/^(?:reasoning)? ?(?:text)?$/.test(kinds)) return message;
      const joined = (type: 'reasoning' | 'text'): Part[] => {
        const texts = message.content.flatMap((part) => (part.type === type ? [part.text] : []));
        return texts.length === 0 ? [] : [{ type, text: texts.join('\n') }];
      };
      return { ...message, content: [...joined('reasoning'), ...joined('text')] };
    }),
};

export const dropToolErrors: Step = {
  kind: 'change',
  what: 'The mark that a tool failed; what it said stays',
  effect: 'dropped',
  apply: (example) =>
    eachMessage(example, (message) => {
      if (message.role !== 'tool' || message.isError === undefined) return message;
      const { isError: _, ...rest } = message;
      return rest;
    }),
};

export const dropNames: Step = {
  kind: 'change',
  what: 'Names of participants',
  effect: 'dropped',
  apply: (example) =>
    eachMessage(example, (message) => {
      if ((message.role !== 'user' && message.role !== 'assistant') || message.name === undefined) return message;
      const { name: _, ...rest } = message;
      return rest;
    }),
};

export const unparsedAsText: Step = {
  kind: 'change',
  what: 'Tool-call arguments that are not JSON, written as one string',
  effect: 'changed',
  apply: (example) =>
    eachMessage(example, (message) => {
      if (message.role !== 'assistant' || !(message.toolCalls ?? []).some((call) => call.unparsed)) return message;
      const toolCalls = (message.toolCalls ?? []).map(({ name, arguments: given }) => ({ name, arguments: given }));
      return { ...message, toolCalls };
    }),
};

/** Tool schemas as trainers expect them: `{"type": "function", "function": {name, description, parameters}}`. */
export const toolsAsFunctions: Step = {
  kind: 'change',
  what: 'Tool schemas of another vendor’s shape, written as functions with parameters',
  effect: 'changed',
  apply: (example) =>
    eachMessage(example, (message) => {
      if (message.role !== 'context') return message;
      const tools = message.tools.map(asFunction);
      return tools.some((tool, index) => tool !== message.tools[index]) ? { ...message, tools } : message;
    }),
};

function asFunction(tool: Json): Json {
  if (!isObject(tool) || isObject(tool['function']) || typeof tool['name'] !== 'string') return tool;
  const { name, description, parameters, input_schema: schema, type: _, ...rest } = tool;
  const given = parameters ?? schema;
  if (!isObject(given)) return tool;
  return {
    type: 'function',
    function: { name, ...(description === undefined ? {} : { description }), parameters: given, ...rest },
  };
}

/** A context without words before a system message is that system message's place. */
export const leadingSystem: Step = {
  kind: 'change',
  what: 'A system message after an empty system prompt, written as the system prompt',
  effect: 'changed',
  apply: (example) => {
    const [context, ...turns] = example.prompt;
    if (context?.role !== 'context' || textOf(context) !== '' || turns[0]?.role !== 'system') return example;
    let root = context;
    while (textOf(root) === '' && turns[0]?.role === 'system')
      root = { ...context, content: turns.shift()?.content ?? [] };
    return { ...example, prompt: [root, ...turns] };
  },
};

/** For formats that do not say which call a result answers: the results answer the calls in order. */
export const resultsInOrder: Step = {
  kind: 'change',
  what: 'Which tool call a result answers, where it is not the order of the calls',
  effect: 'dropped',
  apply: (example) => {
    const prompt = numbered(example.prompt, { calls: 0, results: 0 });
    const sides = example.sides.map((side) => numbered(side, { ...prompt.after }));
    const same =
      prompt.messages === example.prompt && sides.every((side, index) => side.messages === example.sides[index]);
    return same ? example : { ...example, prompt: prompt.messages, sides: sides.map((side) => side.messages) };
  },
};

export interface Numbering {
  /** Tool calls and tool results so far. */
  calls: number;
  results: number;
}

/** Gives each tool result the number of the next call that has none; a result without a call loses its name too. */
export function numbered(
  messages: readonly Message[],
  from: Numbering,
): { readonly messages: readonly Message[]; readonly after: Numbering } {
  const at = { ...from };
  const next = messages.map((message): Message => {
    if (message.role === 'assistant') at.calls += message.toolCalls?.length ?? 0;
    if (message.role !== 'tool') return message;
    const call = at.results < at.calls ? at.results : undefined;
    at.results += 1;
    if (message.call === call && message.name === undefined) return message;
    const { call: _, name: __, ...rest } = message;
    return call === undefined ? rest : { ...rest, call };
  });
  return { messages: next.some((message, index) => message !== messages[index]) ? next : messages, after: at };
}
