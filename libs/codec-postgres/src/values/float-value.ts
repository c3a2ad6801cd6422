import { Buffer } from 'node:buffer';

const FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** Digits that a float4 needs at most to be read back exactly. */
const FLOAT4_DIGITS = 9;

/** float4 and float8, written with the fewest digits that read back exactly, as PostgreSQL writes them. */
export function decodeFloat(bytes: Buffer, size: 4 | 8): string | null {
  if (bytes.length !== size) return null;
  const value = size === 4 ? bytes.readFloatBE(0) : bytes.readDoubleBE(0);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return layOut(size === 4 ? shortestFloat4(value) : value.toExponential(), size === 4 ? 6 : 15);
}

export function encodeFloat(text: string, size: 4 | 8): Buffer | null {
  const value = parseFloatText(text.trim());
  if (value === null) return null;
  const bytes = Buffer.alloc(size);
  if (size === 8) bytes.writeDoubleBE(value);
  else bytes.writeFloatBE(value);
  const overflown = Number.isFinite(value) && size === 4 && !Number.isFinite(Math.fround(value));
  return overflown ? null : bytes;
}

function parseFloatText(text: string): number | null {
  if (FLOAT.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'infinity':
    case '+infinity':
    case 'inf':
    case '+inf':
      return Number.POSITIVE_INFINITY;
    case '-infinity':
    case '-inf':
      return Number.NEGATIVE_INFINITY;
    default:
      return null;
  }
}

function shortestFloat4(value: number): string {
  for (let digits = 0; digits < FLOAT4_DIGITS; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential();
}

/** Digits and exponent as float4out and float8out lay them out: fixed from 1e-4 up to 10^`fixedBelow`. */
function layOut(exponential: string, fixedBelow: number): string {
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] =
    /^(-?)([0-9])(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(exponential) ?? [];
  const exponent = Number(exponentText);
  const digits = whole + fraction;
  if (exponent < -4 || exponent >= fixedBelow) {
    const size = Math.abs(exponent).toString().padStart(2, '0');
    return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 1, '0');
  const rest = padded.slice(exponent + 1);
  return `${sign}${padded.slice(0, exponent + 1)}${rest === '' ? '' : `.${rest}`}`;
}
