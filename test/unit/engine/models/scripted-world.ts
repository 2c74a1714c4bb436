// What the tests of the scripted model share: files that are only text, and calls with everything filled in.
import type { Message } from '#contract/turn';
import type { ModelCall } from '#engine/models/model';
import type { ModelFiles } from '#engine/models/model-files';

export function filesOf(texts: Readonly<Record<string, string>>): ModelFiles {
  return {
    pathOf: (name) => `models/${name}.model.json`,
    read: (name) => Promise.resolve(Object.hasOwn(texts, name) ? texts[name] : undefined),
    names: () => Promise.resolve(Object.keys(texts)),
  };
}

export function callOf(messages: readonly Message[], change: Partial<ModelCall> = {}): ModelCall {
  const signal = new AbortController().signal;
  return { model: 'm', messages, parameters: {}, seed: 1, try: 1, signal, onText: () => {}, ...change };
}

export function userSays(text: string): readonly Message[] {
  return [
    { role: 'context', content: [], tools: [] },
    { role: 'user', content: [{ type: 'text', text }] },
  ];
}
