// Services and servers that many use, with where they are and how they are spoken to.
import type { Dialect, FoundServer, ProviderSettings } from '#contract/model';
import type { ProviderDraft } from './provider-draft.ts';

export interface Preset {
  readonly title: string;
  /** The name it is given, unless a person has given another. */
  readonly name: string;
  readonly dialect: Dialect;
  readonly url: string;
  readonly api: 'chat' | 'responses';
  /** What its key is usually called; absent for a server of one's own. */
  readonly secret?: string;
}

export const presets: readonly Preset[] = [
  {
    title: 'OpenAI',
    name: 'openai',
    dialect: 'openai',
    url: 'https://api.openai.com/v1',
    api: 'responses',
    secret: 'OPENAI_API_KEY',
  },
  {
    title: 'Anthropic',
    name: 'anthropic',
    dialect: 'anthropic',
    url: 'https://api.anthropic.com/v1',
    api: 'chat',
    secret: 'ANTHROPIC_API_KEY',
  },
  { title: 'Ollama', name: 'ollama', dialect: 'openai', url: 'http://127.0.0.1:11434/v1', api: 'chat' },
  { title: 'LM Studio', name: 'lm-studio', dialect: 'openai', url: 'http://127.0.0.1:1234/v1', api: 'chat' },
  { title: 'llama.cpp', name: 'llama-cpp', dialect: 'openai', url: 'http://127.0.0.1:8080/v1', api: 'chat' },
  { title: 'vLLM', name: 'vllm', dialect: 'openai', url: 'http://127.0.0.1:8000/v1', api: 'chat' },
];

/** Takes the preset's place and dialect over. A name that a person wrote stays; one that is `fixed` always does. */
export function withPreset(
  draft: ProviderDraft,
  preset: Preset,
  { fixed, taken }: { readonly fixed: boolean; readonly taken: readonly string[] },
): ProviderDraft {
  const isOwn = draft.name.trim() !== '' && !presets.some(({ name }) => isNamedAfter(draft.name.trim(), name));
  const { dialect, url, api, secret = '' } = preset;
  return { ...draft, dialect, url, api, secret, name: fixed || isOwn ? draft.name : freeName(preset.name, taken) };
}

function isNamedAfter(name: string, preset: string): boolean {
  return name === preset || (name.startsWith(`${preset}-`) && /^\d+$/u.test(name.slice(preset.length + 1)));
}

function freeName(wanted: string, taken: readonly string[]): string {
  for (let number = 2, name = wanted; ; number += 1) {
    if (!taken.includes(name)) return name;
    name = `${wanted}-${number}`;
  }
}

const foundTitles: Readonly<Record<FoundServer['kind'], string>> = {
  ollama: 'Ollama',
  'lm-studio': 'LM Studio',
  'llama.cpp': 'llama.cpp',
  vllm: 'vLLM',
  unknown: 'Model server',
};

export function foundTitle({ kind }: FoundServer): string {
  return foundTitles[kind];
}

const modelsTaken = 50;

/** A server that was found, as a provider. */
export function foundSettings({ url, models }: FoundServer): ProviderSettings {
  return { dialect: 'openai', url, ...(models.length === 0 ? {} : { models: models.slice(0, modelsTaken) }) };
}
