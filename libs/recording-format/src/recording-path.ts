import { crc32 } from './crc32.ts';
import { isSessionId } from './session-id.ts';

/**
 * Where the recording of a session is, inside `directory`: one of 256 folders,
 * chosen by the session id alone, so that every part that knows the id finds it.
 * @throws RangeError when `sessionId` is not a session id; it never leaves `directory`.
 */
export function recordingPath(directory: string, sessionId: string): string {
  if (!isSessionId(sessionId)) throw new RangeError('not a session id');
  const shard = crc32(new TextEncoder().encode(sessionId)) & 0xff;
  return `${directory}/${shard.toString(16).padStart(2, '0')}/${sessionId}.rec`;
}
