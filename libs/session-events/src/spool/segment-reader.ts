import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { readSegmentHeader, segmentName, type SegmentHeader } from './segment.ts';
import { RECORD_HEADER_BYTES, readRecord, recordLength } from './spool-record.ts';

const CHUNK_BYTES = 1024 * 1024;

/** What reading a run of records came to. */
export interface RecordRun {
  /** Offset in the segment just after the last complete record read. */
  readonly end: number;
  /** `more`: stopped by `maxBytes`. `end`: everything up to `limit` was read. Else why the next record could not be. */
  readonly stopped: 'more' | 'end' | 'incomplete' | 'damaged';
}

/** Reads one segment file. What it hands out are views into fresh buffers: they stay valid. */
export class SegmentReader {
  readonly base: number;
  readonly #fd: number;
  readonly #maxEventBytes: number;

  /** @throws Error with code ENOENT when the segment is gone. */
  constructor(directory: string, base: number, maxEventBytes: number) {
    this.base = base;
    this.#maxEventBytes = maxEventBytes;
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
   * Calls `take` for each record (and its event) from `offset` on, until `maxBytes` were read
   * or `limit` is reached. One record longer than `maxBytes` is still read.
   */
  readRecords(
    offset: number,
    limit: number,
    maxBytes: number,
    take: (record: Uint8Array, event: Uint8Array) => void,
  ): RecordRun {
    let end = offset;
    while (end < limit) {
      if (end - offset >= maxBytes) return { end, stopped: 'more' };
      const bytes = this.#readChunk(end, limit);
      const chunk = end;
      let record: ReturnType<typeof readRecord> = 'incomplete';
      while (end - chunk < bytes.length) {
        record = readRecord(bytes, end - chunk, this.#maxEventBytes);
        if (record === 'incomplete' || record === 'damaged') break;
        take(bytes.subarray(end - chunk, record.end), record.event);
        end = chunk + record.end;
      }
      if (record === 'damaged') return { end, stopped: 'damaged' };
      if (end === chunk) return { end, stopped: 'incomplete' };
    }
    return { end, stopped: 'end' };
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Some records, or one that is longer than what is read at a time. */
  #readChunk(offset: number, limit: number): Buffer {
    const bytes = this.#read(offset, Math.min(limit - offset, CHUNK_BYTES));
    const wanted = recordLength(bytes);
    if (wanted === undefined || wanted <= bytes.length || wanted > this.#maxEventBytes + RECORD_HEADER_BYTES)
      return bytes;
    return this.#read(offset, Math.min(limit - offset, wanted));
  }

  #read(offset: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafeSlow(Math.min(length, Math.max(0, this.size() - offset)));
    let read = 0;
    while (read < buffer.length) {
      const count = readSync(this.#fd, buffer, read, buffer.length - read, offset + read);
      if (count === 0) break;
      read += count;
    }
    return buffer.subarray(0, read);
  }
}
