// `atelier secret`: what the vault holds, by name; values go in and never come out.
import type { VaultState } from '#contract/vault';
import { nearest } from '#engine/nearest';
import { hasKeyShape } from '#engine/vault/key-shapes';
import type { Vault } from '#engine/vault/vault';
import { userDataFolder } from '#hosts/user-data';
import { vaultIn } from '#hosts/vault';
import type { Command, CommandContext, Outcome, Values } from '../command.ts';
import { auditText, secretsText, stateText } from '../secret-text.ts';
import { bindingOf, momentOf, refuseValues, SecretTyping } from '../secret-values.ts';
import { flag, member, text, texts, usage, wholeNumber } from '../values.ts';
import { importSecrets } from './secret-import.ts';

interface Deed {
  readonly vault: Vault;
  readonly args: readonly string[];
  readonly values: Values;
  readonly typing: SecretTyping;
  readonly context: CommandContext;
}

/** What can be done, by name. */
const deeds: ReadonlyMap<string, (deed: Deed) => Promise<Outcome>> = new Map([
  ['list', list],
  ['status', status],
  ['add', add],
  ['replace', replace],
  ['rotate', rotate],
  ['finish', finish],
  ['edit', edit],
  ['remove', remove],
  ['audit', audit],
  ['import', importSecrets],
  ['guard', guard],
  ['lock', lock],
  ['passwd', passwd],
]);

export const secretCommand: Command = {
  name: 'secret',
  positionals: 'many',
  usage:
    'atelier secret list | status | add NAME | replace NAME | rotate NAME | finish NAME | edit NAME | remove NAME | audit [NAME] | import … | guard keychain|passphrase | lock | passwd',
  summary:
    'Keeps keys in the vault: adds, rotates, removes them, shows who was given one. Values are typed or piped in.',
  options: {
    bind: { type: 'string', multiple: true },
    expires: { type: 'string' },
    note: { type: 'string' },
    keep: { type: 'string' },
    limit: { type: 'string' },
    env: { type: 'boolean' },
    move: { type: 'boolean' },
    'auto-lock': { type: 'string' },
  },
  optionHelp: [
    ['list, status', 'the secrets by name; what guards them'],
    ['add NAME --bind …', 'puts a value in; it is asked for, or read from stdin'],
    ['replace NAME', 'another value in the place of the old one'],
    ['rotate NAME', 'a second value beside the first; `finish NAME` ends with the new one'],
    ['finish NAME --keep old', 'ends with the old one'],
    ['edit NAME', 'other bindings (all of them), another --expires ("never" takes it away) or --note'],
    ['remove NAME', 'for good'],
    ['audit [NAME]', 'who was given a value, or refused one, newest first; --limit N (50)'],
    ['import FILE [NAME…]', 'variables of a .env file: without names says which there are'],
    ['import --env [NAME…]', 'variables of this environment'],
    ['guard keychain', "the system's keychain keeps the values; --move brings along what there is"],
    ['guard passphrase', 'a passphrase seals them in a file; --auto-lock MINUTES without use (15; 0 for never)'],
    ['lock', 'forgets the key, in every window and command line'],
    ['passwd', 'another passphrase'],
    ['--bind WHAT', 'provider:NAME=ORIGIN, host:ORIGIN or tool:NAME: it is released to nothing else; may be repeated'],
    ['--expires DAY', 'reminds to replace it: 2026-12-31'],
    ['--passphrase-stdin', 'the first line of stdin is the passphrase'],
  ],
  run: async (context) => {
    const { positionals, values } = context;
    const [name = 'list', ...args] = positionals;
    const deed = deeds.get(name);
    if (deed === undefined) throw unknown(name);
    const vault = vaultIn(userDataFolder());
    try {
      const typing = new SecretTyping(context.secretInput, flag(values, 'passphrase-stdin'));
      return await deed({ vault, args, values, typing, context });
    } finally {
      await vault.close();
    }
  },
};

