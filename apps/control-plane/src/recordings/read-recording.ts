import { open } from 'node:fs/promises';
import { recordingPath } from '@sallyport/recording-format';
import { errorCode } from '../error-code.ts';

const CHUNK_BYTES = 256 * 1024;

/** The bytes of a session's recording as stored; undefined if there is none in this directory. */
export async function readRecording(
  directory: string,
  sessionId: string,
): Promise<AsyncGenerator<Uint8Array> | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(recordingPath(directory, sessionId), 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  return chunksOf(file);
}

async function* chunksOf(file: Awaited<ReturnType<typeof open>>): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(CHUNK_BYTES) });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
