// Secrets that secretlint's recommended rules pass over: keys told by a fixed form, and values told by the name they are given.
import type { Finding } from './finding.ts';

interface Rule {
  readonly rule: string;
  /** Global; the group `value`, or else the whole match, is the secret. */
  readonly pattern: RegExp;
  /** A cheap sign that the pattern may match at all. */
  readonly hint: RegExp;
}

/** `name = "value"`, `"name": "value"`, also inside a JSON text that was written as text once more. */
const assigned = String.raw`\\*["']?\s*(?:=>?|:)\s*\\*["']?`;
const secretName = String.raw`(?:pass(?:word|wd|phrase)|pwd|secret|credentials?|(?:api|access|account|private|secret|encryption)[_-]?key|(?:access|auth|api|refresh|session|bearer|private)[_-]?token)`;

const rules: readonly Rule[] = [
  {
    rule: 'PRIVATE-KEY',
    hint: /-----BEGIN/,
    // Whole, or cut off in the middle as tool results are; line breaks may stand as \n.
    pattern:
      /-----BEGIN (?:[A-Z\d]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[^-]{16,20000}?-----END (?:[A-Z\d]+ )*PRIVATE KEY(?: BLOCK)?-----|(?:(?:\s|\\+[nr])*[A-Za-z\d+/=]{16,})+)/g,
  },
  {
    rule: 'AWS-ACCESS-KEY-ID',
    hint: /A(?:KI|SI|GP|ID|RO|NP|NV|BI|CC)A/,
    pattern: /(?<![A-Za-z\d+/])A(?:KI|SI|GP|ID|RO|NP|NV|BI|CC)A(?![A-Z2-7]{9}EXAMPLE)[A-Z2-7]{16}(?![A-Za-z\d+/])/g,
  },
  {
    rule: 'AWS-SECRET-ACCESS-KEY',
    hint: /aws|secret_?access/i,
    // secretlint finds it too, but names a range that ends in the middle of the value.
    pattern: new RegExp(
      String.raw`(?:aws[^\n]{0,20}(?:secret|key)|secret_?access_?key)${assigned}(?<value>[A-Za-z\d/+=]{40,})`,
      'gi',
    ),
  },
  { rule: 'GOOGLE-API-KEY', hint: /AIza/, pattern: /(?<![\w-])AIza[\w-]{35}(?![\w-])/g },
  { rule: 'JWT', hint: /eyJ/, pattern: /(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g },
  { rule: 'PYPI-TOKEN', hint: /pypi-/, pattern: /(?<![\w-])pypi-AgE[\w-]{50,}/g },
  { rule: 'XAI-API-KEY', hint: /xai-/, pattern: /(?<![\w-])xai-[A-Za-z\d]{60,}/g },
  {
    rule: 'NOTION-TOKEN',
    hint: /ntn_|secret_/,
    pattern: /(?<![\w-])(?:ntn_[A-Za-z\d]{40,}|secret_[A-Za-z\d]{43})(?!\w)/g,
  },
  { rule: 'DIGITALOCEAN-TOKEN', hint: /_v1_/, pattern: /(?<![\w-])do[opr]_v1_[a-f\d]{64}(?!\w)/g },
  {
    rule: 'DISCORD-TOKEN',
    hint: /\.[\w-]{6}\./,
    pattern: /(?<![\w-])[MNO][A-Za-z\d]{23,27}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])/g,
  },
  { rule: 'TELEGRAM-TOKEN', hint: /:AA/, pattern: /(?<!\w)\d{8,10}:AA[\w-]{33}(?![\w-])/g },
  { rule: 'TWILIO-KEY', hint: /(?:SK|AC)[a-f\d]{4}/, pattern: /(?<!\w)(?:SK|AC)[a-f\d]{32}(?!\w)/g },
  {
    rule: 'AUTHORIZATION',
    hint: /bearer|authorization|api-key/i,
    pattern:
      /(?:(?:authorization|x-api-key|api-key)\\*["']?\s*[:=]\s*\\*["']?(?:(?:bearer|basic|token)\s+)?|\bbearer\s+)(?<value>(?=[^\s"'\\]*\d)[A-Za-z\d._~+/-]{16,}=*)/gi,
  },
  {
    rule: 'PASSWORD',
    hint: new RegExp(secretName, 'i'),
    // Quoted, or in a connection string, a query or a shell line; a word in prose after "password:" is not taken.
    pattern: new RegExp(
      String.raw`${secretName}(?:\\*["']?\s*(?:=>?|:)\s*\\*["'](?<value>(?=[^\s"'\\]*[^\sA-Za-z"'\\])[^\s"'\\]{8,500})(?=\\*["'])|=(?=[^\s"'&;]*\d)(?<bare>[^\s"'&;\\]{8,500}))`,
      'gi',
    ),
  },
];

/** Values that stand for a secret: variables, masks, samples. */
const placeholder = /^(?:\$|<|\{|%|\[[A-Z-]+-[\da-f]{8}\])|\.{3}|\*{3}|x{5}|^(?:process|os|env)\./i;

/** Secrets in one text, in order of the rules. */
export function findTokens(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { rule, pattern, hint } of rules) {
    if (!hint.test(text)) continue;
    for (const match of text.matchAll(pattern)) {
      const value = match.groups?.['value'] ?? match.groups?.['bare'] ?? match[0];
      if (placeholder.test(value)) continue;
      const start = match.index + match[0].lastIndexOf(value);
      findings.push({ rule, kind: 'secret', start, end: start + value.length });
    }
  }
  return findings;
}

const sensitiveKey = new RegExp(String.raw`(?:${secretName}|^(?:token|authorization))$`, 'i');

/** Whether `value` under `key`, as in a tool's arguments, is a secret by the key's name: no words, and not letters alone. */
export function isNamedSecret(key: string, value: string): boolean {
  return sensitiveKey.test(key) && /^(?=.*[\d\W])\S{8,500}$/.test(value) && !placeholder.test(value);
}
