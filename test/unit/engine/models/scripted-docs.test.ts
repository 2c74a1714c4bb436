// The examples of docs/scripted-model.md: each file answers as the page says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Message } from '#contract/turn';
import { ModelError, type ModelReply } from '#engine/models/model';
import { ScriptedModels } from '#engine/models/scripted';
import { callOf, filesOf } from './scripted-world.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'scripted-model.md'), 'utf8');
const blocks = [...page.matchAll(/^```(json|conversation)\n(.*?)^```$/gmsu)].map(([, kind, text]) => ({
  kind,
  text: text ?? '',
}));

interface Said {
  readonly reply: ModelReply | undefined;
  readonly error: ModelError | undefined;
  readonly pieces: readonly string[];
}

/** Follows a conversation line by line; every line but those that set something up is an expectation. */
async function follow(file: string, conversation: string): Promise<number> {
  const models = new ScriptedModels(filesOf({ example: file }));
  const messages: Message[] = [{ role: 'context', content: [], tools: [] }];
  let [tries, schema, calls, checked] = [1, false, 0, 0];
  let said: Said | undefined;

  async function ask(): Promise<Said> {
    const pieces: string[] = [];
    const call = callOf(messages, {
      model: 'example',
      try: tries,
      parameters: schema ? { schema: {} } : {},
      onText: (channel, piece) => void (channel === 'text' && pieces.push(piece)),
    });
    try {
      const reply = await models.call(call);
      messages.push(reply.message);
      return { reply, error: undefined, pieces };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return { reply: undefined, error, pieces };
    }
  }

  for (const line of conversation.trim().split('\n')) {
    const [, word = '', rest = ''] = /^(\w+)(?: \w+)?: ?(.*)$/u.exec(line) ?? [];
    if (word === 'user' || word === 'tool') {
      said = undefined;
      const content = [{ type: 'text' as const, text: rest }];
      messages.push(word === 'user' ? { role: 'user', content } : { role: 'tool', content, call: calls - 1 });
    } else if (word === 'tools') {
      messages[0] = { role: 'context', content: [], tools: rest.split(', ').map((tool) => ({ name: tool })) };
    } else if (word === 'schema') schema = rest === 'true';
    else if (word === 'try') tries = Number(rest);
    else {
      said ??= await ask();
      expectation(word, rest, said);
      if (word === 'calls') calls += 1;
      checked += 1;
    }
  }
  return checked;
}

function expectation(word: string, rest: string, { reply, error, pieces }: Said): void {
  const content = reply?.message.content ?? [];
  const textOf = (type: string): string =>
    content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');
  const usage = reply?.usage;
  const shown: Record<string, () => unknown> = {
    assistant: () => textOf('text'),
    reasoning: () => textOf('reasoning'),
    calls: () => reply?.message.toolCalls?.map((one) => `${one.name} ${JSON.stringify(one.arguments)}`).join('; '),
    pieces: () => pieces.join('|'),
    usage: () => `${usage?.inputTokens} in, ${usage?.outputTokens} out, ${usage?.costUsd} USD`,
    model: () => reply?.model,
    error: () => error?.message,
    status: () => String(error?.status),
  };
  expect(shown[word]?.(), `${word}: ${rest} (${error?.message ?? 'no error'})`).toBe(rest);
}

describe('docs/scripted-model.md', () => {
  const examples = blocks.flatMap((block, index) =>
    block.kind === 'conversation' ? [{ file: blocks[index - 1]?.text ?? '', conversation: block.text }] : [],
  );

  test('has its examples in pairs: a file and what it answers', () => {
    expect(examples.length).toBeGreaterThanOrEqual(7);
    expect(blocks.map((block) => block.kind)).toEqual(examples.flatMap(() => ['json', 'conversation']));
  });

  test.for(examples.map((example, index) => [index + 1, example] as const))('example %i', async ([, example]) => {
    expect(await follow(example.file, example.conversation)).toBeGreaterThan(0);
  });
});
