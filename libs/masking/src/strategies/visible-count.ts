import { DEFAULT_KEEP, type ColumnMask } from '../column-mask.ts';

/**
 * How many of `length` characters stay readable: what the mask keeps, but
 * never more than half, and nothing of a value that it would show whole.
 */
export function visibleCount(length: number, mask: ColumnMask): number {
  const keep = mask.keep === undefined || mask.keep <= 0 ? DEFAULT_KEEP : Math.floor(mask.keep);
  return length <= keep ? 0 : Math.min(keep, Math.floor(length / 2));
}
