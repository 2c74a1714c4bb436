// What the nodes that ask a model have in common: their question, read from the state.
import type { Message } from '#contract/turn';
import type { ModelAsk, NodeContext } from '../graph/definition.ts';

interface Asking {
  readonly model: string;
  readonly system?: string | ((context: NodeContext) => string);
  readonly prompt?: string | ((context: NodeContext) => string);
  readonly messages?: (context: NodeContext) => readonly Message[];
  readonly temperature?: number;
  readonly maxTokens?: number;
}

export function questionOf(node: Asking, context: NodeContext): ModelAsk {
  const { model, system, prompt, messages, temperature, maxTokens } = node;
  return {
    model,
    ...(system === undefined ? {} : { system: read(system, context) }),
    ...(prompt === undefined ? {} : { prompt: read(prompt, context) }),
    ...(messages === undefined ? {} : { messages: messages(context) }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

export function read<T extends string | number>(value: T | ((context: NodeContext) => T), context: NodeContext): T {
  return typeof value === 'function' ? value(context) : value;
}
