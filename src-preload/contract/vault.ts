// The vault: which secrets there are and what guards them. Values go in, and never come out.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';

/** "https://api.openai.com": scheme, host and, where it is not the scheme's own, port. */
const originSchema = z.string().min(1).max(300);

/**
 * What a secret is released to: a provider of models by its name, at the origin that it had when a person bound it (a changed `atelier.json`
 * takes no key elsewhere); an origin, whoever asks; a tool.
 */
export const bindingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('provider'), name: z.string().min(1).max(100), origin: originSchema }),
  z.strictObject({ kind: z.literal('host'), origin: originSchema }),
  z.strictObject({ kind: z.literal('tool'), name: z.string().min(1).max(200) }),
]);
export type Binding = z.infer<typeof bindingSchema>;

/** As environment variables are named, and more: what a person can tell apart. */
export const secretNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,79}$/, 'a name begins with a letter and has letters, digits, "_", "-" and "."');
/** Without what surrounds it when it is pasted; one line of visible characters. */
export const secretValueSchema = z.string().min(1).max(65_536);

export interface SecretSummary {
  readonly name: string;
  readonly bindings: readonly Binding[];
  readonly createdAt: number;
  /** When the value that is valid was put in. */
  readonly setAt: number;
  readonly lastUsedAt?: number;
  /** How often it was released. */
  readonly uses: number;
  /** When it should be replaced; a reminder, nothing more. */
  readonly expiresAt?: number;
  /** Set while two values are valid: `next` takes over once the old one is refused, or when a person says so. */
  readonly rotation?: { readonly since: number };
  readonly note?: string;
  /** The guard has no value for it (another keychain, a key that was removed there): it must be put in again. */
  readonly isMissing?: true;
}

/** Who guards the values, by name, never more than is true. */
export type Guard =
  | {
      readonly kind: 'keychain';
      /** "Secret Service (GNOME Keyring)", "macOS Keychain", "Windows Credential Manager". */
      readonly name: string;
      readonly detail: string;
    }
  | {
      readonly kind: 'passphrase';
      readonly name: string;
      readonly detail: string;
      readonly isLocked: boolean;
      /** Minutes without use after which it locks itself; 0 for never. */
      readonly autoLockMinutes: number;
      /** After wrong passphrases: no try is taken before this. */
      readonly waitUntil?: number;
    };

export interface VaultState {
  /** Absent until a person has chosen: nothing is chosen silently. */
  readonly guard?: Guard;
  /** Whether the system has a keychain that works here; where not, why. */
  readonly keychain: { readonly isThere: boolean; readonly name: string; readonly why?: string };
  readonly secrets: readonly SecretSummary[];
}

export interface SecretRelease {
  readonly at: number;
  readonly secret: string;
  readonly binding: Binding;
  /** What for: "model openai/gpt-5 for run 1f3a…", "gateway key notebook". */
  readonly purpose: string;
  /** 'refused': it was asked for something it is not bound to. */
  readonly outcome: 'released' | 'refused';
}

/** A variable that could be taken in: its name alone. */
export interface FoundVariable {
  readonly name: string;
  /** Whether a secret of that name is in the vault already. */
  readonly isKnown: boolean;
  /** Whether its name or the shape of its value looks like a secret. */
  readonly looksSecret: boolean;
  /** What it would be bound to, where its name tells. */
  readonly suggested: readonly Binding[];
}

const base = oc.errors(problems);
const passphrase = z.string().min(1).max(1024);
const named = z.object({ name: secretNameSchema });

export const vault = {
  state: base.output(type<VaultState>()),
  /**
   * Chooses who guards the values; REFUSED where that guard is not there, CONFLICT while the other one still holds secrets, unless they are to
   * `move` with the choice: an open vault gives them to the new guard and forgets them.
   */
  chooseKeychain: base.input(z.object({ move: z.boolean().optional() }).optional()).output(type<VaultState>()),
  choosePassphrase: base
    .input(
      z.object({
        passphrase: z.string().min(8).max(1024),
        autoLockMinutes: z.int().min(0).max(10_080),
        move: z.boolean().optional(),
      }),
    )
    .output(type<VaultState>()),
  unlock: base.input(z.object({ passphrase })).output(type<VaultState>()),
  lock: base.output(type<VaultState>()),
  changePassphrase: base.input(z.object({ passphrase, next: z.string().min(8).max(1024) })).output(type<VaultState>()),
  setAutoLock: base.input(z.object({ autoLockMinutes: z.int().min(0).max(10_080) })).output(type<VaultState>()),
  /** CONFLICT where the name is taken. */
  add: base
    .input(
      z.object({
        name: secretNameSchema,
        value: secretValueSchema,
        bindings: z.array(bindingSchema).min(1).max(20),
        expiresAt: z.number().optional(),
        note: z.string().max(500).optional(),
      }),
    )
    .output(type<VaultState>()),
  /** Puts another value in the old one's place at once. */
  replace: base.input(z.object({ name: secretNameSchema, value: secretValueSchema })).output(type<VaultState>()),
  /** Puts a second value beside the first; both are valid until `finishRotation`. */
  rotate: base.input(z.object({ name: secretNameSchema, value: secretValueSchema })).output(type<VaultState>()),
  finishRotation: base
    .input(z.object({ name: secretNameSchema, keep: z.enum(['next', 'old']) }))
    .output(type<VaultState>()),
  edit: base
    .input(
      z.object({
        name: secretNameSchema,
        bindings: z.array(bindingSchema).min(1).max(20).optional(),
        /** null takes the reminder away. */
        expiresAt: z.number().nullable().optional(),
        note: z.string().max(500).optional(),
      }),
    )
    .output(type<VaultState>()),
  remove: base.input(named).output(type<VaultState>()),
  /** Newest first. */
  releases: base
    .input(z.object({ secret: z.string().optional(), limit: z.int().positive().max(1000) }))
    .output(type<readonly SecretRelease[]>()),
  /** Names of the variables in a `.env` file that was picked or dropped; asks for one where none is given. undefined: cancelled. */
  findInFile: base
    .input(z.object({ path: z.string().optional() }))
    .output(type<{ readonly path: string; readonly variables: readonly FoundVariable[] } | undefined>()),
  /** Names of the variables of Atelier's own environment. */
  findInEnvironment: base.output(type<readonly FoundVariable[]>()),
  /** Takes the named variables in; from the file, or from the environment where `path` is absent. Each needs a binding. */
  importVariables: base
    .input(
      z.object({
        path: z.string().optional(),
        variables: z
          .array(z.object({ name: secretNameSchema, bindings: z.array(bindingSchema).min(1).max(20) }))
          .min(1)
          .max(200),
      }),
    )
    .output(type<VaultState>()),
};
