import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { readSegmentHeader, segmentName, type SegmentHeader } from './segment.ts';
import { RECORD_HEADER_BYTES, readRecord } from './spool-record.ts';

const CHUNK_BYTES = 1024 * 1024;

/** What reading a run of records came to. */
export interface RecordRun {
  /** Offset in the segment just after the last complete record read. */
  readonly end: number;
  /** `more`: stopped by `maxBytes`. `end`: everything up to `limit` was read. Else why the next record could not be. */
  readonly stopped: 'more' | 'end' | 'incomplete' | 'damaged';
}

/** Reads one segment file. Events handed out are views into a buffer that the next read overwrites. */
export class SegmentReader {
  readonly base: number;
  readonly #fd: number;
  readonly #maxEventBytes: number;
  /** Any record fits into one chunk. */
  readonly #chunkBytes: number;
  #buffer: Buffer = Buffer.alloc(0);

  /** @throws Error with code ENOENT when the segment is gone. */
  constructor(directory: string, base: number, maxEventBytes: number) {
    this.base = base;
    this.#maxEventBytes = maxEventBytes;
    this.#chunkBytes = Math.max(CHUNK_BYTES, maxEventBytes + RECORD_HEADER_BYTES);
    this.#fd = openSync(join(directory, segmentName(base)), 'r');
  }

  /** Bytes in the file. */
  size(): number {
    return fstatSync(this.#fd).size;
  }

  readHeader(): SegmentHeader | 'incomplete' | 'damaged' {
    for (let wanted = 64 * 1024; ; wanted *= 4) {
      const bytes = this.#read(0, wanted);
      const header = readSegmentHeader(bytes);
      if (header !== 'incomplete' || bytes.length < wanted) return header;
    }
  }

  /**
   * Calls `take` for each record from `offset` on, until `maxBytes` were read
   * or `limit` is reached. One record longer than `maxBytes` is still read.
   */
  readRecords(
    offset: number,
    limit: number,
    maxBytes: number,
    take: (event: Uint8Array, end: number) => void,
  ): RecordRun {
    let end = offset;
    while (end < limit) {
      if (end - offset >= maxBytes) return { end, stopped: 'more' };
      const bytes = this.#read(end, Math.min(limit - end, this.#chunkBytes));
      const chunk = end;
      let record: ReturnType<typeof readRecord> = 'incomplete';
      while (end - chunk < bytes.length) {
        record = readRecord(bytes, end - chunk, this.#maxEventBytes);
        if (record === 'incomplete' || record === 'damaged') break;
        end = chunk + record.end;
        take(record.event, end);
      }
      if (record === 'damaged') return { end, stopped: 'damaged' };
      if (end === chunk) return { end, stopped: 'incomplete' };
    }
    return { end, stopped: 'end' };
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(offset: number, length: number): Buffer {
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const count = readSync(this.#fd, this.#buffer, read, length - read, offset + read);
      if (count === 0) break;
      read += count;
    }
    return this.#buffer.subarray(0, read);
  }
}
