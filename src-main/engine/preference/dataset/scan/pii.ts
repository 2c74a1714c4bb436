// Personal data that can be told by its shape: strict forms and checksums, so that order numbers, times and ids are left alone.
import { isIPv4, isIPv6 } from 'node:net';
import type { Finding } from './finding.ts';

interface Rule {
  readonly rule: string;
  /** Global; the whole match, or its group `value`, is the candidate. */
  readonly pattern: RegExp;
  /** A cheap sign that the pattern may match at all. */
  readonly hint: RegExp;
  readonly accepts: (value: string, text: string, start: number) => boolean;
}

const rules: readonly Rule[] = [
  {
    rule: 'EMAIL',
    hint: /@/,
    pattern:
      /(?<![\p{L}\p{N}._%+@/-])[\p{L}\p{N}](?:[\p{L}\p{N}._%+'-]{0,62}[\p{L}\p{N}_+-])?@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}{2,24}(?![\p{L}\p{N}-]|\.\p{L})/gu,
    // Names of things (icon@2x.png, git@host:repository) are no addresses.
    accepts: (value) =>
      !/\.\.|^git@/.test(value) && !/\.(?:png|jpe?g|gif|svg|webp|css|js|ts|json|md|html)$/i.test(value),
  },
  {
    // As it stands in the query of a link.
    rule: 'EMAIL',
    hint: /%40/,
    pattern:
      /(?<![\w.%+-])[A-Za-z\d](?:[\w.+-]|%2B){0,62}%40(?:[A-Za-z\d](?:[A-Za-z\d-]{0,61}[A-Za-z\d])?\.)+[A-Za-z]{2,24}(?![\w-])/gi,
    accepts: () => true,
  },
  {
    rule: 'IBAN',
    hint: /\b[A-Z]{2}\d{2}/,
    pattern: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]{4}){2,7}(?:[ -]?[A-Z\d]{1,4})?(?![\p{L}\p{N}])/gu,
    accepts: isIban,
  },
  {
    rule: 'CARD',
    hint: /\d{4}[ -]?\d/,
    pattern: /(?<![\p{L}\p{N}.,_/:-])\d(?:[ -]?\d){12,18}(?![\p{L}\p{N}_]|[.,/:-]\d)/gu,
    accepts: isCard,
  },
  {
    rule: 'SSN',
    hint: /\d-\d\d-\d/,
    pattern: /(?<![\p{L}\p{N}.\-/])\d{3}-\d{2}-\d{4}(?![\p{L}\p{N}]|[.\-/]\d)/gu,
    // Area 000, 666 and 9xx, group 00 and serial 0000 were never issued; the two others are famous specimens.
    accepts: (value) => !/^(?:000|666|9)|-00-|-0000$/.test(value) && value !== '078-05-1120' && value !== '219-09-9999',
  },
  {
    rule: 'PHONE',
    hint: /\+\s?\d|\(\d|\d{3}[-. ]\d{3}/,
    // International with +; North American with a bracketed area code or three groups.
    pattern:
      /(?<![\p{L}\p{N}.+\-/])(?:\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){1,5}(?:[ .-]?\d{2,5})|(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])[2-9]\d{2}[-. ]\d{4})(?![\p{L}\p{N}]|[.\-/]\d)/gu,
    accepts: isPhone,
  },
  {
    rule: 'IP',
    hint: /\d\.\d+\.|:[\da-fA-F]*:/,
    pattern:
      /(?<![\p{L}\p{N}.:_-])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F:]*:[\da-fA-F]*:[\da-fA-F:]*(?:\d{1,3}(?:\.\d{1,3}){3})?)(?![\p{L}\p{N}:_-]|\.\d)/gu,
    accepts: isPublicAddress,
  },
];

/** Personal data in one text, in order. */
export function findPersonalData(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { rule, pattern, hint, accepts } of rules) {
    if (!hint.test(text)) continue;
    for (const match of text.matchAll(pattern)) {
      const [value] = match;
      if (accepts(value, text, match.index))
        findings.push({ rule, kind: 'pii', start: match.index, end: match.index + value.length });
    }
  }
  return findings;
}

/** Lengths by country are in the IBAN registry; the check digits (ISO 7064, mod 97) rule out nearly all else. */
function isIban(value: string): boolean {
  const compact = value.replaceAll(/[ -]/g, '');
  if (compact.length < 15 || compact.length > 34 || !/\d{4}/.test(compact.slice(4))) return false;
  let remainder = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) {
    const digit = Number.parseInt(sign, 36);
    remainder = (remainder * (digit > 9 ? 100 : 10) + digit) % 97;
  }
  return remainder === 1;
}

/** Issuer prefixes with their lengths, then Luhn. */
function isCard(value: string): boolean {
  const digits = value.replaceAll(/[ -]/g, '');
  const known =
    /^4(?:\d{12}|\d{15}|\d{18})$|^(?:5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12})$|^3[47]\d{13}$|^6(?:011|5\d\d|4[4-9]\d)\d{12}$|^3(?:0[0-5]|[689]\d)\d{11}$|^35(?:2[89]|[3-8]\d)\d{12}$|^62\d{14,17}$/;
  if (!known.test(digits) || !evenlySpaced(value)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Cards are written in one piece or in groups of three to seven. */
function evenlySpaced(value: string): boolean {
  const groups = value.split(/[ -]/);
  return groups.length === 1 || groups.every((group) => group.length >= 3 && group.length <= 7);
}

/** E.164: up to 15 digits with the country code, and no fewer than 8. */
function isPhone(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '');
  if (digits.length < 8 || digits.length > 15) return false;
  if (!value.startsWith('+')) return true;
  // "+1" is followed by ten digits, the first of area and exchange 2 to 9.
  return !digits.startsWith('1') || /^1[2-9]\d{2}[2-9]\d{6}$/.test(digits);
}

/** Addresses of this host, private networks, documentation and version-like numbers tell nothing about a person. */
function isPublicAddress(value: string, text: string, start: number): boolean {
  if (isIPv4(value)) {
    const [a = 0, b = 0, c = 0] = value.split('.').map(Number);
    if (a === 0 || a === 10 || a === 127 || a >= 224 || (a === 169 && b === 254)) return false;
    if ((a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128)) return false;
    if (
      (a === 192 && b === 0 && c === 2) ||
      (a === 198 && b === 51 && c === 100) ||
      (a === 203 && b === 0 && c === 113)
    )
      return false;
    return !/(?:\bv|version|ver\.|release|build)\s*$/i.test(text.slice(Math.max(0, start - 12), start));
  }
  // Times such as 12:30:00 are no addresses: at least a double colon with digits or eight groups, which isIPv6 requires.
  return isIPv6(value) && !/^(?:::1?$|fe[89ab]|f[cd]|2001:0?db8:)/i.test(value) && /[\da-f]{2}/i.test(value);
}
