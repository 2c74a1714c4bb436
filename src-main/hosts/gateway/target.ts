// Which provider answers a request, by its model's name.
import type { GatewayKey } from '#contract/gateway';
import type { Dialect } from '#contract/model';
import type { Upstream, Upstreams } from '#engine/models/upstream';
import { nearest } from '#engine/nearest';
import { Refusal } from './refusal.ts';

/** `model`: as the provider calls it. */
export interface ModelTarget {
  readonly provider: string;
  readonly model: string | undefined;
  /** Where the provider stood before the name, which must go before it is sent on. */
  readonly isPrefixed: boolean;
  /** undefined: the scripted provider, which is asked in the process. */
  readonly upstream: Upstream | undefined;
}

export const scripted = 'scripted';

/**
 * "PROVIDER/NAME" where there is such a provider; else the key's; else the first one of the dialect. Throws a Refusal 404 that says what can
 * be done.
 */
export function targetOf(
  model: string | undefined,
  key: GatewayKey,
  dialect: Dialect,
  upstreams: Upstreams,
): ModelTarget {
  const slash = model?.indexOf('/') ?? -1;
  const first = model?.slice(0, Math.max(slash, 0)) ?? '';
  if (model !== undefined && slash > 0) {
    const upstream = first === scripted ? undefined : upstreams.get(first);
    if (upstream !== undefined || first === scripted) {
      if (slash === model.length - 1) {
        throw new Refusal(400, `${JSON.stringify(model)} names a provider, but no model.`, `Write ${first}/NAME.`);
      }
      return { provider: first, model: model.slice(slash + 1), isPrefixed: true, upstream };
    }
  }
  const own = key.settings.provider;
  if (own === scripted) return { provider: scripted, model, isPrefixed: false, upstream: undefined };
  const upstream = own === undefined ? upstreams.list().find((one) => one.dialect === dialect) : upstreams.get(own);
  if (upstream !== undefined) return { provider: upstream.name, model, isPrefixed: false, upstream };
  const names = upstreams.list().map(({ name }) => name);
  if (own !== undefined) {
    throw new Refusal(
      404,
      `The key's provider ${JSON.stringify(own)} is no longer in atelier.json.`,
      'Give the key another one under Gateway in Atelier.',
    );
  }
  const near = first === '' ? undefined : nearest(first, [...names, scripted]);
  const asked = model === undefined ? 'The request' : `The model ${JSON.stringify(model)}`;
  throw new Refusal(
    404,
    `${asked} names no provider, and there is none that speaks the dialect of this path.`,
    near === undefined ? hintFor(names) : `Did you mean ${near}${model?.slice(slash) ?? ''}?`,
  );
}

function hintFor(names: readonly string[]): string {
  const there = [...names, scripted].join(', ');
  return `Name the model as PROVIDER/NAME (there are: ${there}), or add a provider under Models in Atelier.`;
}
