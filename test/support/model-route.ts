// Asks the gateway's model route as clients do, for tests, before upstreams and scripted models that they say.
import { onTestFinished } from 'vitest';
import { ScriptedModels } from '#engine/models/scripted';
import { openGateway, type GatewayOptions, type GatewayWorld } from './gateway.ts';
import { startFakeUpstream, type Played, type PlayedRequest } from './upstream/fake-upstream.ts';

export const ok: Played = { headers: [['content-type', 'application/json']], body: '{"ok":true}' };

export async function upstreamOf(play: (request: PlayedRequest) => Played | Promise<Played> = () => ok) {
  const upstream = await startFakeUpstream(play);
  onTestFinished(() => upstream.close());
  return upstream;
}

/** A scripted model whose file is this text. */
export function scripted(text: string): ScriptedModels {
  return new ScriptedModels({
    read: async (name) => (name === 'shop' ? text : undefined),
    names: async () => ['shop'],
    pathOf: (name) => `models/${name}.model.json`,
  });
}

export function ask(
  gateway: GatewayWorld,
  path: string,
  body: unknown,
  {
    key = gateway.key(),
    headers = {},
    signal,
  }: { key?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${gateway.server.address}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

export async function twoProviders(options: GatewayOptions = {}) {
  const [openai, second, anthropic] = [await upstreamOf(), await upstreamOf(), await upstreamOf()];
  const gateway = await openGateway({
    providers: {
      openai: openai.origin,
      second: second.origin,
      anthropic: { dialect: 'anthropic', url: `${anthropic.origin}/v1` },
    },
    ...options,
  });
  return { gateway, openai, second, anthropic };
}
