/**
 * Proof that bytes for the caller went through masking, or were made by the
 * proxy itself. Exported from the kit as a type only; `maskFrames` and
 * `proxyMadeFrames` make it. The client channel and the recorder's output both
 * ask for it, so what is recorded is what was sent.
 */
export class MaskedFrames {
  readonly #chunks: readonly Uint8Array[];
  readonly byteLength: number;

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks;
    let total = 0;
    for (const chunk of chunks) total += chunk.length;
    this.byteLength = total;
  }

  static chunks(frames: MaskedFrames): readonly Uint8Array[] {
    return frames.#chunks;
  }
}

/**
 * A protocol's masking of one statement's answer. It gets bytes as the target
 * sent them and returns what the caller may see; it may keep bytes back until
 * it has seen enough to mask them.
 */
export interface FrameMasker {
  mask(bytes: Uint8Array): readonly Uint8Array[];
}

/** Masks bytes of an answer. The only way target data becomes sendable. */
export function maskFrames(masker: FrameMasker, bytes: Uint8Array): MaskedFrames {
  return new MaskedFrames(masker.mask(bytes));
}

/** Wraps messages that hold nothing of the target's data: refusals, notices, handshakes. */
export function proxyMadeFrames(...chunks: readonly Uint8Array[]): MaskedFrames {
  return new MaskedFrames(chunks);
}

/** Frames one after the other as one. */
export function joinFrames(frames: readonly MaskedFrames[]): MaskedFrames {
  const [first] = frames;
  return frames.length === 1 && first !== undefined
    ? first
    : new MaskedFrames(frames.flatMap((each) => [...MaskedFrames.chunks(each)]));
}
