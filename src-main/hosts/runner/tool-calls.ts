// Runs tools: finds one in its file, checks what goes in and what comes out.
import { z } from 'zod';
import type { Json } from '#contract/turn';
import type { ToolContext, ToolDefinition } from '#engine/graph/definition';
import { toolIn } from '#engine/run/describe';
import { toJson } from '#engine/run/plain-json';
import { largestItem, type FromRunner, type ToRunner } from '#engine/run/protocol';
import { RunFailure, runErrorOf } from '#engine/run/run-failure';

type Call = Extract<ToRunner, { readonly type: 'tool' }>;

export class ToolCalls {
  readonly #send: (message: FromRunner) => void;
  readonly #load: (url: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly #running = new Map<number, AbortController>();

  constructor(send: (message: FromRunner) => void, load: (url: string) => Promise<Readonly<Record<string, unknown>>>) {
    this.#send = send;
    this.#load = load;
  }

  /** Tells the outcome; never throws. */
  async call(call: Call): Promise<void> {
    const { id, key, folder } = call;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const tool = toolNamed(await this.#load(call.url), call.name);
      const result = await run(tool, call.input, { signal: controller.signal, key, folder });
      this.#send({ type: 'tool.done', id, result });
    } catch (error) {
      this.#send({ type: 'tool.done', id, error: runErrorOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  cancel(id: number): void {
    this.#running.get(id)?.abort(new RunFailure({ name: 'Cancelled', message: 'The call was cancelled.' }));
  }
}

function toolNamed(module: Readonly<Record<string, unknown>>, name: string): ToolDefinition {
  for (const value of Object.values(module)) {
    const tool = toolIn(value);
    if (tool?.name === name) return tool;
  }
  throw new RunFailure({
    name: 'NoTool',
    message: `The file exports no tool named "${name}".`,
    hint: 'Was it renamed, or is the word export missing before it?',
  });
}

async function run(tool: ToolDefinition, input: Json, context: ToolContext): Promise<Json> {
  const { name } = tool;
  const given = await tool.input.safeParseAsync(input);
  if (!given.success) {
    const message = `The tool "${name}" does not take this input: ${z.prettifyError(given.error)}`;
    throw new RunFailure({ name: 'BadInput', message });
  }
  context.signal.throwIfAborted();
  // What its schema gave is what it takes.
  const result: unknown = await tool.run(given.data as never, context);
  if (tool.output === undefined) return plain(name, result);
  const checked = await tool.output.safeParseAsync(result);
  if (!checked.success) {
    const message = `What the tool "${name}" gave is not of its output's shape: ${z.prettifyError(checked.error)}`;
    throw new RunFailure({ name: 'BadOutput', message });
  }
  return plain(name, checked.data);
}

/** Nothing is null. */
function plain(name: string, result: unknown): Json {
  const value = result === undefined ? null : toJson(result, `What the tool "${name}" gave`);
  const { length } = JSON.stringify(value);
  if (length <= largestItem) return value;
  throw new RunFailure({
    name: 'TooLarge',
    message: `What the tool "${name}" gave is too large: ${length} characters of JSON, and ${largestItem} are the most.`,
    hint: 'Let it write a file of the workspace and give its name.',
  });
}
