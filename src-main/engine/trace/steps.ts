// Steps of a transcript without recorded spans: one a turn, in order, without times.
import type { Span, SpanKind } from '#contract/trace';
import type { Message, Turn } from '#contract/turn';

/**
 * A model step for each assistant turn, a tool step for each tool result, a human step for each user turn. Named after the tool,
 * the model (`model`) or the role; each reads the turn before it and wrote its own.
 */
export function stepsOf(path: readonly Turn[], model: string | undefined): Span[] {
  const tools: string[] = [];
  const steps: Span[] = [];
  for (const turn of path) {
    const { message } = turn;
    const kind = kinds[message.role];
    if (message.role === 'assistant') for (const call of message.toolCalls ?? []) tools.push(call.name);
    if (kind === undefined) continue;
    const step: Span = {
      id: turn.id,
      name: nameOf(message, tools, model),
      kind,
      wrote: turn.id,
      attributes: {},
      ...(turn.parent === undefined ? {} : { read: turn.parent }),
    };
    steps.push(
      message.role === 'tool' && message.isError === true ? { ...step, error: 'The tool reported an error.' } : step,
    );
  }
  return steps;
}

const kinds: Readonly<Partial<Record<Message['role'], SpanKind>>> = { assistant: 'model', tool: 'tool', user: 'human' };

function nameOf(message: Message, tools: readonly string[], model: string | undefined): string {
  switch (message.role) {
    case 'assistant':
      return model ?? 'assistant';
    case 'tool':
      return (message.call === undefined ? message.name : tools[message.call]) ?? 'tool';
    case 'user':
      return message.name ?? 'user';
    case 'context':
    case 'system':
      return message.role;
  }
}
