import { Buffer } from 'node:buffer';

const INTEGER = /^[+-]?[0-9]{1,20}$/;

/** int2, int4 and int8 in network order. */
export function decodeInteger(bytes: Buffer, size: 2 | 4 | 8): string | null {
  if (bytes.length !== size) return null;
  if (size === 8) return bytes.readBigInt64BE(0).toString();
  return bytes.readIntBE(0, size).toString();
}

/** null for what is not an integer or does not fit. */
export function encodeInteger(text: string, size: 2 | 4 | 8): Buffer | null {
  const trimmed = text.trim();
  if (!INTEGER.test(trimmed)) return null;
  const value = BigInt(trimmed.replace(/^\+/, ''));
  if (BigInt.asIntN(size * 8, value) !== value) return null;
  const bytes = Buffer.alloc(size);
  if (size === 8) bytes.writeBigInt64BE(value);
  else bytes.writeIntBE(Number(value), 0, size);
  return bytes;
}

/** oid: an unsigned int4. */
export function decodeOid(bytes: Buffer): string | null {
  return bytes.length === 4 ? bytes.readUInt32BE(0).toString() : null;
}

export function encodeOid(text: string): Buffer | null {
  if (!/^[0-9]{1,10}$/.test(text) || Number(text) > 0xffff_ffff) return null;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Number(text));
  return bytes;
}
