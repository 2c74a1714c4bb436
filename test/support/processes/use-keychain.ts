// A process that uses the system's keychain once: the library that it is reached by keeps to the bus of its first call.
import { readFileSync } from 'node:fs';
import { SystemKeychain } from '#adapters/keychain';
import { sentenceOf } from '#engine/problem';

const [deed = 'standing', account = '', value = ''] = process.argv.slice(2);
const keychain = new SystemKeychain();

async function done(): Promise<unknown> {
  if (deed === 'set') return keychain.set(account, value);
  if (deed === 'get') return (await keychain.get(account)) ?? null;
  return keychain.standing();
}

const answer = await done().catch((error: unknown) => ({ problem: sentenceOf(error) }));
const kernel = process.platform === 'linux' ? readFileSync('/proc/keys', 'utf8') : '';
process.stdout.write(`${JSON.stringify({ answer: answer ?? null, kernel })}\n`);
