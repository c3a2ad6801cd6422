import { join } from 'node:path';
import { GroupSync } from './group-sync.ts';
import { encodeSegmentHeader, segmentName, type OpenSessions } from './segment.ts';
import { writeAll, type SpoolFiles } from './spool-files.ts';

/** A file being written to. */
interface CurrentSegment {
  readonly fd: number;
  readonly base: number;
  /** Bytes in it. */
  length: number;
  /** Holds its header only; beginning another would not make more room. */
  empty: boolean;
  /** False once a write could not be undone or a sync failed: nothing may be added to it. */
  usable: boolean;
}

/**
 * Appends bytes to the newest segment, and begins another when it is full.
 *
 * Invariant: every byte before `position` was written whole. A write that
 * failed leaves `position` where it was and cuts off what it left behind; if
 * even that fails, the next write begins another segment at `position`.
 */
export class SpoolWriter {
  readonly #files: SpoolFiles;
  readonly #directory: string;
  readonly #segmentBytes: number;
  readonly #sync: GroupSync;
  readonly #segments: number[];
  #position: number;
  #current: CurrentSegment | undefined;

  constructor(
    files: SpoolFiles,
    directory: string,
    segmentBytes: number,
    segments: readonly number[],
    end: number,
  ) {
    this.#files = files;
    this.#directory = directory;
    this.#segmentBytes = segmentBytes;
    this.#segments = [...segments];
    this.#position = end;
    this.#sync = new GroupSync(files, directory, (fd) => {
      if (this.#current?.fd === fd) this.#current.usable = false;
    });
  }

  /** Just after the last record written. */
  get position(): number {
    return this.#position;
  }

  /** First positions of all segments, oldest first. */
  get segments(): readonly number[] {
    return this.#segments;
  }

  /**
   * Writes all of `parts` (`total` bytes) or nothing.
   * @throws Error of the system call; the spool stands where it stood.
   */
  write(parts: readonly Uint8Array[], total: number, open: OpenSessions): void {
    const segment = this.#segmentFor(total, open);
    try {
      writeAll(this.#files, segment.fd, parts, total, segment.length);
    } catch (error) {
      this.#cutBack(segment);
      throw error;
    }
    segment.length += total;
    segment.empty = false;
    this.#position += total;
  }

  /** Calls back when everything written up to now is on the disk. */
  sync(done: (error?: Error) => void): void {
    this.#sync.request(done);
  }

  /** The segment that begins at `base` was deleted. */
  forget(base: number): void {
    const index = this.#segments.indexOf(base);
    if (index >= 0) this.#segments.splice(index, 1);
  }

  /** Closes the newest file; call after the last sync. */
  close(): void {
    if (this.#current !== undefined) this.#files.close(this.#current.fd);
    this.#current = undefined;
  }

  #segmentFor(total: number, open: OpenSessions): CurrentSegment {
    const current = this.#current;
    if (current?.usable === true && (current.empty || current.length + total <= this.#segmentBytes))
      return current;
    const begun = this.#begin(open);
    this.#segments.push(begun.base);
    this.#position += begun.length;
    this.#current = begun;
    this.#sync.switchTo(begun.fd);
    return begun;
  }

  #begin(open: OpenSessions): CurrentSegment {
    const header = encodeSegmentHeader(open);
    const path = join(this.#directory, segmentName(this.#position));
    const fd = this.#files.create(path);
    try {
      writeAll(this.#files, fd, [header], header.length, 0);
    } catch (error) {
      this.#files.close(fd);
      this.#files.remove(path);
      throw error;
    }
    return { fd, base: this.#position, length: header.length, empty: true, usable: true };
  }

  #cutBack(segment: CurrentSegment): void {
    try {
      this.#files.truncate(segment.fd, segment.length);
    } catch {
      segment.usable = false;
    }
  }
}
