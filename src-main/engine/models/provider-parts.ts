// What a provider of models over HTTP is made of.
import type { CallStore } from '../network-ports.ts';
import type { Redactor } from '../redactor.ts';
import type { Timing } from './timing.ts';
import type { Upstream, Upstreams } from './upstream.ts';
import type { Wire } from './wire/wire.ts';

export interface ProviderParts {
  readonly upstream: Upstream;
  readonly wire: Wire;
  readonly costOf: Upstreams['costOf'];
  readonly calls: CallStore;
  readonly redactor: Redactor;
  readonly timing: Timing;
  readonly random: () => number;
}
