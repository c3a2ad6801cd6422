import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listSegments } from '../spool/segment.ts';
import { SegmentReader } from '../spool/segment-reader.ts';

/** A directory that is deleted at the end of its scope. */
export function temporaryDirectory(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-spool-'));
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Every event in the segments of `directory`, in order; fails on anything between them that is not a record. */
export function readSpool(directory: string): Buffer[] {
  const events: Buffer[] = [];
  const bases = listSegments(directory);
  bases.forEach((base, index) => {
    const reader = new SegmentReader(directory, base, 1024 * 1024);
    const header = reader.readHeader();
    if (typeof header === 'string') throw new Error(`segment ${base}: header ${header}`);
    const next = bases[index + 1];
    const limit = next === undefined ? reader.size() : next - base;
    const run = reader.readRecords(header.end, limit, Infinity, (_record, event) =>
      events.push(Buffer.from(event)),
    );
    reader.close();
    if (run.stopped !== 'end') throw new Error(`segment ${base}: ${run.stopped} at ${run.end}`);
  });
  return events;
}
