import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Seconds that one `ssh` took, from its fork to its end. @throws Error with what it said when it fails */
export async function timeSsh(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await ended(child);
  return (performance.now() - started) / 1000;
}

/**
 * Seconds from the first byte on standard error, which the command writes when
 * it begins, to the end of `ssh`; its standard output goes to /dev/null.
 */
export async function timeSshFromStart(args: readonly string[]): Promise<number> {
  const child = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let started = 0;
  child.stderr.once('data', () => (started = performance.now()));
  await ended(child);
  if (started === 0) throw new Error('the command did not say that it began');
  return (performance.now() - started) / 1000;
}

/** Waits for the end of an `ssh`. @throws Error with its standard error unless it ends with 0 */
export async function ended(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  await once(child, 'close');
  if (child.exitCode !== 0)
    throw new Error(`ssh ended with ${child.exitCode ?? child.signalCode ?? 'nothing'}: ${said.trim()}`);
}
