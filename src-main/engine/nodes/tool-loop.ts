// toolLoop: a model calls tools until it is done.
import type { Message, ToolCall } from '#contract/turn';
import type { ModelAnswer, NodeOf } from '../graph/definition.ts';
import type { NodeWorld, Outcome } from '../run/node-world.ts';
import { failure, runErrorOf } from '../run/run-failure.ts';
import { questionOf } from './asking.ts';
import { put } from './put.ts';

/** Failures that are the run's, not something the model could do better. */
const ofTheRun: ReadonlySet<string> = new Set(['Cancelled', 'NotDeterministic', 'Ended', 'Timeout', 'Budget']);

export async function runToolLoop(node: NodeOf<'toolLoop'>, world: NodeWorld): Promise<Outcome> {
  const first = questionOf(node, world.context);
  const begun = first.messages?.length ?? 0;
  const ask = { ...first, tools: node.tools };
  let answer = await world.ask(ask);
  for (let turn = 1; ; turn += 1) {
    const calls = answer.message.toolCalls ?? [];
    if (calls.length === 0) return ended(node, world, answer, begun);
    if (turn >= node.maxTurns) {
      throw failure(
        'MaxTurns',
        `"${world.name}" still called tools after ${node.maxTurns} turns.`,
        'Raise `maxTurns`, or say in the prompt when to stop.',
      );
    }
    const { messages } = answer;
    const results = await Promise.all(
      calls.map((call, index) => resultOf(node, world, call, callsBefore(messages) + index)),
    );
    const { prompt: _, ...again } = ask;
    answer = await world.ask({ ...again, messages: [...messages, ...results] });
  }
}

function ended(node: NodeOf<'toolLoop'>, world: NodeWorld, answer: ModelAnswer, begun: number): Outcome {
  const intoMessages = node.to !== undefined && world.placeOf(node.to) === 'messages';
  return put(node, world, answer, intoMessages ? answer.messages.slice(begun) : answer.text);
}

/** Tool calls of the transcript before its last message, whose own come next. */
function callsBefore(messages: readonly Message[]): number {
  let count = 0;
  for (const message of messages.slice(0, -1))
    if (message.role === 'assistant') count += message.toolCalls?.length ?? 0;
  return count;
}

/** What went wrong is told to the model, so that it can do otherwise. */
async function resultOf(
  node: NodeOf<'toolLoop'>,
  world: NodeWorld,
  call: ToolCall,
  position: number,
): Promise<Message> {
  if (!node.tools.includes(call.name)) {
    return toolMessage(position, `There is no tool "${call.name}". Tools are: ${node.tools.join(', ')}.`, true);
  }
  if (call.unparsed === true) return toolMessage(position, 'The arguments are not JSON.', true);
  try {
    const result = await world.callTool(call.name, call.arguments);
    return toolMessage(position, typeof result === 'string' ? result : JSON.stringify(result), false);
  } catch (error) {
    const { name, message } = runErrorOf(error);
    if (world.cancelled !== undefined || ofTheRun.has(name)) throw error;
    return toolMessage(position, `${name}: ${message}`, true);
  }
}

function toolMessage(call: number, text: string, isError: boolean): Message {
  return { call, content: [{ text, type: 'text' }], ...(isError ? { isError: true } : {}), role: 'tool' };
}
