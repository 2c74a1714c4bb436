// Seals values under a passphrase: scrypt (RFC 7914) makes the keys, AES-256-GCM (NIST SP 800-38D) encrypts, HMAC-SHA256 covers the file.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { z } from 'zod';

const saltBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
/** 128 MiB and about half a second a try. */
export const usualCost = 2 ** 17;
const blockSize = 8;
const checkText = 'atelier vault';

const base64 = (bytes: number): z.ZodString =>
  z
    .string()
    .max(Math.ceil(bytes / 3) * 4)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/u);

const boxSchema = z.strictObject({ iv: base64(ivBytes), tag: base64(tagBytes), data: base64(300_000) });
/** What AES-256-GCM makes of a value. */
export type Box = z.infer<typeof boxSchema>;

const headerSchema = z.strictObject({
  kdf: z.literal('scrypt'),
  cost: z
    .int()
    .min(2)
    .max(2 ** 20),
  blockSize: z.literal(blockSize),
  parallelization: z.literal(1),
  salt: base64(saltBytes),
  /** Opens with the right passphrase. */
  check: boxSchema,
});
export type SealHeader = z.infer<typeof headerSchema>;

export const sealedSchema = z.strictObject({
  version: z.literal(1),
  header: headerSchema,
  /** By slot. */
  entries: z.record(z.string().min(1).max(100), boxSchema),
  /** Over all that stands before it. */
  mac: z.string().max(64),
});
export type Sealed = z.infer<typeof sealedSchema>;

/** Encrypts under one passphrase; gone once `drop` was called. */
export class SealKey {
  readonly header: SealHeader;
  /** The first half encrypts, the second authenticates the file. */
  readonly #bytes: Buffer;

  private constructor(header: SealHeader, bytes: Buffer) {
    this.header = header;
    this.#bytes = bytes;
  }

  /** A new key with a salt of its own. */
  static async make(passphrase: string, cost: number): Promise<SealKey> {
    const salt = randomBytes(saltBytes).toString('base64');
    const bytes = await derive(passphrase, salt, cost);
    const check = encrypt(bytes, checkText, 'check');
    return new SealKey({ kdf: 'scrypt', cost, blockSize, parallelization: 1, salt, check }, bytes);
  }

  /** undefined where the passphrase is not the one. */
  static async open(passphrase: string, header: SealHeader): Promise<SealKey | undefined> {
    const bytes = await derive(passphrase, header.salt, header.cost);
    if (decrypt(bytes, header.check, 'check') === checkText) return new SealKey(header, bytes);
    bytes.fill(0);
    return undefined;
  }

  seal(value: string, slot: string): Box {
    return encrypt(this.#bytes, value, slot);
  }

  /** undefined where the box is not what was sealed for this slot. */
  open(box: Box, slot: string): string | undefined {
    return decrypt(this.#bytes, box, slot);
  }

  macOf(entries: Sealed['entries']): string {
    const covered = JSON.stringify([1, this.header, entries]);
    return createHmac('sha256', this.#bytes.subarray(keyBytes)).update(covered).digest('base64');
  }

  isMacOf(mac: string, entries: Sealed['entries']): boolean {
    const one = Buffer.from(mac);
    const other = Buffer.from(this.macOf(entries));
    return one.length === other.length && timingSafeEqual(one, other);
  }

  drop(): void {
    this.#bytes.fill(0);
  }
}

/** Tells one sealed file from any other: changed salt, cost or check make it another. */
export function sealOf(header: SealHeader): string {
  return createHash('sha256').update(JSON.stringify(header)).digest('hex');
}

function derive(passphrase: string, salt: string, cost: number): Promise<Buffer> {
  // The same letters typed on another keyboard are the same passphrase.
  const given = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  const options = { cost, blockSize, parallelization: 1, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(given, Buffer.from(salt, 'base64'), 2 * keyBytes, options, (error, bytes) => {
      given.fill(0);
      if (error === null) resolve(bytes);
      else reject(error);
    });
  });
}

function encrypt(key: Buffer, text: string, slot: string): Box {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key.subarray(0, keyBytes), iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(slot, 'utf8'));
  const plain = Buffer.from(text, 'utf8');
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  return { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

function decrypt(key: Buffer, box: Box, slot: string): string | undefined {
  const iv = Buffer.from(box.iv, 'base64');
  const tag = Buffer.from(box.tag, 'base64');
  if (iv.length !== ivBytes || tag.length !== tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key.subarray(0, keyBytes), iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(slot, 'utf8'));
  decipher.setAuthTag(tag);
  const plain = decipher.update(Buffer.from(box.data, 'base64'));
  try {
    decipher.final();
    return plain.toString('utf8');
  } catch {
    // GCM says no more than that it is not what was sealed.
    return undefined;
  } finally {
    plain.fill(0);
  }
}
