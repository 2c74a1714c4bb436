// Reads what `atelier secret` is given: bindings, dates, values and passphrases from where nobody else sees them.
import { bindingSchema, type Binding } from '#contract/vault';
import { hasKeyShape } from '#engine/vault/key-shapes';
import { Problem } from '#engine/problem';
import type { Vault } from '#engine/vault/vault';
import { readWorkspaceFile } from '#engine/workspace-file';
import type { SecretInput } from './secret-input.ts';
import { usage } from './values.ts';

/** "provider:openai=https://api.openai.com", "host:https://api.github.com", "tool:search". */
export function bindingOf(text: string): Binding {
  const [, kind, rest = ''] = /^(provider|host|tool)[:=](.*)$/su.exec(text) ?? [];
  const at = rest.indexOf('=');
  const given =
    kind === 'provider' && at > 0
      ? { kind, name: rest.slice(0, at), origin: rest.slice(at + 1) }
      : kind === 'host'
        ? { kind, origin: rest }
        : { kind, name: rest };
  const parsed = bindingSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw usage(
    `--bind takes provider:NAME=ORIGIN, host:ORIGIN or tool:NAME${hasKeyShape(text) ? '' : `, not "${text.slice(0, 80)}"`}.`,
    'secret',
  );
}

/** A day (its first moment here) or a time, in epoch ms. */
export function momentOf(text: string): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/u.exec(text) ?? [];
  const date = year === undefined ? new Date(text) : new Date(Number(year), Number(month) - 1, Number(day));
  const at = date.getTime();
  // The 30th of February would be a day in March.
  const isOfCalendar = day === undefined || date.getDate() === Number(day);
  if (!Number.isFinite(at) || !isOfCalendar)
    throw usage('--expires takes a day or a time, as in 2026-12-31.', 'secret');
  return at;
}

/** Arguments are seen by everybody on the machine and kept by the shell: what should not be one is refused, and not said back. */
export function refuseValues(extra: readonly string[]): void {
  if (extra.length === 0) return;
  throw usage(
    'A value is not taken from the command line: other users can see it there, and the shell keeps it in its history. Type it when asked, or pipe it in.',
    'secret',
  );
}

/** Values and passphrases, one after the other: typed, or from stdin, where a passphrase is the first line. */
export class SecretTyping {
  readonly #input: SecretInput | undefined;
  readonly #hasPassphrase: boolean;
  #lines: string[] | undefined;

  /** `hasPassphrase`: stdin begins with it (--passphrase-stdin). */
  constructor(input: SecretInput | undefined, hasPassphrase: boolean) {
    this.#input = input;
    this.#hasPassphrase = hasPassphrase;
  }

  /** Whether a passphrase is to be had here at all. */
  get knowsPassphrase(): boolean {
    return this.#hasPassphrase || this.#input?.isTerminal === true;
  }

  async passphrase(question = 'Passphrase of the vault: '): Promise<string> {
    if (this.#hasPassphrase) {
      const line = (await this.#rest()).shift();
      if (line === undefined || line === '')
        throw new Problem('BAD_INPUT', 'There is no passphrase on stdin.', 'It is the first line.');
      return line;
    }
    if (this.#input?.isTerminal !== true)
      throw new Problem(
        'REFUSED',
        'The vault is locked, and nobody is at the terminal to ask for its passphrase.',
        'Pipe the passphrase in as first line, with --passphrase-stdin.',
      );
    return typed(await this.#input.hidden(question));
  }

  /** A new one, typed twice. */
  async newPassphrase(): Promise<string> {
    const isAsked = !this.#hasPassphrase && this.#input?.isTerminal === true;
    if (!isAsked && !this.#hasPassphrase)
      throw new Problem(
        'REFUSED',
        'Nobody is at the terminal to type a passphrase.',
        'Pipe it in as a line, with --passphrase-stdin.',
      );
    const chosen = await this.passphrase('New passphrase: ');
    if (chosen.length < 8 || chosen.length > 1024)
      throw new Problem(
        'BAD_INPUT',
        'A passphrase has 8 to 1,024 characters.',
        'A few words are easy to keep in mind.',
      );
    if (isAsked && (await this.passphrase('The same again: ')) !== chosen)
      throw new Problem('BAD_INPUT', 'The two were not the same.', 'Nothing was changed; try again.');
    return chosen;
  }

  async value(name: string): Promise<string> {
    if (this.#input?.isTerminal === true && !this.#hasPassphrase)
      return typed(await this.#input.hidden(`Value of ${name} (not shown): `));
    return (await this.#rest()).join('\n');
  }

  /** Asks for the passphrase where one is needed. */
  async unlock(vault: Vault): Promise<void> {
    const { guard } = await vault.state();
    if (guard?.kind === 'passphrase' && guard.isLocked) await vault.unlock(await this.passphrase());
  }

  async #rest(): Promise<string[]> {
    this.#lines ??= ((await this.#input?.piped()) ?? '').split(/\r?\n/u);
    return this.#lines;
  }
}

/**
 * Before agents run: opens a vault that is locked, where a provider of the workspace needs one of its secrets. Nobody there to ask is no
 * reason not to begin: what needs the secret will say so.
 */
export async function unlockForCalls(
  vault: Vault,
  typing: SecretTyping,
  folder: string,
  note: (text: string) => void,
): Promise<void> {
  if (!vault.isLocked || !needsSecrets(folder)) return;
  if (typing.knowsPassphrase) await vault.unlock(await typing.passphrase());
  else
    note('The vault is locked: calls of models that need a secret will fail. --passphrase-stdin reads its passphrase.');
}

function needsSecrets(folder: string): boolean {
  try {
    const providers = Object.values(readWorkspaceFile(folder).models?.providers ?? {});
    return providers.some(({ secret }) => secret !== undefined);
  } catch (error) {
    // What needs the file will say what is wrong with it; models without settings go on.
    if (error instanceof Problem) return false;
    throw error;
  }
}

function typed(text: string | undefined): string {
  if (text === undefined) throw new Problem('CANCELLED', 'Nothing was typed.', 'Nothing was changed.');
  return text;
}
