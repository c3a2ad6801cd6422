import type { Buffer } from 'node:buffer';
import type { ByteSink } from './byte-sink.ts';

/** One of the three forms of a COPY stream (manual, "COPY", File Formats). Keeps its place in one stream. */
export interface CopyRows {
  /**
   * Where the row ends that begins at `start`, or null if it goes on behind
   * `end`. Called again with more bytes of the same row, it goes on where it
   * stopped, so that a row is read once however it is split.
   */
  findEnd(source: Buffer, start: number, end: number): number | null;
  /** Writes the whole row with its values replaced. @throws AccessError protocol_violation for one that is not as planned */
  rewrite(source: Buffer, start: number, end: number, sink: ByteSink): void;
  /** Whether the stream may end after the last row. */
  readonly mayEnd: boolean;
}
