import { open, rm } from 'node:fs/promises';
import { CliError, reasonOf, systemCode } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { streamRecording } from './recording-source.ts';

/** Saves a recording, byte for byte, readable by its owner only. Leaves nothing behind where it fails. */
export async function downloadRecording(invocation: Invocation): Promise<void> {
  const { output, world } = invocation;
  const sessionId = invocation.argument(0);
  const file = invocation.argument(1);
  const api = await invocation.connect();
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    if (systemCode(error) === 'EEXIST') throw new CliError('usage', `${file} exists already.`);
    throw new CliError('failed', `${file} cannot be written.`, { reason: reasonOf(error) });
  });
  let bytes = 0;
  try {
    for await (const chunk of streamRecording(api, sessionId, world.interrupted)) {
      await handle.write(chunk);
      bytes += chunk.length;
    }
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await output.answer(
    () => ({ sessionId, file, bytes }),
    () => output.line(`Saved ${bytes} bytes in ${file}. Verify it with: sallyport verify ${file}`),
  );
}
