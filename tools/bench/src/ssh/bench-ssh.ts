/** SSH: the real `ssh` straight at an OpenSSH server and through Sallyport, in turns. */
import { missingSshServer } from '@sallyport/testing';
import type { Figure } from '../figures.ts';
import type { BenchContext } from '../main.ts';
import { bulkFigures, measureBulk, type Cipher } from './bulk-case.ts';
import { startHost, writeBulkFile } from './host.ts';
import { latencyFigures, measureEcho, measureSetup } from './latency-cases.ts';
import { measureSessions } from './sessions-case.ts';
import type { SshSubject } from './ssh-subject.ts';
import { direct } from './subjects/direct.ts';
import { startSallyport } from './subjects/sallyport.ts';

const EFFORT = {
  quick: { rounds: 3, bulkMebibytes: 64, echoes: 200, logins: 4 },
  full: { rounds: 7, bulkMebibytes: 512, echoes: 1000, logins: 10 },
} as const;
const CIPHERS_IN_TURN: readonly Cipher[] = ['aesgcm', 'chacha20'];

export async function benchSsh({ options, say, signal }: BenchContext): Promise<readonly Figure[]> {
  const missing = missingSshServer();
  if (missing !== undefined) {
    say(`without SSH: ${missing}`);
    return [];
  }
  const { rounds, bulkMebibytes, echoes, logins } = options.quick ? EFFORT.quick : EFFORT.full;
  await using resources = new AsyncDisposableStack();
  const host = resources.use(await startHost());
  const file = writeBulkFile(host.directory, bulkMebibytes);
  const subjects: SshSubject[] = [direct(host)];
  if (options.subjects.length === 0 || options.subjects.includes('sallyport')) {
    say('starting sallyport');
    subjects.push(resources.use(await startSallyport(host)));
  }
  const figures: Figure[] = [];
  const add = (measured: readonly Figure[]): void => {
    figures.push(...measured);
    for (const { key, spread } of measured) say(`  ${key} ${spread.median.toFixed(3)}`);
  };
  say('measuring set-up');
  await measureSetup(subjects, 1, 1, signal);
  add(latencyFigures('ssh.setup.1', 'ms', await measureSetup(subjects, logins, rounds, signal)));
  say('measuring echo');
  add(latencyFigures('ssh.echo.1', 'us', await measureEcho(subjects, echoes, rounds, signal)));
  for (const cipher of CIPHERS_IN_TURN) {
    say(`measuring bulk, ${cipher}`);
    add(bulkFigures(cipher, await measureBulk(subjects, cipher, file, rounds, signal)));
  }
  for (const subject of subjects.filter(({ name }) => name === 'sallyport')) {
    say('measuring many sessions');
    add(await measureSessions(subject, signal));
  }
  return figures;
}
