/** A version of the protocol. Sallyport speaks 3.0 and 3.2; 3.1 was never given out. */
export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

export const PROTOCOL_3_0: ProtocolVersion = { major: 3, minor: 0 };
export const PROTOCOL_3_2: ProtocolVersion = { major: 3, minor: 2 };

export function versionFromWord(word: number): ProtocolVersion {
  return { major: word >>> 16, minor: word & 0xffff };
}

export function versionToWord(version: ProtocolVersion): number {
  return ((version.major << 16) | version.minor) >>> 0;
}
