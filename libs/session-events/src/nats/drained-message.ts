import type { DrainedSession } from '../publisher/event-sink.ts';

/** Payload of a message on a drained subject: JSON `{"lastSequence": N}`. */
export function encodeDrained(session: DrainedSession): Uint8Array {
  return Buffer.from(JSON.stringify({ lastSequence: session.lastSequence }));
}

/** The last sequence that was accepted; undefined when the payload does not say. */
export function decodeDrained(payload: Uint8Array): number | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('lastSequence' in value)) return undefined;
  const { lastSequence } = value;
  return typeof lastSequence === 'number' && Number.isSafeInteger(lastSequence) && lastSequence >= 0
    ? lastSequence
    : undefined;
}
