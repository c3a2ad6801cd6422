import { createHash } from 'node:crypto';
import type { Invocation } from '../invocation.ts';

/** Prints the recording key alone on standard output, so that it can go to a file. */
export async function printKey(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const api = await invocation.connect();
  const { publicKey } = await api.call(api.sessions.getRecordingKey({}));
  const key = Buffer.from(publicKey).toString('base64');
  const keyId = createHash('sha256').update(publicKey).digest('hex');
  await output.answer(
    () => ({ publicKey: key, keyId }),
    () => {
      output.line(key);
      output.say(`Its id is ${keyId}. Compare it with somebody who knows it.`);
    },
  );
}
