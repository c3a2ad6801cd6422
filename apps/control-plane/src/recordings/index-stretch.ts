import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Outcome } from '@sallyport/contracts/access';
import {
  IndexEntriesSchema,
  IndexStretchSchema,
  type IndexEntry,
  type IndexStretch,
} from '@sallyport/contracts/dataplane';

/** Between two statements' texts. */
export const TEXT_SEPARATOR = '\u001e';

/** No stretch is larger unpacked; guards against one that was made to be. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** A stretch that holds `entries`: of one session, at least one, in order. */
export function encodeStretch(sessionId: string, entries: readonly IndexEntry[]): IndexStretch {
  const statements = entries.flatMap(({ entry }) => (entry.case === 'statement' ? [entry.value] : []));
  const of = (outcome: Outcome): number => statements.filter((one) => one.outcome === outcome).length;
  const list = create(IndexEntriesSchema, { entries: entries.map((entry) => ({ ...entry, sessionId: '' })) });
  return create(IndexStretchSchema, {
    sessionId,
    firstSequence: entries[0]?.sequence ?? 0n,
    lastSequence: entries.at(-1)?.sequence ?? 0n,
    statements: statements.length,
    denied: of(Outcome.DENY),
    held: of(Outcome.HOLD),
    text: statements.map(({ text }) => searchable(text)).join(TEXT_SEPARATOR),
    entries: deflateRawSync(toBinary(IndexEntriesSchema, list), { level: 1 }),
  });
}

/** @throws Error when `packed` is not what a stretch's entries are. */
export function decodeEntries(sessionId: string, packed: Uint8Array): readonly IndexEntry[] {
  const bytes = inflateRawSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  return fromBinary(IndexEntriesSchema, bytes).entries.map((entry) => ({ ...entry, sessionId }));
}

/** PostgreSQL has no NUL in text, and the separator is no part of a text. */
function searchable(text: string): string {
  return text.replaceAll('\0', ' ').replaceAll(TEXT_SEPARATOR, ' ');
}
