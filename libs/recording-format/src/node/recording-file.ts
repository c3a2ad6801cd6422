import { createReadStream } from 'node:fs';
import type { TrustedKeys } from '../certificates.ts';
import { verifyRecording, type VerifyOptions } from '../verify-recording.ts';
import type { VerifyReport } from '../verify-report.ts';
import { nodeCrypto } from './node-crypto.ts';

/** The bytes of a recording's file, as `verifyRecording` and `RecordingReader` take them. */
export async function* readRecordingFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (chunk instanceof Uint8Array) yield chunk;
  }
}

/** `verifyRecording` of a file, with Node's own cryptography: several times faster than with WebCrypto. */
export function verifyRecordingFile(
  path: string,
  trustedRecordingKey: TrustedKeys,
  options: Omit<VerifyOptions, 'crypto'> = {},
): Promise<VerifyReport> {
  return verifyRecording(readRecordingFile(path), trustedRecordingKey, { ...options, crypto: nodeCrypto });
}
