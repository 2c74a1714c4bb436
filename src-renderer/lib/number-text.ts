// Numbers as people type them into a field that may stay empty.

export type NumberResult =
  | { readonly ok: true; readonly value: number | undefined }
  | { readonly ok: false; readonly fault: string };

/** A whole number from 1 up to `most`; undefined where nothing was typed. Groups may be parted by spaces, "_" and ",". */
export function wholeNumber(text: string, most: number = Number.MAX_SAFE_INTEGER): NumberResult {
  const typed = text.trim();
  if (typed === '') return { ok: true, value: undefined };
  const digits = /^\d{1,3}([\s_,]\d{3})+$/u.test(typed) ? typed.replaceAll(/[\s_,]/gu, '') : typed;
  if (!/^\d+$/u.test(digits) || Number(digits) < 1) return { ok: false, fault: 'A whole number, 1 or more.' };
  const value = Number(digits);
  return value > most ? { ok: false, fault: `At most ${most.toLocaleString()}.` } : { ok: true, value };
}

/** A number above 0 with a point before its decimals ("1,000" could be read two ways, so it is not); undefined where nothing was typed. */
export function decimalNumber(text: string, most: number = Number.MAX_SAFE_INTEGER): NumberResult {
  const typed = text.trim();
  if (typed === '') return { ok: true, value: undefined };
  const value = /^(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/iu.test(typed) ? Number(typed) : Number.NaN;
  if (Number.isNaN(value) || value <= 0) return { ok: false, fault: 'A number above 0, as 2.50.' };
  return value > most ? { ok: false, fault: `At most ${most.toLocaleString()}.` } : { ok: true, value };
}

/** As a field holds it. */
export function numberText(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
