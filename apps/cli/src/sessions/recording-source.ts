import { existsSync } from 'node:fs';
import { readRecordingFile } from '@sallyport/recording-format';
import { CliError, reasonOf } from '../cli-error.ts';
import { toCliError, type AdminApi } from '../client.ts';
import type { Invocation } from '../invocation.ts';

/** A recording to read: a file on this machine, or one that the control plane hands out. */
export type RecordingSource =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: AsyncIterable<Uint8Array> }
  | {
      readonly kind: 'session';
      readonly sessionId: string;
      readonly api: AdminApi;
      readonly bytes: AsyncIterable<Uint8Array>;
    };

/** What an argument means: a file if one is there or it is written like one, else a session. */
export async function openRecording(invocation: Invocation, argument: string): Promise<RecordingSource> {
  if (existsSync(argument)) return { kind: 'file', path: argument, bytes: readFile(argument) };
  if (/[/\\.]/.test(argument)) throw new CliError('notFound', `There is no file ${argument}.`);
  const api = await invocation.connect();
  return {
    kind: 'session',
    sessionId: argument,
    api,
    bytes: streamRecording(api, argument, invocation.world.interrupted),
  };
}

async function* readFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* readRecordingFile(path);
  } catch (error) {
    throw new CliError('failed', `${path} cannot be read.`, { reason: reasonOf(error) });
  }
}

/** The recording's bytes as they are stored. No deadline: a long one takes as long as it takes. */
export async function* streamRecording(
  api: AdminApi,
  sessionId: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const { data } of api.sessions.readRecording({ sessionId }, { signal, timeoutMs: 0 }))
      yield data;
  } catch (error) {
    throw toCliError(api.url, error);
  }
}
