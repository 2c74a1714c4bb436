// What the models screen says of providers and of what they cost.
import type { Budget, Dialect, ProviderState, SpentToday } from '#contract/model';
import { counted, shortCount, shortDuration, shortMoney } from '../../lib/format.ts';
import type { IconName } from '../../ui/icons.tsx';

export const dialectNames: Readonly<Record<Dialect, string>> = { openai: 'OpenAI', anthropic: 'Anthropic' };

/** "api.openai.com", "127.0.0.1:11434"; the text itself where it is no address. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

export interface Standing {
  readonly tone: 'ok' | 'warn' | 'error' | 'plain';
  readonly icon: IconName;
  /** Two or three words. */
  readonly words: string;
  /** Why, and what to do; absent where all is well. */
  readonly detail?: string;
  /** What to do is done in the vault. */
  readonly isOfVault?: true;
}

/** How a provider stands: what keeps it from being asked before what only delays it. Epoch ms. */
export function standingOf(provider: ProviderState, now: number): Standing {
  const { name, settings, secret, breaker } = provider;
  const called = settings.secret ?? '';
  switch (secret) {
    case 'missing':
      return {
        tone: 'error',
        icon: 'key',
        words: 'Secret missing',
        detail: `There is no ${called} in the vault. Add it there, released to ${name} at ${hostOf(settings.url)}.`,
        isOfVault: true,
      };
    case 'locked':
      return {
        tone: 'warn',
        icon: 'lock',
        words: 'Vault locked',
        detail: `${called} is in the vault, which is locked. Unlock it there.`,
        isOfVault: true,
      };
    case 'unbound':
      return {
        tone: 'error',
        icon: 'key',
        words: 'Secret not bound',
        detail: `${called} is in the vault, but it may not go to ${name} at ${hostOf(settings.url)}. Edit it there and add that under “Released only to”.`,
        isOfVault: true,
      };
    default:
  }
  if (breaker.state === 'open') {
    const left = Math.max(0, (breaker.until ?? now) - now);
    return {
      tone: 'warn',
      icon: 'pause',
      words: left === 0 ? 'Tried again soon' : `Left alone, ${shortDuration(Math.ceil(left / 1000) * 1000)}`,
      detail: `It failed several times in a row, so it is left alone for a while and then tried with one call.${whyOf(breaker.why)}`,
    };
  }
  if (breaker.state === 'half-open') {
    return {
      tone: 'warn',
      icon: 'clock',
      words: 'Being tried',
      detail: `It failed several times in a row; one call is trying whether it is back.${whyOf(breaker.why)}`,
    };
  }
  const busy = busyWords(provider);
  if (busy !== undefined) return { tone: 'ok', icon: 'clock', words: busy };
  return { tone: 'ok', icon: 'ok', words: 'Ready' };
}

function whyOf(why: string | undefined): string {
  return why === undefined || why === '' ? '' : ` Last: ${why}`;
}

function busyWords({ inFlight, waiting }: ProviderState): string | undefined {
  if (inFlight === 0 && waiting === 0) return undefined;
  const calls = `${inFlight.toLocaleString()} under way`;
  return waiting === 0 ? calls : `${calls}, ${waiting.toLocaleString()} waiting`;
}

/** "12 calls, 3.4K tokens, $0.02". */
export function spentWords({ calls, inputTokens, outputTokens, usd }: SpentToday): string {
  return `${counted(calls, 'call')}, ${shortCount(inputTokens + outputTokens)} tokens, ${shortMoney(usd)}`;
}

export interface Share {
  readonly name: 'Tokens' | 'Dollars';
  readonly used: string;
  /** undefined where there is no budget. */
  readonly of: string | undefined;
  /** 0 to 1. */
  readonly share: number | undefined;
}

/** How much of a day's budget is used. */
export function sharesOf({ inputTokens, outputTokens, usd }: SpentToday, budget: Budget | undefined): readonly Share[] {
  const tokens = inputTokens + outputTokens;
  const share = (used: number, most: number | undefined): number | undefined =>
    most === undefined ? undefined : Math.min(1, used / most);
  return [
    {
      name: 'Tokens',
      used: shortCount(tokens),
      of: budget?.tokens === undefined ? undefined : shortCount(budget.tokens),
      share: share(tokens, budget?.tokens),
    },
    {
      name: 'Dollars',
      used: shortMoney(usd),
      of: budget?.usd === undefined ? undefined : shortMoney(budget.usd),
      share: share(usd, budget?.usd),
    },
  ];
}

/** "openai/gpt-5" for every model that a provider's settings name. */
export function namedModels(providers: readonly Pick<ProviderState, 'name' | 'settings'>[]): readonly string[] {
  return [
    ...providers.flatMap(({ name, settings }) => (settings.models ?? []).map((model) => `${name}/${model}`)),
    scriptedEcho,
  ];
}

/** The provider that is always there. */
export const scripted = 'scripted';
/** Needs no file, no key and no network. */
export const scriptedEcho = `${scripted}/echo`;
