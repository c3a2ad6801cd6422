/** The little of DER (X.690) that keys and ECDSA signatures need. */
import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;

function derElement(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  if (length >= 0x80 && length < 0x100) head.splice(1, 3, 0x81, length);
  return Buffer.concat([Buffer.from(head), ...contents]);
}

export function derSequence(...contents: readonly Uint8Array[]): Buffer {
  return derElement(SEQUENCE, ...contents);
}

/** A positive integer, given as its big-endian magnitude. */
export function derInteger(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const digits = magnitude.length === 0 ? Buffer.from([0]) : magnitude.subarray(start);
  return (digits[0] ?? 0) >= 0x80
    ? derElement(INTEGER, Buffer.from([0]), digits)
    : derElement(INTEGER, digits);
}

export function derBitString(bytes: Uint8Array): Buffer {
  return derElement(BIT_STRING, Buffer.from([0]), bytes);
}

export function derNull(): Buffer {
  return derElement(NULL);
}

/** @param content the identifier as DER encodes it */
export function derObjectIdentifier(content: readonly number[]): Buffer {
  return derElement(OBJECT_IDENTIFIER, Buffer.from(content));
}

/** A sequence of two positive integers and nothing else, as magnitudes. @throws CodecError `value` */
export function decodeIntegerPair(der: Uint8Array): readonly [Buffer, Buffer] {
  const whole = element(der, 0, SEQUENCE);
  const first = element(der, whole.start, INTEGER);
  const second = element(der, first.end, INTEGER);
  if (whole.end !== der.length || second.end !== whole.end) throw malformed();
  return [magnitude(der, first), magnitude(der, second)];
}

interface Region {
  readonly start: number;
  readonly end: number;
}

function element(der: Uint8Array, at: number, tag: number): Region {
  const short = der[at + 1] ?? 0xff;
  const long = short === 0x81;
  const length = long ? (der[at + 2] ?? 0xff) : short;
  const start = at + (long ? 3 : 2);
  if (der[at] !== tag || (short >= 0x80 && !long) || start + length > der.length) throw malformed();
  return { start, end: start + length };
}

function magnitude(der: Uint8Array, region: Region): Buffer {
  let { start } = region;
  if (start === region.end || (der[start] ?? 0) >= 0x80) throw malformed();
  while (start < region.end && der[start] === 0) start += 1;
  return Buffer.from(der.subarray(start, region.end));
}

function malformed(): CodecError {
  return new CodecError('value', 'A DER structure is malformed.');
}
