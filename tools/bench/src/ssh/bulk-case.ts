import { figure, type Figure } from '../figures.ts';
import { withCpuUse, type CpuUse } from '../measured.ts';
import { comparing, inRounds, type Rounds } from '../rounds.ts';
import { timeSshFromStart } from './ssh-process.ts';
import type { SshSubject } from './ssh-subject.ts';

/** By the names in the keys of figures, as `ssh -c` takes them. */
export const CIPHERS = {
  aesgcm: 'aes128-gcm@openssh.com',
  chacha20: 'chacha20-poly1305@openssh.com',
} as const;
export type Cipher = keyof typeof CIPHERS;

export interface BulkResult {
  readonly bytes: number;
  readonly seconds: number;
  readonly cpu: CpuUse;
}

export interface BulkFile {
  readonly path: string;
  readonly bytes: number;
}

const MEGABYTE = 1e6;
const GIGABYTE = 1e9;

/** `cat` of a file through exec to /dev/null, from its first moment to the end of ssh. */
export async function measureBulk(
  subjects: readonly SshSubject[],
  cipher: Cipher,
  file: BulkFile,
  rounds: number,
  signal: AbortSignal,
): Promise<Rounds<BulkResult>> {
  return inRounds(subjects, rounds, signal, async (subject) => {
    const args = ['-c', CIPHERS[cipher], ...(await subject.login()), `echo begins >&2; cat ${file.path}`];
    return withCpuUse(subject, async () => ({ bytes: file.bytes, seconds: await timeSshFromStart(args) }));
  });
}

export function bulkFigures(cipher: Cipher, rounds: Rounds<BulkResult>): Figure[] {
  const rate = ({ bytes, seconds }: BulkResult): number => bytes / MEGABYTE / seconds;
  const ratio = (one: BulkResult, other: BulkResult): number => rate(one) / rate(other);
  const dataPath = ({ cpu, bytes }: BulkResult): number => (cpu.dataPath * GIGABYTE) / bytes;
  const everything = ({ cpu, bytes }: BulkResult): number => (cpu.everything * GIGABYTE) / bytes;
  const values: (readonly [string, Figure['unit'], readonly number[]])[] = [
    ['direct_mb_s', 'MB/s', comparing(rounds, 'direct', 'direct', rate)],
    ['mb_s', 'MB/s', comparing(rounds, 'sallyport', 'sallyport', rate)],
    ['vs_direct', 'ratio', comparing(rounds, 'sallyport', 'direct', ratio)],
    ['cpu_s_per_gb', 'cpu-s', comparing(rounds, 'sallyport', 'sallyport', dataPath)],
    ['all_cpu_s_per_gb', 'cpu-s', comparing(rounds, 'sallyport', 'sallyport', everything)],
  ];
  return values.flatMap(([measure, unit, list]) =>
    list.length === 0 ? [] : [figure(`ssh.bulk.${cipher}.${measure}`, unit, list)],
  );
}
