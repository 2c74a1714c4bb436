// Which wire a provider is spoken to over, by its settings.
import type { ProviderSettings } from '#contract/model';
import type { Wire } from './wire/wire.ts';
import { wireOf } from './wire/wires.ts';

/** Hosts that know a chat answer's limit by its newer name only. */
const newNamed = /(?:^|\.)(?:openai\.com|openai\.azure\.com)$/u;

export function wireFor({ dialect, api, url }: ProviderSettings): Wire {
  if (dialect === 'anthropic') return wireOf('anthropic');
  if (api === 'responses') return wireOf('openai-responses');
  return newNamed.test(new URL(url).hostname) ? wireOf('openai-chat') : wireOf('openai-chat', 'max_tokens');
}
