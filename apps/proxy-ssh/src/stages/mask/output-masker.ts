import type { FrameMasker } from '@sallyport/proxy-kit';

/** Masks one stream of a program's output. What it keeps back comes out at the stream's end. */
export interface StreamMasker extends FrameMasker {
  flush(): readonly Uint8Array[];
}

/** For output that nothing is masked in. */
export const passMasker: StreamMasker = {
  mask: (bytes) => [bytes],
  flush: () => [],
};
