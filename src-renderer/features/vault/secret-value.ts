// Whether a text can be a secret's value. Only what is wrong with it and how long it is leaves this file, never the text.
import { secretNameSchema } from '#contract/vault';

export type ValueCheck =
  | { readonly ok: true; readonly value: string }
  /** What to do about it; the text itself is not in it. */
  | { readonly ok: false; readonly fault: string };

/** Anything shorter is no secret. */
const shortest = 4;
const longest = 65_536;

/** The value without what surrounds it when it is copied; one line of visible characters. */
export function checkValue(text: string): ValueCheck {
  const value = text.replace(/^\uFEFF/, '').trim();
  if (value === '') return { ok: false, fault: 'Paste the value, or read it from a file.' };
  if (/[\r\n]/.test(value)) {
    const lines = value.split(/\r\n|\r|\n/).length;
    return { ok: false, fault: `This has ${lines.toLocaleString()} lines. A secret is one line: take the key itself.` };
  }
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value) || !value.isWellFormed()) {
    return { ok: false, fault: 'This has characters that cannot be seen. Copy the value again, as text.' };
  }
  if (value.length < shortest) return { ok: false, fault: `A secret has at least ${shortest} characters.` };
  if (value.length > longest) {
    return { ok: false, fault: `This is longer than ${longest.toLocaleString()} characters.` };
  }
  return { ok: true, value };
}

/** Why a name cannot be taken; undefined where it can. Names that differ by capitals alone are one. */
export function nameFault(name: string, taken: readonly string[]): string | undefined {
  const wanted = name.trim();
  if (wanted === '') return 'Give it a name, as its environment variable would have: OPENAI_API_KEY';
  if (!secretNameSchema.safeParse(wanted).success) {
    return 'A letter first, then letters, digits, “_”, “-” and “.”; at most 80.';
  }
  if (taken.some((known) => known.toLowerCase() === wanted.toLowerCase()))
    return 'A secret of this name is there already. Rotate or replace its value instead.';
  return undefined;
}
