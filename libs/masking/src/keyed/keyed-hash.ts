import { BLOCK_BYTES, compress, digestBytes, finish, initialState, sha256 } from './sha256.ts';

const encoder = new TextEncoder();

/** HMAC-SHA-256 (RFC 2104) under one key, with the key's two blocks folded in once. */
export class KeyedHash {
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  constructor(key: Uint8Array) {
    const block = new Uint8Array(BLOCK_BYTES);
    block.set(key.length > BLOCK_BYTES ? sha256(key) : key);
    this.#inner = initialState();
    this.#outer = initialState();
    compress(
      this.#inner,
      block.map((byte) => byte ^ 0x36),
      0,
    );
    compress(
      this.#outer,
      block.map((byte) => byte ^ 0x5c),
      0,
    );
  }

  /** The 32-byte code of `message`. */
  digest(message: Uint8Array): Uint8Array {
    const inner = this.#inner.slice();
    finish(inner, message, BLOCK_BYTES);
    const outer = this.#outer.slice();
    finish(outer, digestBytes(inner), BLOCK_BYTES);
    return digestBytes(outer);
  }

  /**
   * The code of a text used for one purpose. The purpose keeps, say, the hash
   * of a value from telling anything about its token.
   */
  digestText(purpose: string, text: string): Uint8Array {
    return this.digest(encoder.encode(`${purpose}\u0000${text}`));
  }
}

const hashes = new WeakMap<Uint8Array, KeyedHash>();

/** The KeyedHash of a key; made once for each key object. */
export function keyedHash(key: Uint8Array): KeyedHash {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const made = new KeyedHash(key);
  hashes.set(key, made);
  return made;
}
