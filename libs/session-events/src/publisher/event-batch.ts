import { readRecord } from '../spool/spool-record.ts';

/** A batch whose bytes are not whole records. */
export class DamagedBatchError extends Error {
  override readonly name = 'DamagedBatchError';
}

/** The events in a message's payload, in order: records, as they lie in the spool, one after the other. */
export function decodeBatch(payload: Uint8Array): Uint8Array[] {
  const events: Uint8Array[] = [];
  for (let at = 0; at < payload.length;) {
    const record = readRecord(payload, at, payload.length);
    if (record === 'incomplete' || record === 'damaged')
      throw new DamagedBatchError(`no record at byte ${at}`);
    events.push(record.event);
    at = record.end;
  }
  return events;
}
