import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import type { IndexEntrySchema } from '@sallyport/contracts/dataplane';
import { EventSchema, type StatementDecided, type StatementFinished } from '@sallyport/contracts/event';
import { BODY_FIELD, readEnvelope, readFramesFrom } from '@sallyport/recording-format';
import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';

export type IndexEntryInit = MessageInitShape<typeof IndexEntrySchema>;

/** Entries found in a stretch of a recording. */
export interface FoundEntries {
  readonly entries: readonly IndexEntryInit[];
  /** Bytes of the file up to which they were found: where to go on. */
  readonly end: number;
  /** About how large the entries are, bytes. */
  readonly bytes: number;
  /** Where the file could not be read further, if it could not. */
  readonly damagedAt: number | undefined;
}

/** Reads what is searchable from the events between two offsets of a recording, until `maxBytes` were found. */
export async function readIndexEntries(
  path: string,
  start: number,
  size: number,
  maxBytes: number,
): Promise<FoundEntries> {
  const entries: IndexEntryInit[] = [];
  let bytes = 0;
  let end = start;
  const stream = createReadStream(path, { start, end: size - 1, highWaterMark: 1024 * 1024 });
  for await (const item of readFramesFrom(chunksOf(stream), start, crc32)) {
    if (item.type !== 'frame') return { entries, end: size, bytes, damagedAt: item.offset };
    // Never beyond a seal: a seal as broken may be taken off again.
    if (item.kind === 'seal') break;
    const entry = entryOf(item.payload);
    if (entry !== undefined) {
      entries.push(entry);
      bytes += item.payload.length;
    }
    end = item.end;
    if (bytes >= maxBytes) break;
  }
  return { entries, end, bytes, damagedAt: undefined };
}

async function* chunksOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
}

function entryOf(bytes: Uint8Array): IndexEntryInit | undefined {
  const envelope = readEnvelope(bytes);
  if (
    envelope?.bodyField !== BODY_FIELD.statementDecided &&
    envelope?.bodyField !== BODY_FIELD.statementFinished
  )
    return undefined;
  const { body } = fromBinary(EventSchema, bytes);
  const at = {
    sessionId: envelope.sessionId,
    sequence: BigInt(envelope.sequence),
    timeUnixUs: BigInt(envelope.timeUnixUs),
  };
  if (body.case === 'statementDecided')
    return { ...at, entry: { case: 'statement', value: indexedStatement(body.value) } };
  return body.case === 'statementFinished'
    ? { ...at, entry: { case: 'finish', value: indexedFinish(body.value) } }
    : undefined;
}

function indexedStatement({ statement, decision }: StatementDecided) {
  return {
    statementId: statement?.id ?? '',
    kind: statement?.kind ?? '',
    text: statement?.text ?? '',
    effects: statement?.effects ?? [],
    outcome: decision?.outcome ?? 0,
    code: decision?.code ?? '',
    rules: decision?.rules ?? [],
  };
}

function indexedFinish({ statementId, outcome, status, rows, bytes, durationUs }: StatementFinished) {
  return { statementId, outcome, status, rows, bytes, durationUs };
}
