import { Buffer } from 'node:buffer';
import { decodeUtf8 } from '../wire/message-cursor.ts';

/** bytea, whose text is in the hex form. */
export function decodeBytea(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}

export function encodeBytea(text: string): Buffer | null {
  return /^\\x(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text.slice(2), 'hex') : null;
}

export function decodeUuid(bytes: Buffer): string | null {
  if (bytes.length !== 16) return null;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function encodeUuid(text: string): Buffer | null {
  const plain = text.replaceAll('-', '');
  return /^[0-9a-fA-F]{32}$/.test(plain) ? Buffer.from(plain, 'hex') : null;
}

const JSONB_VERSION = 1;

/** jsonb: a version and the text. */
export function decodeJsonb(bytes: Buffer): string | null {
  return bytes[0] === JSONB_VERSION ? decodeUtf8(bytes.subarray(1)) : null;
}

export function encodeJsonb(text: string): Buffer | null {
  const json = encodeJson(text);
  return json === null ? null : Buffer.concat([Buffer.from([JSONB_VERSION]), json]);
}

/** Text that is not JSON would be refused by the driver. */
export function encodeJson(text: string): Buffer | null {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return Buffer.from(text, 'utf8');
}

export function decodeBoolean(bytes: Buffer): string | null {
  if (bytes.length !== 1 || bytes.readUInt8(0) > 1) return null;
  return bytes[0] === 1 ? 't' : 'f';
}

export function encodeBoolean(text: string): Buffer | null {
  switch (text.toLowerCase()) {
    case 't':
    case 'true':
      return Buffer.from([1]);
    case 'f':
    case 'false':
      return Buffer.from([0]);
    default:
      return null;
  }
}

/** Types whose binary form is their text. A zero byte cannot be in a text of the server. */
export function encodeText(text: string): Buffer | null {
  return text.includes('\0') ? null : Buffer.from(text, 'utf8');
}

/** The internal one-byte type "char". */
export function encodeChar(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= 1 ? (bytes.length === 1 ? bytes : Buffer.from([0])) : null;
}
