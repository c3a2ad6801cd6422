/**
 * What each signature of a recording covers. Every message begins with its own
 * context string, so that a signature made for one purpose never passes for
 * another: a checkpoint cannot be passed off as a close of a cut-off session,
 * nor a session's certificate as a recorder's.
 */

const encoder = new TextEncoder();

function message(context: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const head = encoder.encode(`sallyport/${context}/v1\0`);
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, head.length));
  result.set(head);
  let at = head.length;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function position(previousHash: Uint8Array, sequence: number, timeUnixUs: number): Uint8Array {
  const result = new Uint8Array(previousHash.length + 16);
  result.set(previousHash);
  const view = new DataView(result.buffer);
  view.setBigUint64(previousHash.length, BigInt(sequence));
  view.setBigUint64(previousHash.length + 8, BigInt(timeUnixUs));
  return result;
}

/** Covers every event before the checkpoint, and the checkpoint's own sequence and time. */
export function checkpointMessage(
  previousHash: Uint8Array,
  sequence: number,
  timeUnixUs: number,
): Uint8Array {
  return message('checkpoint', position(previousHash, sequence, timeUnixUs));
}

/** Covers every event before the close, and the close's own sequence, time and reason. */
export function closeMessage(
  previousHash: Uint8Array,
  sequence: number,
  timeUnixUs: number,
  reason: string,
): Uint8Array {
  return message('close', position(previousHash, sequence, timeUnixUs), encoder.encode(reason));
}

/** Covers an encoded SessionCertificateBody. */
export function sessionCertificateMessage(body: Uint8Array): Uint8Array {
  return message('session-certificate', body);
}

/** Covers an encoded RecorderCertificateBody. */
export function recorderCertificateMessage(body: Uint8Array): Uint8Array {
  return message('recorder-certificate', body);
}

/** Covers an encoded SealBody. */
export function sealMessage(body: Uint8Array): Uint8Array {
  return message('seal', body);
}
