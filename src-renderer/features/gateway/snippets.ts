// Ready pieces of code that point a client at the gateway; docs/gateway.md has the same by hand.
import type { ProviderState } from '#contract/model';

export type SnippetKind = 'curl' | 'openai' | 'langchain' | 'anthropic' | 'vercel' | 'env';

export interface SnippetParts {
  /** "http://127.0.0.1:4140". */
  readonly address: string;
  readonly key: string;
  /** "openai/gpt-4.1-mini". */
  readonly model: string;
}

export const snippetNames: Readonly<Record<SnippetKind, string>> = {
  curl: 'curl',
  openai: 'Python openai',
  langchain: 'LangChain',
  anthropic: 'Anthropic SDK',
  vercel: 'Vercel AI SDK',
  env: 'Environment',
};
export const snippetKinds: readonly SnippetKind[] = ['curl', 'openai', 'langchain', 'anthropic', 'vercel', 'env'];

/** Stands where the key belongs once it cannot be shown any more. */
export const keyPlaceholder = 'atl-YOUR-KEY';
/** Needs no provider. */
export const anyModel = 'scripted/echo';

/** A text as Python, TypeScript and JSON write it. */
const quoted = (text: string): string => JSON.stringify(text);
/** A text as one word of a POSIX shell. */
const word = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function snippetOf(kind: SnippetKind, { address, key, model }: SnippetParts): string {
  const openaiUrl = `${address}/v1`;
  switch (kind) {
    case 'curl': {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
      return lines(
        `curl ${openaiUrl}/chat/completions \\`,
        `  -H ${word(`Authorization: Bearer ${key}`)} \\`,
        `  -H ${word('Content-Type: application/json')} \\`,
        `  -d ${word(body)}`,
      );
    }
    case 'openai':
      return lines(
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url=${quoted(openaiUrl)}, api_key=${quoted(key)})`,
        'answer = client.chat.completions.create(',
        `    model=${quoted(model)},`,
        '    messages=[{"role": "user", "content": "Hello"}],',
        ')',
        'print(answer.choices[0].message.content)',
      );
    case 'langchain':
      return lines(
        'from langchain_openai import ChatOpenAI',
        '',
        'model = ChatOpenAI(',
        `    model=${quoted(model)},`,
        `    base_url=${quoted(openaiUrl)},`,
        `    api_key=${quoted(key)},`,
        ')',
        'print(model.invoke("Hello").content)',
      );
    case 'anthropic':
      return lines(
        'from anthropic import Anthropic',
        '',
        '# Its address is without /v1.',
        `client = Anthropic(base_url=${quoted(address)}, api_key=${quoted(key)})`,
        'answer = client.messages.create(',
        `    model=${quoted(model)},`,
        '    max_tokens=1024,',
        '    messages=[{"role": "user", "content": "Hello"}],',
        ')',
        'print(answer.content[0].text)',
      );
    case 'vercel':
      return lines(
        "import { createOpenAICompatible } from '@ai-sdk/openai-compatible';",
        "import { generateText } from 'ai';",
        '',
        'const atelier = createOpenAICompatible({',
        "  name: 'atelier',",
        `  baseURL: ${quoted(openaiUrl)},`,
        `  apiKey: ${quoted(key)},`,
        '});',
        `const { text } = await generateText({ model: atelier(${quoted(model)}), prompt: 'Hello' });`,
      );
    case 'env':
      return lines(
        `export OPENAI_BASE_URL=${word(openaiUrl)}`,
        `export OPENAI_API_KEY=${word(key)}`,
        `export ANTHROPIC_BASE_URL=${word(address)}`,
        `export ANTHROPIC_API_KEY=${word(key)}`,
      );
  }
}

function lines(...texts: readonly string[]): string {
  return texts.join('\n');
}

/** A model that the snippet can ask for: one that the key's own provider names, else that any does, else the scripted one. */
export function modelFor(providers: readonly Pick<ProviderState, 'name' | 'settings'>[], preferred?: string): string {
  const inOrder = [
    ...providers.filter(({ name }) => name === preferred),
    ...providers.filter(({ name }) => name !== preferred),
  ];
  for (const { name, settings } of inOrder) {
    const [first] = settings.models ?? [];
    if (first !== undefined) return `${name}/${first}`;
  }
  return anyModel;
}
