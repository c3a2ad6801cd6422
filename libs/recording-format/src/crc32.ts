const TABLE = new Uint32Array(256);
for (let index = 0; index < 256; index += 1) {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  TABLE[index] = value >>> 0;
}

/** A CRC-32, going on from a seed: this file's, or `zlib.crc32`, which is faster. */
export type Checksum = (bytes: Uint8Array, seed?: number) => number;

/**
 * CRC-32 (IEEE 802.3, as in zlib, gzip and PNG), going on from `seed`: the same
 * value as `zlib.crc32`, in code that runs in a browser.
 */
export function crc32(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed;
  for (let index = 0; index < bytes.length; index += 1)
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}
