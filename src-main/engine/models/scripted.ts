// The scripted model: a provider that needs no network, answering by the rules in models/NAME.model.json (docs/scripted-model.md).
import { setTimeout as sleep } from 'node:timers/promises';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { ModelError, type ModelCall, type ModelProvider, type ModelReply } from './model.ts';
import type { ModelFiles } from './model-files.ts';
import { newScript, type Answer, type Script } from './scripted-answer.ts';
import { parseScript } from './scripted-parse.ts';
import { piecesOf } from './tokens.ts';

/** Says back what it was told; there without a file. */
const echo = '{ "rules": [{ "reply": { "text": "{{last}}" } }] }';

interface Known {
  readonly text: string;
  readonly script: Script;
}

/** The provider "scripted". A file is read at every call, so that a change counts from the next one on. */
export class ScriptedModels implements ModelProvider {
  readonly name = 'scripted';
  readonly #files: ModelFiles;
  /** By name, as last read. */
  readonly #known = new Map<string, Known>();

  constructor(files: ModelFiles) {
    this.#files = files;
  }

  /** Throws ModelError: no such file, a wrong one, no rule that fits, or what the rule says; AbortError. */
  async call(call: ModelCall): Promise<ModelReply> {
    stopIfAborted(call.signal);
    const script = await this.#script(call.model);
    stopIfAborted(call.signal);
    return speak(script.answer(call), call);
  }

  async #script(name: string): Promise<Script> {
    const text = (await this.#files.read(name)) ?? (name === 'echo' ? echo : undefined);
    if (text === undefined) throw await this.#unknown(name);
    const known = this.#known.get(name);
    if (known?.text === text) return known.script;
    const path = this.#files.pathOf(name);
    try {
      const script = newScript(parseScript(path, text), path);
      this.#known.set(name, { text, script });
      return script;
    } catch (error) {
      if (error instanceof Problem) throw new ModelError(error.message, undefined, error.hint);
      throw error;
    }
  }

  async #unknown(name: string): Promise<ModelError> {
    const names = [...new Set([...(await this.#files.names()), 'echo'])];
    const near = nearest(name, names);
    const others = `There are: ${names.map((one) => `scripted/${one}`).join(', ')}.`;
    const hint = near === undefined ? others : `Did you mean scripted/${near}?`;
    return new ModelError(
      `There is no model scripted/${name}: the file ${this.#files.pathOf(name)} is missing.`,
      404,
      hint,
    );
  }
}

/** Says the answer piece by piece, at its pace. */
async function speak(
  { reasoning, text, firstTokenMs, tokensPerSecond, end }: Answer,
  call: ModelCall,
): Promise<ModelReply> {
  const { signal, onText } = call;
  if (firstTokenMs > 0) await pause(firstTokenMs, signal);
  const started = performance.now();
  let said = 0;
  for (const [channel, whole] of [
    ['reasoning', reasoning],
    ['text', text],
  ] as const) {
    for (const piece of tokensPerSecond === undefined ? [whole].filter((one) => one !== '') : piecesOf(whole)) {
      if (tokensPerSecond !== undefined) {
        const ahead = started + (said * 1000) / tokensPerSecond - performance.now();
        if (ahead >= 1) await pause(ahead, signal);
      }
      onText(channel, piece);
      said += 1;
    }
  }
  if (end instanceof ModelError) throw end;
  return end;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    stopIfAborted(signal);
  }
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new DOMException('The call of the model was cancelled.', 'AbortError');
}
