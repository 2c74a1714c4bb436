// The vault over the contract: values go in, and no answer has one.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { Problem } from '#engine/problem';
import { readEnvFile } from '#engine/vault/env-file';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.vault)
  .$context<Context>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

export const vaultHandlers = os.router({
  state: os.state.handler(({ context }) => context.studio().vault.state()),
  chooseKeychain: os.chooseKeychain.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.chooseKeychain(input?.move ?? false);
    return vault.state();
  }),
  choosePassphrase: os.choosePassphrase.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.choosePassphrase(input.passphrase, input.autoLockMinutes, input.move ?? false);
    return vault.state();
  }),
  unlock: os.unlock.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.unlock(input.passphrase);
    return vault.state();
  }),
  lock: os.lock.handler(({ context }) => {
    const { vault } = context.studio();
    vault.lock();
    return vault.state();
  }),
  changePassphrase: os.changePassphrase.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.changePassphrase(input.passphrase, input.next);
    return vault.state();
  }),
  setAutoLock: os.setAutoLock.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.setAutoLock(input.autoLockMinutes);
    return vault.state();
  }),
  add: os.add.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.add(input);
    return vault.state();
  }),
  replace: os.replace.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.replace(input.name, input.value);
    return vault.state();
  }),
  rotate: os.rotate.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.rotate(input.name, input.value);
    return vault.state();
  }),
  finishRotation: os.finishRotation.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.finishRotation(input.name, input.keep);
    return vault.state();
  }),
  edit: os.edit.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    const { name, ...change } = input;
    await vault.edit(name, change);
    return vault.state();
  }),
  remove: os.remove.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    await vault.remove(input.name);
    return vault.state();
  }),
  releases: os.releases.handler(({ input, context }) => context.studio().vault.releases(input.secret, input.limit)),
  findInFile: os.findInFile.handler(async ({ input, context }) => {
    const path = input.path ?? (await context.desk.pickFiles('variables'))[0];
    if (path === undefined) return undefined;
    return { path, variables: context.studio().vault.findIn(grantedFile(context, path)) };
  }),
  findInEnvironment: os.findInEnvironment.handler(({ context }) => context.studio().vault.findIn(environment())),
  importVariables: os.importVariables.handler(async ({ input, context }) => {
    const { vault } = context.studio();
    const from = input.path === undefined ? environment() : grantedFile(context, input.path);
    await vault.takeIn(from, input.variables);
    return vault.state();
  }),
});

/** Only what a person picked or dropped may be read. */
function grantedFile({ desk }: Context, path: string): ReadonlyMap<string, string> {
  if (desk.isGranted(path)) return readEnvFile(path);
  throw new Problem('REFUSED', 'That file was not chosen by you.', 'Pick it in the dialog or drop it on the window.');
}

/** Of Atelier's own process. */
function environment(): ReadonlyMap<string, string> {
  return new Map(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
