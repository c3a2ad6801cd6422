import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { MasterKey } from './master-key.ts';

/**
 * Seals secrets for the database: AES-256-GCM under a data key of its own, the data key
 * wrapped by the master key. Both are bound to the secret's name, so that a sealed value
 * put in another's place does not open.
 *
 * Layout: version (1), key id (8), wrapped data key (12 nonce + 32 + 16 tag), then
 * nonce (12), ciphertext, tag (16).
 */
export class Vault {
  readonly #current: MasterKey;
  readonly #keys: ReadonlyMap<string, MasterKey>;

  /** Seals with `current`; opens with any of them, so that a key can be rotated. */
  constructor(current: MasterKey, previous: readonly MasterKey[] = []) {
    this.#current = current;
    this.#keys = new Map([current, ...previous].map((key) => [key.id, key]));
  }

  seal(name: string, secret: Uint8Array): Uint8Array<ArrayBuffer> {
    const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(this.#current.id, 'hex')]);
    const dataKey = randomBytes(KEY_BYTES);
    const context = bind(header, name);
    return new Uint8Array(
      Buffer.concat([
        header,
        encrypt(this.#current.bytes, context, dataKey),
        encrypt(dataKey, context, secret),
      ]),
    );
  }

  /** Throws if the value was altered, belongs to another name, or its master key is not configured. */
  open(name: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed);
    if (bytes[0] !== VERSION || bytes.length < HEADER_BYTES + WRAPPED_BYTES + OVERHEAD)
      throw new Error(`the secret of ${name} is not in a form known here`);
    const header = bytes.subarray(0, HEADER_BYTES);
    const key = this.#keys.get(header.subarray(1).toString('hex'));
    if (key === undefined)
      throw new Error(`the secret of ${name} was sealed with a master key that is not configured`);
    const context = bind(header, name);
    const dataKey = decrypt(key.bytes, context, bytes.subarray(HEADER_BYTES, HEADER_BYTES + WRAPPED_BYTES));
    return decrypt(dataKey, context, bytes.subarray(HEADER_BYTES + WRAPPED_BYTES));
  }

  /** Whether the value is sealed with the current key; if not, open it and seal it again. */
  isCurrent(sealed: Uint8Array): boolean {
    return Buffer.from(sealed.subarray(1, HEADER_BYTES)).toString('hex') === this.#current.id;
  }
}

const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD = NONCE_BYTES + TAG_BYTES;
const HEADER_BYTES = 9;
const WRAPPED_BYTES = KEY_BYTES + OVERHEAD;

function bind(header: Uint8Array, name: string): Buffer {
  return Buffer.concat([header, Buffer.from(`sallyport secret ${name}`, 'utf8')]);
}

function encrypt(key: Uint8Array, context: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, context: Uint8Array, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(context).setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([
    decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)),
    decipher.final(),
  ]);
}
