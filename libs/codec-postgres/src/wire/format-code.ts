import { protocolViolation } from './protocol-violation.ts';

/** How a value is written on the wire. */
export type FormatCode = 'text' | 'binary';

/** @throws AccessError protocol_violation for a code that is neither */
export function formatFromCode(code: number): FormatCode {
  if (code === 0) return 'text';
  if (code === 1) return 'binary';
  throw protocolViolation('A format code is neither text nor binary.');
}

export function formatToCode(format: FormatCode): number {
  return format === 'text' ? 0 : 1;
}

/**
 * The format of one of many values under the protocol's short forms: no code
 * means text for all, one code is for all, else one for each.
 */
export function formatAt(formats: readonly FormatCode[], index: number): FormatCode {
  const format = formats.length === 1 ? formats[0] : formats[index];
  return format ?? 'text';
}
