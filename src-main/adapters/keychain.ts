// The system's keychain: Secret Service, macOS Keychain or Windows Credential Manager, and never anything in their place.
import type { AsyncEntry } from '@napi-rs/keyring';
import { randomBytes } from 'node:crypto';
import { Problem, sentenceOf } from '#engine/problem';
import type { Keychain, KeychainStanding } from '#engine/vault/ports';
import { secretServiceProvider } from './keychain-provider.ts';

const service = 'Atelier';
/** Otherwise it would take the kernel's keyring where there is no Secret Service, which is empty after a restart. */
const pinned = { linux: { store: 'secret-service' } } as const;
/** It may be asking the person to unlock it. */
const patienceMs = 120_000;

export class SystemKeychain implements Keychain {
  async standing(): Promise<KeychainStanding> {
    const name = systemName();
    const account = `probe ${randomBytes(8).toString('hex')}`;
    const value = randomBytes(16).toString('hex');
    try {
      await this.set(account, value);
      const isSame = (await this.get(account)) === value;
      await this.delete(account);
      if (!isSame) return { isThere: false, name, why: 'it did not give back what was put into it.' };
    } catch (error) {
      return {
        isThere: false,
        name,
        why: error instanceof Problem ? (error.hint ?? error.message) : sentenceOf(error),
      };
    }
    const provider = process.platform === 'linux' ? await secretServiceProvider() : undefined;
    return {
      isThere: true,
      name: provider === undefined ? name : `${name} (${provider})`,
      detail:
        'The system keeps the values with those of your other programs. While it is unlocked, other programs that run as you may be able to read them.',
    };
  }

  async get(account: string): Promise<string | undefined> {
    return this.#use(account, async (entry) => (await entry.getPassword()) ?? undefined);
  }

  async set(account: string, value: string): Promise<void> {
    await this.#use(account, (entry) => entry.setPassword(value));
  }

  async delete(account: string): Promise<boolean> {
    return this.#use(account, (entry) => entry.deletePassword());
  }

  async #use<T>(account: string, work: (entry: AsyncEntry) => Promise<T>): Promise<T> {
    try {
      // Native, and of no use to most starts.
      const { AsyncEntry } = await import('@napi-rs/keyring');
      return await inTime(work(new AsyncEntry(service, account, pinned)));
    } catch (error) {
      throw new Problem('REFUSED', `${systemName()} does not answer.`, why(sentenceOf(error)), { cause: error });
    }
  }
}

function systemName(): string {
  switch (process.platform) {
    case 'darwin':
      return 'macOS Keychain';
    case 'win32':
      return 'Windows Credential Manager';
    default:
      return 'Secret Service';
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('no answer came; it may be waiting for you to unlock it'));
    }, patienceMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What the library said, and for the most common cases what it means. */
function why(said: string): string {
  const sentence = said
    .replace(/^(?:(?:Platform failure|Couldn't access platform storage|Secret Service|DBus error): )+/u, '')
    .replace(/[.\s]+$/u, '');
  if (/autolaunch|DBUS_SESSION_BUS_ADDRESS|Failed to connect to socket/iu.test(sentence))
    return `There is no session bus (D-Bus), by which it would be reached: ${sentence}.`;
  if (/no result found|ServiceUnknown|not provided by any/iu.test(sentence))
    return `Nothing on the session bus keeps secrets, or it has no collection to keep them in (${sentence}).`;
  if (/locked|prompt|dismissed/iu.test(sentence)) return `It is locked, and was not unlocked (${sentence}).`;
  return `${sentence}.`;
}
