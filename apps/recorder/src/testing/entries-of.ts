import { fromBinary } from '@bufbuild/protobuf';
import { IndexEntriesSchema, type IndexEntry } from '@sallyport/contracts/dataplane';
import { inflateRawSync } from 'node:zlib';
import type { IndexStretchInit } from '../stretch-builder.ts';

/** The entries of a stretch, as the control plane reads them. */
export function entriesOf({ sessionId = '', entries }: IndexStretchInit): IndexEntry[] {
  return fromBinary(IndexEntriesSchema, inflateRawSync(entries ?? new Uint8Array())).entries.map((entry) => ({
    ...entry,
    sessionId,
  }));
}
