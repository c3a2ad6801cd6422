import { describe, expect, it } from '@jest/globals';
import type { SubjectName } from '../subject.ts';
import { bulkFigures, type BulkResult } from './bulk-case.ts';
import { latencyFigures } from './latency-cases.ts';
import { loginArguments } from './ssh-subject.ts';

const round = <Result>(direct: Result, sallyport: Result): ReadonlyMap<SubjectName, Result> =>
  new Map<SubjectName, Result>([
    ['direct', direct],
    ['sallyport', sallyport],
  ]);

describe('figures of SSH', () => {
  it('compares the rates of bulk within a round, and counts CPU time by gigabyte', () => {
    const result = (seconds: number, cpu: number): BulkResult => ({
      bytes: 100e6,
      seconds,
      cpu: { dataPath: cpu, everything: 2 * cpu },
    });
    const rounds = [round(result(1, 0), result(2, 0.5)), round(result(2, 0), result(2, 0.5))];
    const medians = bulkFigures('chacha20', rounds).map(({ key, spread }) => [key, spread.median]);
    expect(Object.fromEntries(medians)).toEqual({
      'ssh.bulk.chacha20.direct_mb_s': 75,
      'ssh.bulk.chacha20.mb_s': 50,
      'ssh.bulk.chacha20.vs_direct': 0.75,
      'ssh.bulk.chacha20.cpu_s_per_gb': 5,
      'ssh.bulk.chacha20.all_cpu_s_per_gb': 10,
    });
  });

  it('has the ratio of times as times direct, more than 1 being slower', () => {
    const medians = latencyFigures('ssh.setup.1', 'ms', [round(0.2, 0.5)]).map(({ key, spread }) => [
      key,
      spread.median,
    ]);
    expect(Object.fromEntries(medians)).toEqual({
      'ssh.setup.1.direct_p50_ms': 200,
      'ssh.setup.1.p50_ms': 500,
      'ssh.setup.1.vs_direct': 2.5,
    });
  });

  it('has no figures of a subject that was left out', () => {
    const onlyDirect = [new Map<SubjectName, number>([['direct', 0.1]])];
    expect(latencyFigures('ssh.echo.1', 'us', onlyDirect).map(({ key }) => key)).toEqual([
      'ssh.echo.1.direct_p50_us',
    ]);
  });
});

describe('how ssh logs in', () => {
  const login = {
    host: '127.0.0.1',
    port: 22,
    user: 'web',
    privateKeyFile: '/keys/id',
    certificateFile: '/keys/id-cert.pub',
  };

  it('never asks, and uses nothing of the person who runs it', () => {
    const args = loginArguments(login);
    expect(args.slice(0, 2)).toEqual(['-F', 'none']);
    for (const option of ['BatchMode=yes', 'IdentityAgent=none', 'IdentitiesOnly=yes', 'ControlMaster=no'])
      expect(args).toContain(option);
    expect(args.at(-1)).toBe('web@127.0.0.1');
  });
});
