// What went wrong on the way to a provider, in words and as a status.
import type { ProviderSettings } from '#contract/model';
import { isLoopback } from '../loopback.ts';
import { HttpFailure } from '../network-ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import { ModelError } from './model.ts';

/** The network's or the server's fault: worth another try, and counted by the breaker. */
export class NetworkFault {
  readonly error: ModelError;
  /** Without its end: "nothing listens there (ECONNREFUSED)". */
  readonly why: string;

  constructor(error: ModelError, why: string) {
    this.error = error;
    this.why = why;
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ENETUNREACH: 'there is no way to its network',
  EHOSTUNREACH: 'there is no way to it',
  ETIMEDOUT: 'no connection was made in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** A refusal (offline mode, the vault) as a ModelError; anything of the network as NetworkFault. */
export function faultOf(
  error: unknown,
  name: string,
  { url, timeoutMs }: ProviderSettings,
  redactor: Redactor,
): NetworkFault | Error {
  if (error instanceof ModelError) return error;
  const { origin, hostname } = new URL(url);
  if (error instanceof Problem) {
    return new ModelError(error.message, error.code === 'REFUSED' ? 403 : undefined, error.hint);
  }
  if (!(error instanceof HttpFailure)) {
    const what = redactor.text(sentenceOf(error));
    return new NetworkFault(new ModelError(`${name} at ${origin} did not answer as it should: ${what}`, 502), what);
  }
  if (error.code === 'TIMEOUT') {
    const why = 'it took too long';
    return new NetworkFault(
      new ModelError(
        `${name} at ${origin} took too long${timeoutMs === undefined ? '' : ` (over ${timeoutMs / 1000} s)`}.`,
        504,
        `How long it may take is set in atelier.json at models.providers.${name}.timeoutMs.`,
      ),
      why,
    );
  }
  const why = `${words[error.code] ?? redactor.text(error.message)} (${error.code})`;
  const hint = isLoopback(hostname)
    ? 'Is the server running, and on this port?'
    : `Is there a network? Is the address in atelier.json right (models.providers.${name}.url)?`;
  return new NetworkFault(new ModelError(`${name} at ${origin} cannot be reached: ${why}.`, 502, hint), why);
}
