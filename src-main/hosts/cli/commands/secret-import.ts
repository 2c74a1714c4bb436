// `atelier secret import`: variables of a `.env` file or of the environment; without names says which there are.
import { resolve } from 'node:path';
import type { Binding, FoundVariable } from '#contract/vault';
import { readEnvFile } from '#engine/vault/env-file';
import { bindingText } from '#engine/vault/bindings';
import type { Vault } from '#engine/vault/vault';
import type { CommandContext, Outcome, Values } from '../command.ts';
import { bindingOf, type SecretTyping } from '../secret-values.ts';
import { count, table } from '../table.ts';
import { flag, texts, usage } from '../values.ts';

interface Import {
  readonly vault: Vault;
  readonly args: readonly string[];
  readonly values: Values;
  readonly typing: SecretTyping;
  readonly context: CommandContext;
}

export async function importSecrets({ vault, args, values, typing, context }: Import): Promise<Outcome> {
  const [file, ...others] = args;
  const isEnv = flag(values, 'env');
  if (!isEnv && file === undefined)
    throw usage('Name a .env file, or import from this environment with --env.', 'secret');
  const names = isEnv ? args : others;
  const variables = isEnv ? environment() : readEnvFile(resolve(context.cwd, file ?? ''));
  const found = vault.findIn(variables);
  if (names.length === 0) return { json: { variables: found }, text: foundText(found, isEnv ? '--env' : (file ?? '')) };
  const bindings = (texts(values, 'bind') ?? []).map(bindingOf);
  const wanted = names.map((name) => ({ name, bindings: boundTo(name, found, bindings) }));
  vault.requireGuard();
  await typing.unlock(vault);
  await vault.takeIn(variables, wanted);
  const state = await vault.state();
  const left = isEnv ? '' : ' They are still in the file: remove them there.';
  return { json: { secrets: state.secrets }, text: `${count(wanted.length, 'secret')} taken in.${left}` };
}

/** What was said, else what the name suggests. */
function boundTo(name: string, found: readonly FoundVariable[], bindings: readonly Binding[]): readonly Binding[] {
  if (bindings.length > 0) return bindings;
  const suggested = found.find((one) => one.name === name)?.suggested ?? [];
  if (suggested.length > 0 || found.every((one) => one.name !== name)) return suggested;
  throw usage('Say what the secrets are for with --bind: the names alone do not tell.', 'secret');
}

function foundText(found: readonly FoundVariable[], from: string): string {
  const shown = found.filter(({ looksSecret }) => looksSecret);
  if (shown.length === 0) return `Nothing there looks like a secret (${count(found.length, 'variable')}).`;
  const rows = shown.map(({ name, isKnown, suggested }) => [
    name,
    isKnown ? 'in the vault already' : suggested.map(bindingText).join(', ') || 'say with --bind',
  ]);
  return `${table(['NAME', 'FOR'], rows)}\n\nNothing was taken in yet. Name those that should be: atelier secret import ${from} NAME…`;
}

function environment(): ReadonlyMap<string, string> {
  return new Map(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