function unknown(name: string): Error {
  const near = nearest(name, [...deeds.keys()]);
  if (near !== undefined) return usage(`There is no \`secret ${name}\`. Is \`secret ${near}\` meant?`, 'secret');
  const isWord = /^[a-z-]{1,20}$/u.test(name) && !hasKeyShape(name);
  return usage(
    `${isWord ? `There is no \`secret ${name}\`` : 'Say what to do first'}: ${[...deeds.keys()].join(', ')}.`,
    'secret',
  );
}

async function list({ vault, args }: Deed): Promise<Outcome> {
  refuseValues(args);
  const state = await vault.state();
  return { json: { secrets: state.secrets }, text: secretsText(state) };
}

async function status({ vault, args }: Deed): Promise<Outcome> {
  refuseValues(args);
  const { secrets, ...rest } = await vault.state();
  return { json: { ...rest, secrets: secrets.length }, text: stateText({ secrets, ...rest }) };
}

async function add({ vault, args, values, typing }: Deed): Promise<Outcome> {
  const name = oneName(args);
  const bindings = (texts(values, 'bind') ?? []).map(bindingOf);
  if (bindings.length === 0) throw usage('Say what it is for with --bind: it is released to nothing else.', 'secret');
  const expires = text(values, 'expires');
  const expiresAt = expires === undefined ? undefined : momentOf(expires);
  await ready(vault, typing);
  await vault.add({ name, value: await typing.value(name), bindings, expiresAt, note: text(values, 'note') });
  return done(vault, `${name} is in the vault.`);
}

async function replace({ vault, args, typing }: Deed): Promise<Outcome> {
  const name = oneName(args);
  await ready(vault, typing);
  await vault.replace(name, await typing.value(name));
  return done(vault, `${name} has its new value.`);
}

async function rotate({ vault, args, typing }: Deed): Promise<Outcome> {
  const name = oneName(args);
  await ready(vault, typing);
  await vault.rotate(name, await typing.value(name));
  return done(vault, `${name} has two values now. Once the new one works: atelier secret finish ${name}`);
}

async function finish({ vault, args, values, typing }: Deed): Promise<Outcome> {
  const name = oneName(args);
  const keep = member(text(values, 'keep') ?? 'next', 'keep', ['next', 'old']);
  await ready(vault, typing);
  await vault.finishRotation(name, keep);
  return done(vault, `${name} has one value, the ${keep === 'next' ? 'new' : 'old'} one.`);
}

async function edit({ vault, args, values }: Deed): Promise<Outcome> {
  const name = oneName(args);
  const expires = text(values, 'expires');
  const bindings = texts(values, 'bind')?.map(bindingOf);
  await vault.edit(name, {
    bindings,
    note: text(values, 'note'),
    expiresAt: expires === undefined ? undefined : expires === 'never' ? null : momentOf(expires),
  });
  return done(vault, `${name} is changed.`);
}

async function remove({ vault, args, typing }: Deed): Promise<Outcome> {
  const name = oneName(args);
  await ready(vault, typing);
  await vault.remove(name);
  return done(vault, `${name} is gone.`);
}

async function audit({ vault, args: [name, ...more], values }: Deed): Promise<Outcome> {
  refuseValues(more);
  const releases = vault.releases(name, Math.min(wholeNumber(values, 'limit') ?? 50, 1000));
  return Promise.resolve({ json: { releases }, text: auditText(releases) });
}

async function guard({ vault, args: [kind, ...more], values, typing }: Deed): Promise<Outcome> {
  refuseValues(more);
  const move = flag(values, 'move');
  if (kind === 'keychain') {
    if (move) await typing.unlock(vault);
    await vault.chooseKeychain(move);
  } else if (kind === 'passphrase') {
    await vault.choosePassphrase(await typing.newPassphrase(), wholeNumber(values, 'auto-lock') ?? 15, move);
  } else {
    throw usage('guard takes keychain or passphrase.', 'secret');
  }
  const state = await vault.state();
  return { json: { guard: state.guard }, text: stateText(state) };
}

async function lock({ vault, args }: Deed): Promise<Outcome> {
  refuseValues(args);
  vault.lock();
  return done(vault, 'The vault is locked, in every window and command line.');
}

async function passwd({ vault, args, typing }: Deed): Promise<Outcome> {
  refuseValues(args);
  const old = await typing.passphrase('Passphrase until now: ');
  await vault.changePassphrase(old, await typing.newPassphrase());
  return done(vault, 'The vault has its new passphrase.');
}

function oneName([name, ...more]: readonly string[]): string {
  if (name === undefined) throw usage('Name the secret, as in OPENAI_API_KEY.', 'secret');
  refuseValues(more);
  return name;
}

/** What puts a value in or takes one out needs an open vault; who is told that none was chosen need not type anything first. */
async function ready(vault: Vault, typing: SecretTyping): Promise<void> {
  vault.requireGuard();
  await typing.unlock(vault);
}

async function done(vault: Vault, sentence: string): Promise<Outcome> {
  const state: VaultState = await vault.state();
  return { json: { secrets: state.secrets }, text: sentence };
}
