// What a scripted model answers to a call: the first rule that fits, its templates filled. No time passes here.
import type { JsonObject, Message, Part, ToolCall } from '#contract/turn';
import type { Usage } from '#contract/journal';
import { Problem } from '../problem.ts';
import { drawn } from './draw.ts';
import { ModelError, type ModelCall, type ModelReply } from './model.ts';
import type { Reply, Rule, ScriptFile, Stream } from './scripted-file.ts';
import { newFit, type Fit } from './scripted-match.ts';
import type { Groups } from './scripted-pattern.ts';
import { jsonOf, sceneOf, textOf, toolOf, type Scene } from './scripted-scene.ts';
import { fillJson, fillText, TemplateError, type Sources } from './scripted-template.ts';
import { countTokens, piecesOf } from './tokens.ts';

export interface Answer {
  /** What is said, in this order. */
  readonly reasoning: string;
  readonly text: string;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number | undefined;
  /** How it ends: with a reply, or with an error after what was said. */
  readonly end: ModelReply | ModelError;
}

/** A scripted model, ready to answer. The same for the same call, whatever was asked before. */
export interface Script {
  /** Throws ModelError where no rule fits, or the one that does cannot be filled. */
  answer(call: ModelCall): Answer;
}

/** `path` is the file's, for sentences. */
export function newScript(file: ScriptFile, path: string): Script {
  const rules = file.rules.map((rule, index) => ({
    rule,
    label: rule.name === undefined ? `rule ${index + 1}` : `rule ${index + 1} "${rule.name}"`,
    fit: newFit(rule.when, index),
  }));
  return {
    answer(call) {
      const scene = sceneOf(call);
      const misfits: string[] = [];
      for (const { rule, label, fit } of rules) {
        const found = labelled(path, label, () => fit(scene));
        if ('groups' in found) return labelled(path, label, () => answerBy(file, rule, scene, found.groups));
        misfits.push(`${label}: ${found.why}`);
      }
      throw noRule(path, scene, misfits);
    },
  };
}

/** Says which rule it was where one cannot be followed. */
function labelled<T extends Fit | Answer>(path: string, label: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError)
      throw new ModelError(`In ${path}, ${label}: ${error.message}.`, undefined, otherwiseHint);
    if (error instanceof Problem) throw new ModelError(`In ${path}, ${label}: ${error.message}`, undefined, error.hint);
    throw error;
  }
}

const otherwiseHint =
  'Say what to write instead, as in {{json order.id ?? "none"}}, or have the rule fit only where it is there.';

function noRule(path: string, { last, text }: Scene, misfits: readonly string[]): ModelError {
  const shown = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  const said =
    last === undefined ? 'There is no message.' : `The last message, from ${last.role}: ${JSON.stringify(shown)}.`;
  const tried = misfits.length > 20 ? [...misfits.slice(0, 20), `and ${misfits.length - 20} more`] : misfits;
  return new ModelError(
    `No rule of ${path} fits. ${said} Tried: ${tried.join('; ')}.`,
    undefined,
    'Write a rule that fits, or one without "when" at the end, for everything else.',
  );
}

function answerBy(file: ScriptFile, rule: Rule, scene: Scene, groups: Groups): Answer {
  const sources = sourcesOf(file, scene, groups);
  const { reply = {}, fail } = rule;
  const filled = fillReply(reply, sources, scene.call.parameters);
  const stream = { ...file.stream, ...rule.stream };
  const timing = { firstTokenMs: firstTokenMs(stream, scene.call.seed), tokensPerSecond: stream.tokensPerSecond };
  if (fail !== undefined) {
    const { reasoning, text } = brokenOff(filled, fail.after ?? 0);
    const message = fail.message === undefined ? sentenceFor(fail.status, fail.after) : fillText(fail.message, sources);
    return { reasoning, text, ...timing, end: new ModelError(message, fail.status, fail.hint) };
  }
  const end: ModelReply = {
    message: messageOf(filled),
    stop: filled.stop,
    model: file.model ?? `scripted/${scene.call.model}`,
    usage: usageOf(file, rule, scene.call, filled),
  };
  return { reasoning: filled.reasoning, text: filled.text, ...timing, end };
}

interface Filled {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly stop: string;
}

