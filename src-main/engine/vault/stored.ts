// What a store of the vault reads back, checked: the file may have been written by anybody.
import { z } from 'zod';
import { bindingSchema, type Binding } from '#contract/vault';
import type { GuardChoice, Tries } from './ports.ts';

/** Thrown where what is stored is not what was written. */
export class ForeignRecord extends Error {}

const bindingsSchema = z.array(bindingSchema);
const guardSchema: z.ZodType<GuardChoice> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keychain') }),
  z.object({
    kind: z.literal('passphrase'),
    seal: z.string(),
    nextSeal: z.string().exactOptional(),
    autoLockMinutes: z.int().min(0),
  }),
]);
const triesSchema: z.ZodType<Tries> = z.object({ wrong: z.int().min(0), waitUntil: z.number() });

export function bindingsFrom(text: string): readonly Binding[] {
  return read(bindingsSchema, text);
}

export function bindingFrom(text: string): Binding {
  return read(bindingSchema, text);
}

export function guardFrom(text: string): GuardChoice {
  return read(guardSchema, text);
}

export function triesFrom(text: string): Tries {
  return read(triesSchema, text);
}

export function countFrom(text: string): number {
  return read(z.int().min(0), text);
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new ForeignRecord('A record is not in the form that Atelier writes.', { cause: error });
  }
}
