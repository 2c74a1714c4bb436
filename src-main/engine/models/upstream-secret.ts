// The secret of a provider, released at the last moment, as the header that carries it.
import type { EgressCause } from '#contract/egress';
import type { ProviderSettings } from '#contract/model';
import type { HttpHeader } from '../network-ports.ts';
import { Problem } from '../problem.ts';
import type { Released, Secrets } from '../vault/secrets.ts';
import { ModelError } from './model.ts';

export interface Credential {
  readonly header: HttpHeader;
  /** While the secret is being rotated: the other value. */
  readonly other: (() => Promise<Credential | undefined>) | undefined;
}

/** undefined where the provider needs none. Throws ModelError 401 where it is not to be had. */
export async function secretFor(
  {
    name,
    settings,
    secrets,
  }: { readonly name: string; readonly settings: ProviderSettings; readonly secrets: Secrets | undefined },
  cause: Omit<EgressCause, 'secret'>,
): Promise<Credential | undefined> {
  const { secret, url } = settings;
  if (secret === undefined) return undefined;
  if (secrets === undefined) {
    throw new ModelError(`${name} needs the secret ${secret}, but there is no vault here.`, 401);
  }
  const model = cause.model === undefined ? name : `${name}/${cause.model}`;
  const onBehalf = cause.run === undefined ? '' : ` for run ${cause.run.slice(0, 12)}`;
  const ofKey = cause.key === undefined || cause.key === '' ? '' : ` for gateway key ${cause.key.slice(0, 8)}`;
  try {
    const purpose = `${cause.purpose} ${model}${onBehalf}${ofKey}`;
    return credentialOf(
      await secrets.release(secret, { provider: name, origin: new URL(url).origin, purpose }),
      settings,
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new ModelError(error.message, 401, error.hint);
  }
}

function credentialOf({ value, other }: Released, settings: ProviderSettings): Credential {
  if (!/^[\u0021-\u007e]+$/u.test(value)) {
    throw new Problem(
      'REFUSED',
      `The value of ${settings.secret ?? 'the secret'} cannot be sent: it is not one line of plain characters.`,
    );
  }
  const header: HttpHeader =
    settings.dialect === 'anthropic' ? ['x-api-key', value] : ['authorization', `Bearer ${value}`];
  if (other === undefined) return { header, other };
  return {
    header,
    async other() {
      const next = await other();
      return next === undefined ? undefined : credentialOf(next, settings);
    },
  };
}