function fillReply(reply: Reply, sources: Sources, parameters: JsonObject): Filled {
  const { reasoning = '', text, json, calls = [], stop } = reply;
  const whole = json === undefined ? fillText(text ?? '', sources) : JSON.stringify(fillJson(json, sources));
  const { maxTokens } = parameters;
  const pieces = typeof maxTokens === 'number' && countTokens(whole) > maxTokens ? piecesOf(whole) : undefined;
  return {
    reasoning: fillText(reasoning, sources),
    text: pieces === undefined ? whole : pieces.slice(0, Math.max(0, Number(maxTokens))).join(''),
    calls: calls.map((call) => ({ name: call.name, arguments: fillJson(call.arguments, sources) })),
    stop: pieces !== undefined ? 'length' : (stop ?? (calls.length > 0 ? 'tools' : 'end')),
  };
}

function messageOf({ reasoning, text, calls }: Filled): Message & { readonly role: 'assistant' } {
  const content: Part[] = [];
  if (reasoning !== '') content.push({ type: 'reasoning', text: reasoning });
  if (text !== '') content.push({ type: 'text', text });
  return { role: 'assistant', content, ...(calls.length === 0 ? {} : { toolCalls: [...calls] }) };
}

/** The first `after` characters of what would have been said. */
function brokenOff({ reasoning, text }: Filled, after: number): { readonly reasoning: string; readonly text: string } {
  return { reasoning: reasoning.slice(0, after), text: text.slice(0, Math.max(0, after - reasoning.length)) };
}

function sentenceFor(status: number | undefined, after: number | undefined): string {
  if (after !== undefined) return 'The answer broke off in the middle.';
  switch (status) {
    case 401:
      return 'The model does not accept the key.';
    case 408:
      return 'The model took too long.';
    case 429:
      return 'The model was asked too often.';
    case 529:
      return 'The model has too much to do.';
    default:
      return status === undefined || status >= 500
        ? 'The model could not answer.'
        : 'The model did not accept the request.';
  }
}

function firstTokenMs({ firstTokenMs: given = 0 }: Stream, seed: number): number {
  if (typeof given === 'number') return given;
  const [least, most] = given;
  return least + (most - least) * drawn(seed, 'firstTokenMs');
}

function usageOf(file: ScriptFile, { usage = {} }: Rule, call: ModelCall, { reasoning, text, calls }: Filled): Usage {
  const inputTokens = usage.inputTokens ?? call.messages.reduce((sum, message) => sum + tokensOf(message), 0);
  const made = calls.reduce((sum, one) => sum + countTokens(JSON.stringify(one)), 0);
  const outputTokens = usage.outputTokens ?? countTokens(reasoning) + countTokens(text) + made;
  const { price } = file;
  const costUsd =
    usage.costUsd ??
    (price === undefined ? undefined : (inputTokens * price.input + outputTokens * price.output) / 1e6);
  return { inputTokens, outputTokens, ...(costUsd === undefined ? {} : { costUsd }) };
}

function tokensOf(message: Message): number {
  const said = message.content.reduce(
    (sum, part) => sum + (part.type === 'text' || part.type === 'reasoning' ? countTokens(part.text) : 0),
    0,
  );
  const more =
    message.role === 'context' ? message.tools : message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  return more.map((one) => countTokens(JSON.stringify(one))).reduce((sum, count) => sum + count, said);
}

function sourcesOf(file: ScriptFile, scene: Scene, groups: Groups): Sources {
  const { messages, seed } = scene.call;
  return {
    last: () => (scene.last === undefined ? undefined : scene.text),
    user: () => scene.user,
    system: () => scene.system,
    message: (index) => {
      const found = messages.at(index);
      return found === undefined ? undefined : textOf(found);
    },
    group: (name) =>
      /^\d+$/u.test(name)
        ? groups.numbered[Number(name)]
        : Object.hasOwn(groups.named, name)
          ? groups.named[name]
          : undefined,
    json: () => scene.json,
    tool: (name) => {
      const found = messages.findLast((message) => toolOf(message, messages) === name);
      return found === undefined ? undefined : (jsonOf(textOf(found)) ?? textOf(found));
    },
    item: (list) => {
      const items = file.lists?.[list] ?? [];
      return items[Math.floor(drawn(seed, 'item', list) * items.length)];
    },
  };
}
