import type { KeyedHash } from './keyed-hash.ts';

/** Pseudo-random numbers drawn from a keyed digest; the same key, purpose and text give the same numbers. */
export class DigestStream {
  readonly #hash: KeyedHash;
  readonly #purpose: string;
  readonly #text: string;
  #block: Uint8Array = new Uint8Array(0);
  #used = 0;
  #blocks = 0;

  constructor(hash: KeyedHash, purpose: string, text: string) {
    this.#hash = hash;
    this.#purpose = purpose;
    // A long text is digested once, so that each further block costs the same.
    this.#text = text.length <= 64 ? text : toHex(hash.digestText(`${purpose}.seed`, text));
  }

  /** One byte. */
  byte(): number {
    if (this.#used === this.#block.length) {
      this.#block = this.#hash.digestText(`${this.#purpose}.${String(this.#blocks)}`, this.#text);
      this.#blocks += 1;
      this.#used = 0;
    }
    const byte = this.#block[this.#used] ?? 0;
    this.#used += 1;
    return byte;
  }

  /** A number in [0, limit); limit at most 2^32. The bias is at most limit / 2^48. */
  below(limit: number): number {
    let value = 0;
    for (let i = 0; i < 6; i += 1) value = value * 256 + this.byte();
    return value % limit;
  }

  /** One of `choices`, which is not empty. */
  pick(choices: readonly string[]): string {
    return choices[this.below(choices.length)] ?? '';
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}
