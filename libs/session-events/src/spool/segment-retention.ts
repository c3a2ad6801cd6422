import { join } from 'node:path';
import { segmentName } from './segment.ts';
import type { SpoolFiles } from './spool-files.ts';
import type { SpoolWriter } from './spool-writer.ts';

export interface RetentionOptions {
  readonly maxBytes: number;
  readonly retainAckedMs: number;
  readonly monotonicClock: () => number;
}

/**
 * Deletes segments, the oldest first, and only those that JetStream has: after
 * they were kept for a while, or at once where room is needed. The newest stays:
 * it knows which sessions are open.
 */
export class SegmentRetention {
  readonly #files: SpoolFiles;
  readonly #directory: string;
  readonly #writer: SpoolWriter;
  readonly #options: RetentionOptions;
  /** When each segment, by its first position, was first seen acknowledged. */
  readonly #ackedAtMs = new Map<number, number>();

  constructor(files: SpoolFiles, directory: string, writer: SpoolWriter, options: RetentionOptions) {
    this.#files = files;
    this.#directory = directory;
    this.#writer = writer;
    this.#options = options;
  }

  /** Bytes in the directory. */
  totalBytes(): number {
    const oldest = this.#writer.segments[0];
    return oldest === undefined ? 0 : this.#writer.position - oldest;
  }

  /** Whether `bytes` more may be written, deleting what may be deleted if that helps. */
  makeRoom(bytes: number, acked: number): boolean {
    if (this.#fits(bytes)) return true;
    this.trim(acked, bytes);
    return this.#fits(bytes);
  }

  /** Deletes what was kept long enough, and more while `needBytes` do not fit. */
  trim(acked: number, needBytes = 0): void {
    const now = this.#options.monotonicClock();
    const [first, ...rest] = this.#writer.segments;
    let base = first;
    for (const end of rest) {
      if (base !== undefined) this.#note(base, end <= acked, now);
      base = end;
    }
    for (const oldest of this.#writer.segments.slice(0, -1)) {
      const ackedAt = this.#ackedAtMs.get(oldest);
      if (ackedAt === undefined) return;
      if (this.#fits(needBytes) && now - ackedAt < this.#options.retainAckedMs) return;
      this.#files.remove(join(this.#directory, segmentName(oldest)));
      this.#writer.forget(oldest);
      this.#ackedAtMs.delete(oldest);
    }
  }

  #note(base: number, acked: boolean, now: number): void {
    if (!acked) this.#ackedAtMs.delete(base);
    else if (!this.#ackedAtMs.has(base)) this.#ackedAtMs.set(base, now);
  }

  #fits(bytes: number): boolean {
    return this.totalBytes() + bytes <= this.#options.maxBytes;
  }
}
