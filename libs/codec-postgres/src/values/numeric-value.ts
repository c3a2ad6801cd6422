import { Buffer } from 'node:buffer';

/** Sign words of numeric_send. */
const SIGN = {
  positive: 0x0000,
  negative: 0x4000,
  nan: 0xc000,
  infinity: 0xd000,
  negativeInfinity: 0xf000,
} as const;
/** The server writes infinities with this scale, which nobody reads. */
const INFINITY_SCALE = 0x20;
const DIGITS_PER_GROUP = 4;
const HEADER_BYTES = 8;
/** NUMERIC's bounds: 131,072 digits before the point and 16,383 after it. */
const MAX_SCALE = 16_383;
const MAX_WHOLE_DIGITS = 131_072;

/** numeric: groups of four decimal digits, the weight of the first in powers of 10,000, a sign and a scale. */
export function decodeNumeric(bytes: Buffer): string | null {
  if (bytes.length < HEADER_BYTES) return null;
  const count = bytes.readUInt16BE(0);
  const weight = bytes.readInt16BE(2);
  const sign = bytes.readUInt16BE(4);
  const scale = bytes.readUInt16BE(6);
  if (bytes.length !== HEADER_BYTES + count * 2 || scale > MAX_SCALE) return null;
  if (sign === SIGN.nan) return 'NaN';
  if (sign === SIGN.infinity) return 'Infinity';
  if (sign === SIGN.negativeInfinity) return '-Infinity';
  if (sign !== SIGN.positive && sign !== SIGN.negative) return null;
  const group = (power: number): string | null => {
    const index = weight - power;
    if (index < 0 || index >= count) return '0000';
    const value = bytes.readUInt16BE(HEADER_BYTES + index * 2);
    return value > 9999 ? null : value.toString().padStart(DIGITS_PER_GROUP, '0');
  };
  const whole = joined(group, Math.max(weight, 0), 0);
  const fraction = joined(group, -1, -Math.ceil(scale / DIGITS_PER_GROUP));
  if (whole === null || fraction === null) return null;
  const point = scale === 0 ? '' : `.${fraction.slice(0, scale)}`;
  return `${sign === SIGN.negative ? '-' : ''}${whole.replace(/^0+(?=[0-9])/, '')}${point}`;
}

function joined(group: (power: number) => string | null, from: number, to: number): string | null {
  let text = '';
  for (let power = from; power >= to; power--) {
    const digits = group(power);
    if (digits === null) return null;
    text += digits;
  }
  return text;
}

export function encodeNumeric(text: string): Buffer | null {
  const trimmed = text.trim();
  const special = specialSign(trimmed.toLowerCase());
  if (special !== null) return numericBytes([], 0, special, special === SIGN.nan ? 0 : INFINITY_SCALE);
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?$/.exec(trimmed);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole + fraction === '') return null;
  if (whole.length > MAX_WHOLE_DIGITS || fraction.length > MAX_SCALE) return null;
  const wholePadded = whole.padStart(Math.ceil(whole.length / DIGITS_PER_GROUP) * DIGITS_PER_GROUP, '0');
  const fractionGroups = Math.ceil(fraction.length / DIGITS_PER_GROUP);
  const digits = wholePadded + fraction.padEnd(fractionGroups * DIGITS_PER_GROUP, '0');
  const groups: number[] = [];
  for (let at = 0; at < digits.length; at += DIGITS_PER_GROUP)
    groups.push(Number(digits.slice(at, at + DIGITS_PER_GROUP)));
  let weight = wholePadded.length / DIGITS_PER_GROUP - 1;
  while (groups[0] === 0) {
    groups.shift();
    weight -= 1;
  }
  while (groups.at(-1) === 0) groups.pop();
  const negative = match[1] === '-' && groups.length > 0;
  return numericBytes(
    groups,
    groups.length === 0 ? 0 : weight,
    negative ? SIGN.negative : SIGN.positive,
    fraction.length,
  );
}

function specialSign(text: string): number | null {
  if (text === 'nan') return SIGN.nan;
  if (text === 'infinity' || text === 'inf') return SIGN.infinity;
  if (text === '-infinity' || text === '-inf') return SIGN.negativeInfinity;
  return null;
}

function numericBytes(groups: readonly number[], weight: number, sign: number, scale: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + groups.length * 2);
  bytes.writeUInt16BE(groups.length, 0);
  bytes.writeInt16BE(weight, 2);
  bytes.writeUInt16BE(sign, 4);
  bytes.writeUInt16BE(scale, 6);
  groups.forEach((group, index) => bytes.writeUInt16BE(group, HEADER_BYTES + index * 2));
  return bytes;
}
