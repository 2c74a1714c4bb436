// The forms in which a value may stand in texts and bytes: as it is, escaped, encoded.

/** A value shorter than this is only looked for as a word: it would be found in too much. */
const shortestForm = 8;

export interface Forms {
  /** Looked for anywhere; UTF-8, eight bytes or more. */
  readonly long: readonly Uint8Array[];
  /** Looked for where no letter or digit stands beside them; four bytes or more. */
  readonly words: readonly Uint8Array[];
}

/** Each form once. */
export function formsOf(value: string): Forms {
  const plain = [value, ...escaped(value)];
  if (value.length < shortestForm) return { long: [], words: unique(plain) };
  const bytes = Buffer.from(value);
  const long = [...plain, ...lowerCase(value), ...urlEncoded(value), ...base64(bytes), ...hex(bytes)];
  return { long: unique(long), words: [] };
}

/** As JSON has it, also as JSON in JSON, with "/" escaped, and with all beyond ASCII escaped. */
function escaped(value: string): string[] {
  const once = jsonOf(value);
  const ascii = asciiOf(once, (digits) => digits);
  return [
    once,
    jsonOf(once),
    once.replaceAll('/', '\\/'),
    ascii,
    asciiOf(once, (digits) => digits.toUpperCase()),
    jsonOf(ascii),
  ];
}

function jsonOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function asciiOf(text: string, written: (digits: string) => string): string {
  return text.replaceAll(
    /[\u0080-\uFFFF]/g,
    (sign) => `\\u${written(sign.charCodeAt(0).toString(16).padStart(4, '0'))}`,
  );
}

/** As names of hosts and headers are written. */
function lowerCase(value: string): string[] {
  const lower = value.toLowerCase();
  return lower.length < shortestForm ? [] : [lower];
}

/** RFC 3986 as scripts write it, and as forms do; hex digits in either case. */
function urlEncoded(value: string): string[] {
  const component = encodeURIComponent(value);
  const strict = component.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ '': value }).toString().slice(1);
  const all = [component, strict, form, encodeURI(value)];
  return [...all, ...all.map((text) => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/**
 * What of the value does not depend on what stands beside it, at each of the three places at which it may begin in a group of three bytes
 * (RFC 4648); in both alphabets.
 */
function base64(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64');
    const first = Math.ceil((lead * 8) / 6);
    const last = Math.floor(((lead + bytes.length) * 8) / 6);
    const core = text.slice(first, last);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function hex(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString('hex');
  return [text, text.toUpperCase()];
}

function unique(texts: readonly string[]): readonly Uint8Array[] {
  return [...new Set(texts)].map((text) => Buffer.from(text));
}
