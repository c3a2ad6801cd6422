import { readFileSync } from 'node:fs';

/** Capabilities (capabilities(7)) that open every directory, the one that allows least first, with their numbers. */
const READING = [
  ['dac_read_search', 2],
  // Containers often lack the first: Docker gives root this one.
  ['dac_override', 1],
] as const;

export type ReadingCapability = (typeof READING)[number][0];

/** The capability that this process can hand to a program that has to read below closed directories; undefined: none. */
export function readingCapability(
  status: string = readFileSync('/proc/self/status', 'utf8'),
): ReadingCapability | undefined {
  const usable = maskOf(status, 'CapPrm') & maskOf(status, 'CapBnd');
  return READING.find(([, bit]) => (usable & (1n << BigInt(bit))) !== 0n)?.[0];
}

function maskOf(status: string, name: string): bigint {
  return BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
}
