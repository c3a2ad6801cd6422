import type { Detector } from './detector.ts';

/** Up to here one look at each byte costs less than the calls that the detectors' own tests take. */
const SHORT_BYTES = 512;
/** One bit a detector; beyond so many the rest share the last. */
const MOST_BITS = 30;
/** What a JSON escape starts with. */
const BACKSLASH = 0x5c;

/** What the backslash adds to the bits. */
const ESCAPE_BIT = 1 << (MOST_BITS + 1);

/** Tells for short values, by one look at each byte, which of several detectors are worth asking. */
export class HintFilter {
  readonly #bitsOfByte = new Int32Array(256);

  constructor(detectors: readonly Detector[]) {
    detectors.forEach(({ hints }, index) => {
      for (let byte = 0; byte < 256; byte += 1) {
        if (hints === undefined || hints.includes(String.fromCharCode(byte))) this.#add(byte, bitOf(index));
      }
    });
    this.#add(BACKSLASH, ESCAPE_BIT);
  }

  /** A bit for each detector that could find something in these bytes, as {@link isWorth} reads them; all where there are many bytes. */
  glance(bytes: Uint8Array): number {
    if (bytes.length > SHORT_BYTES) return -1;
    let bits = 0;
    for (let i = 0; i < bytes.length; i += 1) bits |= this.#bitsOfByte[bytes[i] ?? 0] ?? 0;
    return bits;
  }

  #add(byte: number, bit: number): void {
    this.#bitsOfByte[byte] = (this.#bitsOfByte[byte] ?? 0) | bit;
  }
}

/** Whether the detector at `index` is worth asking, after a glance. */
export function isWorth(bits: number, index: number): boolean {
  return (bits & bitOf(index)) !== 0;
}

/** Whether there may be a JSON escape, which can stand for any character. */
export function mayHaveEscapes(bits: number): boolean {
  return (bits & ESCAPE_BIT) !== 0;
}

function bitOf(index: number): number {
  return 1 << Math.min(index, MOST_BITS);
}
