// The shapes that keys of well-known services have, and words that a key stands behind.
import { createHmac } from 'node:crypto';

interface Shape {
  /** Beginning of the mask: public, the same for every key of the service. */
  readonly sign: string;
  /** `lead`, where it has one, stays; the rest is the key. */
  readonly pattern: RegExp;
  /** By which a machine's key is told from a placeholder, bits a character (Shannon); 0 where the shape alone tells. */
  readonly entropy: number;
}

const shortest = 16;

/** No letter, digit or joining sign of a longer word stands right before. */
const fresh = '(?<![A-Za-z0-9_-])';

function shape(sign: string, source: string, entropy = 2.8): Shape {
  return { sign, pattern: new RegExp(`${fresh}${source}`, 'gu'), entropy };
}

/** Names that a value which is none of the others is taken for a key behind. */
const keyWords =
  '(?:api|access|secret|private|auth|client|signing|encryption|master|service)[ _-]?(?:api[ _-]?)?(?:key|token|secret)|api[ _-]?secret|apikey|passw(?:or)?d|passphrase|bearer[ _-]?token';

interface Group {
  /** Is in every text in which one of the shapes is; costs little where it is not. */
  readonly trigger: RegExp;
  readonly shapes: readonly Shape[];
}

const groups: readonly Group[] = [
  {
    trigger: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/u,
    shapes: [
      // A whole key, or as much of it as is there; line breaks may be those of JSON.
      {
        sign: 'PEM',
        pattern:
          /-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){0,8}(?:[A-Za-z-]{1,40}: [^\n\\]{0,200}(?:\s|\\[nr]){0,8}){0,4}(?:[A-Za-z0-9+/=]{16,200}(?:\s|\\[nr]){0,4}){1,400}(?:[A-Za-z0-9+/=]{1,15}(?:\s|\\[nr]){0,4}){0,2}(?:-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----)?/gu,
        entropy: 0,
      },
    ],
  },
  {
    trigger:
      /\b(?:sk-[A-Za-z0-9]|[sr]k_(?:live|test)|gh[pousr]_|github_pat_|glpat-|A(?:KIA|SIA|Iza)|ya29\.|xox[abeoprs]-|xapp-|hf_|gsk_|xai-|r8_|npm_|pypi-|SG\.|atl-|eyJ)/u,
    shapes: [
      shape('sk-ant-…', 'sk-ant-[a-z0-9]{2,12}-[A-Za-z0-9_-]{20,300}'),
      shape('sk-or-…', 'sk-or-v1-[0-9a-f]{48,80}'),
      shape('sk-…', 'sk-(?:proj|svcacct|admin|service)-[A-Za-z0-9_-]{20,300}'),
      shape('sk-…', 'sk-(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{20,120}(?![A-Za-z0-9_-])'),
      shape('gh…', 'gh[pousr]_[A-Za-z0-9]{36,255}'),
      shape('github_pat_…', 'github_pat_[A-Za-z0-9_]{36,255}'),
      shape('glpat-…', 'glpat-[A-Za-z0-9_-]{20,100}'),
      shape('AKIA…', '(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])'),
      shape('AIza…', 'AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])'),
      shape('ya29…', 'ya29\\.[A-Za-z0-9_-]{30,400}'),
      shape('xox…', 'xox[abeoprs]-[A-Za-z0-9-]{10,250}'),
      shape('xapp-…', 'xapp-\\d-[A-Z0-9]+-\\d+-[a-f0-9]{20,100}'),
      shape('sk_…', '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}'),
      shape('hf_…', 'hf_[A-Za-z0-9]{30,60}(?![A-Za-z0-9_])'),
      shape('gsk_…', 'gsk_[A-Za-z0-9]{40,80}(?![A-Za-z0-9_])'),
      shape('xai-…', 'xai-[A-Za-z0-9]{60,120}(?![A-Za-z0-9_-])'),
      shape('r8_…', 'r8_[A-Za-z0-9]{37,40}(?![A-Za-z0-9_])'),
      shape('npm_…', 'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])'),
      shape('pypi-…', 'pypi-AgEI[A-Za-z0-9_-]{50,300}'),
      shape('SG…', 'SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64}'),
      shape('atl-…', 'atl-[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])'),
      shape('eyJ…', 'eyJ[A-Za-z0-9_-]{10,4000}\\.eyJ[A-Za-z0-9_-]{10,16000}\\.[A-Za-z0-9_-]{16,2000}'),
    ],
  },
  {
    trigger: /[Bb](?:earer|EARER)|[Aa](?:uthorization|UTHORIZATION)/u,
    shapes: [
      {
        sign: 'Bearer',
        pattern:
          /(?<lead>\bBearer[ +]{1,3}|\bAuthorization["'\\]{0,4}\s{0,3}[:=]\s{0,3}["'\\]{0,4}(?:Basic|Token)[ +]{1,3})(?=[A-Za-z._~+/-]*[0-9])(?=[0-9._~+/-]*[A-Za-z])[A-Za-z0-9._~+/-]{20,4000}={0,2}/giu,
        entropy: 3,
      },
    ],
  },
  {
    trigger: /:\/\/[^\s:@/"'\\]{1,100}:[^\s@/"'\\]{8}/u,
    shapes: [
      {
        sign: 'password',
        pattern:
          /(?<lead>\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'\\]{1,100}:)(?=[^\s@/"'\\]*[0-9])(?=[^\s@/"'\\]*[A-Za-z])[^\s@/"'\\‹›]{8,200}(?=@)/giu,
        entropy: 2.5,
      },
    ],
  },
  {
    // Spelt out, as the flag for it takes three times as long.
    trigger:
      /(?:[Kk][Ee][Yy]|[Tt][Oo][Kk][Ee][Nn]|[Ss][Ee][Cc][Rr][Ee][Tt]|[Pp][Aa][Ss][Ss][Ww](?:[Oo][Rr])?[Dd]|[Pp][Aa][Ss][Ss][Pp][Hh][Rr][Aa][Ss][Ee])["'\\]{0,4}\s{0,3}[:=]/u,
    shapes: [
      {
        sign: 'AWS',
        pattern:
          /(?<lead>\baws_?secret_?access_?key["'\\]{0,4}\s{0,3}[:=]\s{0,3}["'\\]{0,4}|\bSecretAccessKey["'\\]{0,4}\s{0,3}[:=]\s{0,3}["'\\]{0,4})[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/giu,
        entropy: 3.5,
      },
      {
        sign: '',
        pattern: new RegExp(
          `(?<lead>(?:${keyWords})["'\\\\]{0,4}\\s{0,3}[:=]\\s{0,3}["'\\\\]{0,4})(?!process\\.|os\\.|env\\.|import\\.|secrets\\.)(?=[A-Za-z_./+-]*[0-9])(?=[0-9_./+-]*[A-Za-z])[A-Za-z0-9_./+-]{16,300}={0,2}(?![A-Za-z0-9_./+({\\[-])`,
          'giu',
        ),
        entropy: 3,
      },
    ],
  },
];

/** Every key's shape masked; the text itself where there is none. `key` makes the masks. */
export function maskShapes(text: string, key: Uint8Array): string {
  if (text.length < shortest) return text;
  let masked = text;
  for (const one of groups.flatMap(({ trigger, shapes }) => (trigger.test(text) ? shapes : []))) {
    masked = masked.replace(one.pattern, (match: string, ...rest: unknown[]) => {
      const lead = leadOf(rest.at(-1));
      const found = match.slice(lead.length);
      return entropyOf(found) < one.entropy ? match : `${lead}${maskFor(one.sign, found, key)}`;
    });
  }
  return masked;
}

export function hasKeyShape(text: string): boolean {
  return maskShapes(text, new Uint8Array(32)) !== text;
}

/** The same key, the same six digits; nobody without `secret` can try out which key it is. */
function maskFor(sign: string, found: string, secret: Uint8Array): string {
  const digits = createHmac('sha256', secret).update(found).digest('hex').slice(0, 6);
  return `‹key ${sign === '' ? '' : `${sign} `}${digits}›`;
}

function leadOf(groups: unknown): string {
  if (typeof groups !== 'object' || groups === null || !('lead' in groups)) return '';
  return typeof groups.lead === 'string' ? groups.lead : '';
}

/** Shannon's, bits a character, from how often each stands in the text. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
