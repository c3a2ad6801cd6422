import { maskFrames, type MaskedFrames } from '@sallyport/proxy-kit';
import type { StreamMasker } from './output-masker.ts';

const NOTHING = new Uint8Array();

/** Has what a masker keeps back go on in time, when nothing more comes. */
export class HeldOutput {
  readonly #masker: StreamMasker;
  readonly #onDue: (frames: MaskedFrames) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(masker: StreamMasker, onDue: (frames: MaskedFrames) => void) {
    this.#masker = masker;
    this.#onDue = onDue;
  }

  /** To be called after everything that the masker gets: it waits from then on. */
  wait(): void {
    this.stop();
    const { waitMs } = this.#masker;
    if (waitMs === null) return;
    this.#timer = setTimeout(() => {
      const frames = maskFrames({ mask: () => this.#masker.due() }, NOTHING);
      if (frames.byteLength > 0) this.#onDue(frames);
      this.wait();
    }, waitMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
