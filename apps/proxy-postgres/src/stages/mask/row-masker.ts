import { rewriteRows, type RowPlan } from '@sallyport/codec-postgres';
import type { FrameMasker } from '@sallyport/proxy-kit';

/** Masks whole DataRow messages by a plan; see `rewriteRows`. The bytes given are written over. */
export function rowMasker(plan: RowPlan): FrameMasker {
  return {
    mask(bytes) {
      const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const { source: out, start, end } = rewriteRows({ source, start: 0, end: source.length }, plan);
      return [out.subarray(start, end)];
    },
  };
}
