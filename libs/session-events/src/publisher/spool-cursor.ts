import { linkSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments, segmentName } from '../spool/segment.ts';
import { SegmentReader } from '../spool/segment-reader.ts';

/** A part of the spool that can no longer be read. The file is kept as `BASE.seg.damaged`. */
export interface SpoolDamage {
  readonly base: number;
  readonly position: number;
  readonly bytes: number;
}

/** Reads the spool forward, over its segments, while it is written to. */
export class SpoolCursor {
  readonly #directory: string;
  readonly #maxEventBytes: number;
  readonly #onDamage: (damage: SpoolDamage) => void;
  #position: number;
  #reader: SegmentReader | undefined;

  constructor(
    directory: string,
    maxEventBytes: number,
    position: number,
    onDamage: (damage: SpoolDamage) => void,
  ) {
    this.#directory = directory;
    this.#maxEventBytes = maxEventBytes;
    this.#position = position;
    this.#onDamage = onDamage;
  }

  get position(): number {
    return this.#position;
  }

  /** Goes to `position`, the end of a record or of a segment, or the oldest record that is left behind it. */
  seek(position: number): void {
    this.close();
    this.#position = position;
  }

  /** The first position that is still there. */
  oldest(): number {
    return listSegments(this.#directory)[0] ?? this.#position;
  }

  /** Hands out about `maxBytes` of records that lie before `written`; at least one if there is any. */
  read(written: number, maxBytes: number, take: (record: Uint8Array, event: Uint8Array) => void): void {
    let left = maxBytes;
    while (left > 0 && this.#position < written) {
      const start = this.#position;
      if (!this.#readSegment(written, left, take)) return;
      left -= this.#position - start;
    }
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  /** Reads on in the segment that holds the position; false when there is nothing to go on with. */
  #readSegment(
    written: number,
    maxBytes: number,
    take: (record: Uint8Array, event: Uint8Array) => void,
  ): boolean {
    const segments = listSegments(this.#directory);
    const base = segments.findLast((first) => first <= this.#position) ?? segments[0];
    if (base === undefined) return false;
    const next = segments.find((first) => first > base);
    const reader = this.#open(base);
    this.#position = Math.max(this.#position, base);
    const header = this.#position === base ? reader.readHeader() : undefined;
    if (header === 'incomplete' || header === 'damaged') return this.#skip(base, next ?? written);
    if (header !== undefined) this.#position += header.end;
    const limit = Math.min(written, next ?? written);
    const run = reader.readRecords(this.#position - base, limit - base, maxBytes, take);
    this.#position = base + run.end;
    if (run.stopped === 'end' || run.stopped === 'more') return true;
    // The list of segments may be older than the last record: look again before calling it damage.
    if (listSegments(this.#directory).find((first) => first > base) !== next) return true;
    return this.#skip(base, limit);
  }

  #open(base: number): SegmentReader {
    if (this.#reader?.base === base) return this.#reader;
    this.close();
    this.#reader = new SegmentReader(this.#directory, base, this.#maxEventBytes);
    return this.#reader;
  }

  #skip(base: number, to: number): boolean {
    const damage = { base, position: this.#position, bytes: to - this.#position };
    keep(join(this.#directory, segmentName(base)));
    this.#position = to;
    this.#onDamage(damage);
    return true;
  }
}

function keep(path: string): void {
  try {
    linkSync(path, `${path}.damaged`);
  } catch (error) {
    const exists = typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
    if (!exists) throw error;
  }
}
