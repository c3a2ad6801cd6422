const UNIT_BYTES: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 1000n,
  M: 1000n ** 2n,
  G: 1000n ** 3n,
  T: 1000n ** 4n,
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
  Ti: 1024n ** 4n,
};
const SIZE = /^(\d{1,15})(k|M|G|T|Ki|Mi|Gi|Ti)?$/;

/** Reads "64Mi", "10k" or "1500" as bytes, as Kubernetes quantities are written; undefined where it is none. */
export function parseSize(text: string): bigint | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const bytes = BigInt(match[1] ?? '0') * (UNIT_BYTES[match[2] ?? ''] ?? 1n);
  return bytes < 2n ** 63n ? bytes : undefined;
}
