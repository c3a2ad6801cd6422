import { figure, type Figure } from '../figures.ts';
import { comparing, inRounds, type Rounds } from '../rounds.ts';
import { settle } from '../settle.ts';
import { spreadOf } from '../statistics.ts';
import { EchoSession } from './echo-session.ts';
import { timeSsh } from './ssh-process.ts';
import type { SshSubject } from './ssh-subject.ts';

/** Echoes before the measured ones: the first of a session pay for its start. */
const WARM_UP_ECHOES = 20;

/** Median seconds of one byte there and back, on an open exec of `cat`; by round. */
export function measureEcho(
  subjects: readonly SshSubject[],
  echoes: number,
  rounds: number,
  signal: AbortSignal,
): Promise<Rounds<number>> {
  return inRounds(subjects, rounds, signal, async (subject) => {
    await using session = new EchoSession(await subject.login());
    const times: number[] = [];
    for (let turn = -WARM_UP_ECHOES; turn < echoes; turn++) {
      const time = await session.echo();
      if (turn >= 0) times.push(time);
    }
    return spreadOf(times).median;
  });
}

/** Median seconds of a whole `ssh HOST true`: fork, key exchange, login, command, end; by round. */
export function measureSetup(
  subjects: readonly SshSubject[],
  logins: number,
  rounds: number,
  signal: AbortSignal,
): Promise<Rounds<number>> {
  return inRounds(subjects, rounds, signal, async (subject) => {
    const args = [...(await subject.login()), 'true'];
    const times: number[] = [];
    for (let turn = 0; turn < logins; turn++) times.push(await timeSsh(args));
    await settle(subject);
    return spreadOf(times).median;
  });
}

/** Of the medians of `ssh.echo.1` in µs, or `ssh.setup.1` in ms. */
export function latencyFigures(key: string, unit: 'us' | 'ms', rounds: Rounds<number>): Figure[] {
  const scale = unit === 'us' ? 1e6 : 1e3;
  const scaled = (seconds: number): number => seconds * scale;
  const values: (readonly [string, Figure['unit'], readonly number[]])[] = [
    [`direct_p50_${unit}`, unit, comparing(rounds, 'direct', 'direct', scaled)],
    [`p50_${unit}`, unit, comparing(rounds, 'sallyport', 'sallyport', scaled)],
    ['vs_direct', 'ratio', comparing(rounds, 'sallyport', 'direct', (one, other) => one / other)],
  ];
  return values.flatMap(([measure, of, list]) =>
    list.length === 0 ? [] : [figure(`${key}.${measure}`, of, list)],
  );
}
