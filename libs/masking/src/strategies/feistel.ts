import type { KeyedHash } from '../keyed/keyed-hash.ts';

const ROUNDS = 10;
const FIXED_POINT_TRIES = 4;

/**
 * A keyed permutation of all sequences `values` with `values[i] < radices[i]`:
 * an alternating Feistel network of ten rounds over the two halves, as FF1 of
 * NIST SP 800-38G, with HMAC-SHA-256 as the round function and a mixed radix.
 * `form` is the tweak. The result never equals `values` unless only one
 * sequence exists.
 */
export function permute(
  values: readonly number[],
  radices: readonly number[],
  hash: KeyedHash,
  form: string,
): readonly number[] {
  for (let attempt = 0; attempt < FIXED_POINT_TRIES; attempt += 1) {
    const result = permuteOnce(values, radices, hash, `${form}.${String(attempt)}`);
    if (result.some((value, i) => value !== values[i])) return result;
  }
  // All tries left it as it is, which takes a tiny domain: the next value is as good as any.
  return values.map((value, i) => (i === 0 ? (value + 1) % (radices[0] ?? 1) : value));
}

function permuteOnce(
  values: readonly number[],
  radices: readonly number[],
  hash: KeyedHash,
  tweak: string,
): readonly number[] {
  const middle = Math.ceil(values.length / 2);
  const leftRadices = radices.slice(0, middle);
  const rightRadices = radices.slice(middle);
  const leftSize = size(leftRadices);
  const rightSize = size(rightRadices);
  let left = toNumber(values.slice(0, middle), leftRadices);
  let right = toNumber(values.slice(middle), rightRadices);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round % 2 === 0) left = (left + roundValue(hash, tweak, round, right)) % leftSize;
    else right = (right + roundValue(hash, tweak, round, left)) % rightSize;
  }
  return [...toValues(left, leftRadices), ...toValues(right, rightRadices)];
}

/** 128 bits more than the largest half has (20 letters: 94 bits), so that the remainder shows no bias. */
function roundValue(hash: KeyedHash, tweak: string, round: number, half: bigint): bigint {
  const digest = hash.digestText(`feistel.${String(round)}`, `${tweak}\u0000${half.toString(36)}`);
  const view = new DataView(digest.buffer);
  let value = 0n;
  for (let i = 0; i < 28; i += 4) value = (value << 32n) | BigInt(view.getUint32(i));
  return value;
}

function size(radices: readonly number[]): bigint {
  return radices.reduce((product, radix) => product * BigInt(radix), 1n);
}

function toNumber(values: readonly number[], radices: readonly number[]): bigint {
  return values.reduce((number, value, i) => number * BigInt(radices[i] ?? 1) + BigInt(value), 0n);
}

function toValues(number: bigint, radices: readonly number[]): number[] {
  let rest = number;
  return radices
    .toReversed()
    .map((radix) => {
      const value = Number(rest % BigInt(radix));
      rest /= BigInt(radix);
      return value;
    })
    .toReversed();
}
