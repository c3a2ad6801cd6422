import { packData } from '@sallyport/recording-format';

/** Shorter data is recorded as it is: packing it would cost more than it saves. */
const PACK_FROM_BYTES = 8 * 1024;
/** Data that stays larger than this part of itself is recorded as it is. */
const WORTHWHILE = 0.9;
/** After data that does not pack, how many more are recorded as they are before it is tried again; doubles up to the most. */
const FIRST_PAUSE = 4;
const LONGEST_PAUSE = 64;

/** Data as an event holds it. */
export interface PackedData {
  readonly bytes: Uint8Array;
  /** What comes out of it; 0 where it is not packed. */
  readonly decodedBytes: number;
}

/**
 * Packs what a session passes on before it is hashed, written and published:
 * each of these costs more a byte than packing does. Stops trying for a while
 * where there is nothing to gain (encrypted or compressed data).
 */
export class DataPacker {
  #pause = 0;
  #nextPause = FIRST_PAUSE;

  pack(data: Uint8Array): PackedData {
    if (data.length < PACK_FROM_BYTES) return { bytes: data, decodedBytes: 0 };
    if (this.#pause > 0) {
      this.#pause -= 1;
      return { bytes: data, decodedBytes: 0 };
    }
    const packed = packData(data);
    if (packed.length < data.length * WORTHWHILE) {
      this.#nextPause = FIRST_PAUSE;
      return { bytes: packed, decodedBytes: data.length };
    }
    this.#pause = this.#nextPause;
    this.#nextPause = Math.min(LONGEST_PAUSE, this.#nextPause * 2);
    return { bytes: data, decodedBytes: 0 };
  }
}
